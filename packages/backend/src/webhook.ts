import { Webhook } from 'standardwebhooks';
import { VestibuleSetupError } from './errors.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** The headers of a request, as frameworks hand them over. */
export type WebhookHeaders =
  | { readonly get: (name: string) => string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request that is not a webhook of this service: answer 401, and do nothing. */
export interface WebhookRefused {
  readonly type: 'REFUSED';
  readonly code: /** `webhook-id`, `webhook-timestamp` or `webhook-signature` did not come. */
    | 'HEADERS_MISSING'
    /** Made more than five minutes before or after now by this machine's clock: somebody sent it again, or the clock is wrong. */
    | 'TIME_WRONG'
    /** Another secret signed it, or the body is not as it arrived. */
    | 'SIGNATURE_WRONG'
    /** The body was parsed before: hand over the bytes as they arrived. */
    | 'BODY_PARSED';
  readonly message: string;
}

const toleranceSeconds = 300;

/**
 * The event of a webhook whose signature is good, or why it is none.
 * @param body its bytes or text as they arrived, before any JSON parser: a body that was parsed and written again has another signature
 * @param secret `whsec_…`, as `createWebhook` showed it. While it is rotated, the old one and the new one both do
 * @throws {VestibuleSetupError} BAD_SECRET: at the first call, so try it at start
 */
export function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | undefined,
): WebhookEvent | WebhookRefused {
  const webhook = openWebhook(secret);
  const text = readBody(body);
  if (text === null)
    return refuse('BODY_PARSED', 'body must be the text or the bytes as they arrived, and is neither.');
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    readHeader(headers, name),
  );
  if (!id || !timestamp || !signature) {
    return refuse('HEADERS_MISSING', 'webhook-id, webhook-timestamp and webhook-signature are needed.');
  }
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  try {
    const payload = webhook.verify(text, signed);
    // Signed by the service, and so what the service sends.
    return { ...(payload as WebhookEvent), deliveryId: id };
  } catch {
    return explain(Number(timestamp));
  }
}

function explain(timestamp: number): WebhookRefused {
  const ageSeconds = Math.round(Date.now() / 1000 - timestamp);
  if (!(Math.abs(ageSeconds) > toleranceSeconds)) {
    return refuse('SIGNATURE_WRONG', 'the signature does not fit this body and this secret.');
  }
  const when = ageSeconds > 0 ? `${ageSeconds} s ago` : `${-ageSeconds} s from now`;
  return refuse('TIME_WRONG', `it was made ${when} by the clock of this machine: five minutes are allowed.`);
}

function refuse(code: WebhookRefused['code'], problem: string): WebhookRefused {
  return { type: 'REFUSED', code, message: `This is no webhook: ${problem}` };
}

function openWebhook(secret: unknown): Webhook {
  if (typeof secret === 'string' && secret.startsWith('whsec_')) {
    try {
      return new Webhook(secret);
    } catch {
      // What follows says it without the secret.
    }
  }
  const arrived =
    secret === undefined || secret === '' ? 'missing (is its environment variable set?)' : 'of another form';
  throw new VestibuleSetupError(
    'BAD_SECRET',
    `A webhook's secret is whsec_… as createWebhook showed it, and is ${arrived}`,
  );
}

/** Null: it was parsed already. */
function readBody(body: unknown): string | null {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(body) : null;
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : undefined;
}
