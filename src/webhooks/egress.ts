import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AttemptOutcome, checkWebhookUrl } from '../rules/webhook.ts';
import type { EgressPolicy } from '../services/webhook.ts';
import { isPublicAddress } from './address.ts';
import { createResolve, type Resolve } from './resolve.ts';

export interface EgressOptions {
  /** Calls private addresses too: for tests, and for receivers inside the same network. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
  /** For a whole attempt, from the name to the end of the answer. Milliseconds. */
  readonly timeoutMs?: number;
}

export interface EgressRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Gives the attempt up. */
  readonly signal: AbortSignal;
}

/** The only way by which anything is sent to an address that somebody else chose. */
export interface Egress extends EgressPolicy {
  /** Posts once, never throws. Redirects are not followed, and of an answer only its head is used. */
  readonly post: (request: EgressRequest) => Promise<AttemptOutcome>;
}

/** An answer is read so far, to be polite, and then cut off. */
const maxAnswerBytes = 65_536;

/** Each host is resolved once, every address is checked, and the connection goes to the very addresses that were checked. */
export function createEgress(options: EgressOptions): Egress {
  const { resolve = createResolve(), timeoutMs = 15_000 } = options;
  return {
    findProblem: (url) => {
      const host = hostOf(url);
      const isInside =
        host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && !isPublicAddress(host));
      return isInside && !options.allowPrivate ? 'must not lead to a private, local or reserved address' : null;
    },
    post: async (request) => {
      const deadline = startDeadline(timeoutMs, request.signal);
      try {
        return await attempt(request, options.allowPrivate, resolve, deadline.signal);
      } catch (error) {
        return { kind: 'UNREACHED', reason: reasonOf(error, deadline.signal) };
      } finally {
        deadline.clear();
      }
    },
  };
}

async function attempt(
  request: EgressRequest,
  allowPrivate: boolean,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const checked = checkWebhookUrl(request.url);
  if (!checked.ok) return { kind: 'UNREACHED', reason: 'URL_REFUSED' };
  const { url } = checked;
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await orAborted(resolve(host), signal) : [host];
  if (addresses.length === 0) return { kind: 'UNREACHED', reason: 'ENOTFOUND' };
  // One address inside is enough to refuse: no honest name has both.
  if (!allowPrivate && !addresses.every(isPublicAddress)) return { kind: 'UNREACHED', reason: 'ADDRESS_REFUSED' };
  // Certificates and virtual hosts go by the name without the dot.
  if (url.hostname.endsWith('.')) url.hostname = host;
  return exchange(url, addresses, request, signal);
}

function startDeadline(
  timeoutMs: number,
  stop: AbortSignal,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const give = (reason: string) => () => controller.abort(reason);
  const timer = setTimeout(give('TIMEOUT'), timeoutMs);
  const onStop = give('STOPPED');
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}

/** Without the brackets of an IPv6 address and without the dot that ends a full name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Settles with the head of the answer, once that has been read to its end, to the limit or to the deadline. */
function exchange(
  url: URL,
  addresses: readonly string[],
  { headers, body }: EgressRequest,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<AttemptOutcome>();
  const request: ClientRequest = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: none that an earlier look at the name had opened is used again.
    agent: false,
    lookup: answerWith(addresses),
  });
  let answer: AttemptOutcome | null = null;
  const settle = (error: unknown) => {
    signal.removeEventListener('abort', onAbort);
    request.destroy();
    if (answer === null) reject(error);
    else resolve(answer);
  };
  const onAbort = () => settle(signal.reason);
  signal.addEventListener('abort', onAbort);
  request.on('error', settle);
  request.on('close', () => settle(new Error('the connection ended without an answer')));
  request.on('upgrade', (response) => {
    answer = headOf(response);
    settle(null);
  });
  request.on('response', (response) => {
    answer = headOf(response);
    skim(response);
  });
  if (signal.aborted) onAbort();
  request.end(body);
  return promise;
}

function headOf({ statusCode, headers }: IncomingMessage): AttemptOutcome {
  return { kind: 'ANSWERED', status: statusCode ?? 0, retryAfter: headers['retry-after'] ?? null };
}

/** Reads what comes and keeps nothing of it. */
function skim(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) response.destroy();
  });
  // Cut off by either side; the request's own 'close' follows.
  response.on('error', () => undefined);
}

/** In place of a second resolution: whatever is asked, these are the addresses. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = entries;
    if (options.all) callback(null, entries);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}

async function orAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([pending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function reasonOf(error: unknown, { aborted, reason }: AbortSignal): string {
  if (aborted) return String(reason);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
}
