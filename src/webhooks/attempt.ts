import { type AfterAttempt, type AttemptOutcome, decideAfterAttempt } from '../rules/webhook.ts';
import { splitReplaced } from '../rules/webhook-secrets.ts';
import type { ClaimedDelivery, WebhookOutbox } from '../storage/webhook-outbox.ts';
import type { Egress } from './egress.ts';
import type { WebhookReports } from './reports.ts';
import { signatureHeaders } from './signature.ts';

/** Opens what the service sealed. */
export interface WebhookSecretOpener {
  readonly open: (
    sealed: Uint8Array,
    place: { readonly purpose: 'webhook-secret'; readonly domainId: string; readonly keyId: string },
  ) => Uint8Array;
}

export interface AttemptOptions {
  readonly outbox: Pick<WebhookOutbox, 'finish' | 'release'>;
  readonly egress: Pick<Egress, 'post'>;
  readonly secretBox: WebhookSecretOpener;
  readonly reports: WebhookReports;
  /** Milliseconds since 1970 on this machine's clock, by which receivers check how old a signature is. */
  readonly now: () => number;
  /** From 0 to 1, without 1. */
  readonly chance: () => number;
}

/**
 * Tells one endpoint one thing, once, and writes down what follows. Until then the lease holds: if this process dies, another one
 * sends the same id again. Given up by the signal, the delivery is handed back. Never holds a transaction or a connection while it
 * sends.
 * @throws DatabaseError
 */
export async function makeAttempt(
  claimed: ClaimedDelivery,
  options: AttemptOptions,
  signal: AbortSignal,
): Promise<void> {
  const { outbox, reports, now, chance } = options;
  const startedAt = now();
  const outcome = await send(claimed, options, signal);
  if (outcome.kind === 'UNREACHED' && signal.aborted) return outbox.release(claimed);
  const after = decideAfterAttempt(outcome, claimed.attempts, chance(), new Date(now()));
  const { isKept, isSwitchedOff } = await outbox.finish(claimed, after, statusOf(outcome));
  const about = { webhookId: claimed.webhookId, deliveryId: claimed.id, attempt: claimed.attempts };
  const result = resultOf(after);
  reports.attempted({ ...about, result, cause: causeOf(outcome), seconds: (now() - startedAt) / 1000, isKept });
  if (isSwitchedOff) reports.switchedOff({ ...about, cause: after.kind === 'GONE' ? 'GONE' : 'FAILING_FOR_DAYS' });
}

async function send(
  claimed: ClaimedDelivery,
  { egress, secretBox, now, reports }: AttemptOptions,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { id, body, url } = claimed;
  const place = { purpose: 'webhook-secret', domainId: claimed.domainId, keyId: claimed.webhookId } as const;
  try {
    const { secretSealed, previousSecretSealed: replaced } = claimed;
    const secrets = [
      secretBox.open(secretSealed, place),
      ...(replaced === null ? [] : splitReplaced(secretBox.open(replaced, place))),
    ];
    const headers = signatureHeaders({ id, timestampSeconds: Math.floor(now() / 1000), body }, secrets);
    return await egress.post({ url, body, signal, headers: { ...fixedHeaders, ...headers } });
  } catch (error) {
    // A secret that does not open is this installation's fault and may be mended: the schedule goes on meanwhile.
    reports.troubled(error);
    return { kind: 'UNREACHED', reason: 'NOT_SIGNED' };
  }
}

const fixedHeaders = { 'content-type': 'application/json', 'user-agent': 'Vestibule-Webhooks' } as const;

function statusOf(outcome: AttemptOutcome): number | null {
  return outcome.kind === 'ANSWERED' ? outcome.status : null;
}

function causeOf(outcome: AttemptOutcome): string {
  return outcome.kind === 'ANSWERED' ? String(outcome.status) : outcome.reason;
}

function resultOf({ kind }: AfterAttempt): 'delivered' | 'retried' | 'failed' {
  return kind === 'DELIVERED' ? 'delivered' : kind === 'RETRY' ? 'retried' : 'failed';
}
