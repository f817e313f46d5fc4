import { isIP } from 'node:net';
import type { MayCall } from './allowed.ts';
import { type AnswerHead, type ExchangeRequest, exchange } from './exchange.ts';
import { createResolve, type Resolve } from './resolve.ts';

export interface PosterOptions {
  readonly mayCall: MayCall;
  /** The operator's setting that allows more, for whoever is refused. */
  readonly setting?: string;
  readonly resolve?: Resolve | undefined;
  /** For a whole attempt, from the name to the end of the answer. Milliseconds. */
  readonly timeoutMs: number;
}

export interface Post extends Omit<ExchangeRequest, 'addresses'> {
  /** Gives the attempt up. */
  readonly signal?: AbortSignal | undefined;
}

/** `reason`: a short code, such as TIMEOUT, STOPPED, ADDRESS_REFUSED, ENOTFOUND or ECONNREFUSED. */
export type Posted =
  | ({ readonly kind: 'ANSWERED' } & AnswerHead)
  | { readonly kind: 'UNREACHED'; readonly reason: string };

/** The only way by which anything is sent to an address that somebody else chose. */
export interface Poster {
  /** Half a sentence for people, on what the URL itself shows; null: nothing against it. */
  readonly findProblem: (url: URL) => string | null;
  /** Posts once, never throws. Redirects are not followed. */
  readonly post: (post: Post) => Promise<Posted>;
  /** Asks for a page in the same way; of the answer its head counts. */
  readonly get: (url: URL) => Promise<Posted>;
}

/** A page of which the head counts is read so far, to be polite. */
const maxPageBytes = 65_536;

/** Each host is resolved once, every address is checked, and the connection goes to the very addresses that were checked. */
export function createPoster({ mayCall, setting, resolve = createResolve(), timeoutMs }: PosterOptions): Poster {
  const send = async (post: Post): Promise<Posted> => {
    const deadline = startDeadline(timeoutMs, post.signal);
    try {
      return await attempt(post, mayCall, resolve, deadline.signal);
    } catch (error) {
      return { kind: 'UNREACHED', reason: reasonOf(error, deadline.signal) };
    } finally {
      deadline.clear();
    }
  };
  return {
    findProblem: (url) => {
      const host = hostOf(url);
      const isLocal = host === 'localhost' || host.endsWith('.localhost');
      const address = isLocal ? '127.0.0.1' : isIP(host) === 0 ? null : host;
      if (address === null || mayCall(host, address)) return null;
      const wayOut = setting === undefined ? '' : `; the setting ${setting} allows it`;
      return `must not lead to a private, local or reserved address${wayOut}`;
    },
    post: send,
    get: (url) => send({ url, method: 'GET', headers: {}, body: '', maxAnswerBytes: maxPageBytes }),
  };
}

async function attempt(post: Post, mayCall: MayCall, resolve: Resolve, signal: AbortSignal): Promise<Posted> {
  const host = hostOf(post.url);
  const addresses = isIP(host) === 0 ? await orAborted(resolve(host), signal) : [host];
  if (addresses.length === 0) return { kind: 'UNREACHED', reason: 'ENOTFOUND' };
  // One address inside is enough to refuse: no honest name has both.
  if (!addresses.every((address) => mayCall(host, address))) return { kind: 'UNREACHED', reason: 'ADDRESS_REFUSED' };
  const url = new URL(post.url);
  // Certificates and virtual hosts go by the name without the dot.
  if (url.hostname.endsWith('.')) url.hostname = host;
  return { kind: 'ANSWERED', ...(await exchange({ ...post, url, addresses }, signal)) };
}

function startDeadline(
  timeoutMs: number,
  stop: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const give = (reason: string) => () => controller.abort(reason);
  const timer = setTimeout(give('TIMEOUT'), timeoutMs);
  const onStop = give('STOPPED');
  if (stop?.aborted === true) onStop();
  stop?.addEventListener('abort', onStop, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
    },
  };
}

/** Without the brackets of an IPv6 address and without the dot that ends a full name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
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
