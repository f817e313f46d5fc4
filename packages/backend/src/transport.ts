import { type Asked, type Reached, readAnswer } from './answer.ts';
import { VestibuleSetupError, VestibuleUnavailableError } from './errors.ts';
import type { TypedDocument } from './generated/graphql.ts';
import { type BackendOptions, checkApiKey, checkUrl } from './settings.ts';
import { findUnsendable } from './unsendable.ts';

/**
 * Sends an operation once.
 * @param isSafeToRetry does the same call again do nothing twice? An error says so to whoever asked
 * @throws {VestibuleUnavailableError} for whatever is not an answer
 * @throws {VestibuleSetupError} where no answer can come
 */
export type Send = <Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  isSafeToRetry: boolean,
) => Promise<Asked<Data>>;

export function createSend(options: BackendOptions): Send {
  const url = checkUrl(options.url);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    authorization: `Bearer ${checkApiKey(options.apiKey)}`,
  };
  const { fetch = globalThis.fetch, timeoutMs = 15_000 } = options;
  return async (query, variables, isSafeToRetry) => {
    const unsendable = findUnsendable(variables ?? {});
    if (unsendable !== null) return { isAnswered: false, refusal: unsendable };
    const request: RequestInit = { method: 'POST', headers, body: JSON.stringify({ query, variables }) };
    const reached = await reach(fetch, url, request, timeoutMs).catch((cause: unknown) =>
      failToReach(cause, { url, timeoutMs, isSafeToRetry }),
    );
    return readAnswer(reached, isSafeToRetry);
  };
}

async function reach(
  fetch: typeof globalThis.fetch,
  url: string,
  request: RequestInit,
  timeoutMs: number,
): Promise<Reached> {
  const signal = AbortSignal.timeout(timeoutMs);
  // Also where a `fetch` of somebody's own does not listen to the signal.
  const silence = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason)),
  );
  // Followed, a redirect would turn POST into GET, or take the key elsewhere.
  const answer = fetch(url, { ...request, redirect: 'manual', signal }).then(async (response) => ({
    url,
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  return Promise.race([answer, silence]);
}

type Attempt = { readonly url: string; readonly timeoutMs: number; readonly isSafeToRetry: boolean };

function failToReach(cause: unknown, { url, timeoutMs, isSafeToRetry }: Attempt): never {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    const message = `${url} did not answer within ${timeoutMs} ms.`;
    throw new VestibuleUnavailableError('TIMEOUT', message, { isSafeToRetry, cause });
  }
  const reason = findReason(cause);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_/.test(reason)) {
    const todo =
      'Use the name and the scheme that its certificate is for, or make its issuer known (NODE_EXTRA_CA_CERTS).';
    throw new VestibuleSetupError('UNTRUSTED', `${url} has no certificate that is accepted here (${reason}). ${todo}`, {
      cause,
    });
  }
  const message = `${url} could not be reached${reason === '' ? '' : ` (${reason})`}: is the service running there?`;
  throw new VestibuleUnavailableError('NETWORK', message, { isSafeToRetry, cause });
}

/** The code that the platform gives below its own "fetch failed", such as ECONNREFUSED. */
function findReason(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return '';
}
