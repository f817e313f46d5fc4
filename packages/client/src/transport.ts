import type { TypedDocument } from './generated/graphql.ts';
import { Line, type Subscribe } from './line.ts';
import { patiently } from './patience.ts';
import { toError, VestibuleError } from './refusal.ts';

export interface TransportOptions {
  /** Where the service is, for example https://meet.example.com. */
  readonly url: string;
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** In place of the platform's own: a class with its interface. */
  readonly webSocket?: unknown;
  /** How often at most something is asked that failed in passing; left out: five times, over some seconds. */
  readonly attempts?: number;
  /** How long a pause between two attempts may become, in milliseconds; left out: half a minute. */
  readonly longestPauseMs?: number;
  /** How long the service may be silent, in milliseconds, before a connection counts as lost; left out: 15 s. */
  readonly patienceMs?: number;
}

type Ask = <Data, Variables>(document: TypedDocument<Data, Variables>, variables: Variables) => Promise<Data>;

/** How the service is asked, with one credential or with none. */
export interface Transport {
  /** @throws {VestibuleError} for whatever is no answer */
  readonly ask: Ask;
  /** Asks again what failed in passing, with growing pauses: for what may be done twice. @throws {VestibuleError} the last one */
  readonly persist: Ask;
  /** On a socket of this credential, which opens with the first subscription and closes after the last. */
  readonly subscribe: Subscribe;
  readonly longestPauseMs: number;
}

/** @param bearer session token or knock token; null: nobody's */
export function createTransport(options: TransportOptions, bearer: string | null): Transport {
  const { attempts = 5, longestPauseMs = 30_000, patienceMs = 15_000 } = options;
  const url = `${options.url.replace(/\/+$/, '')}/graphql`;
  const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...authorization,
  };
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const ask: Ask = async (document, variables) => {
    const body = JSON.stringify({ query: document, variables });
    const signal = AbortSignal.timeout(patienceMs);
    // Also where a `fetch` of somebody's own does not listen to the signal.
    const silence = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', reject));
    const request: RequestInit = { method: 'POST', headers, body, signal, credentials: 'omit' };
    const answer = send(url, request).then((response) => response.json().catch(() => null));
    return readAnswer(await Promise.race([answer, silence]).catch(failToReach));
  };
  const webSocketUrl = url.replace(/^http/, 'ws');
  const line = new Line({ url: webSocketUrl, credential: authorization, webSocket: options.webSocket, patienceMs });
  return {
    ask,
    persist: (document, variables) => patiently(() => ask(document, variables), { attempts, longestPauseMs }),
    longestPauseMs,
    subscribe: line.subscribe,
  };
}

function failToReach(): never {
  throw new VestibuleError('NETWORK', 'The service could not be reached.');
}

type Answer<Data> = { readonly data?: Data | null; readonly errors?: Parameters<typeof toError>[0] } | null;

/** The service answers what the document asks for, or says why not: the one place where its word is taken for it. */
function readAnswer<Data>(answer: unknown): Data {
  const { data = null, errors = [] } = (answer as Answer<Data>) ?? {};
  if (errors.length > 0) throw toError(errors);
  if (data === null) throw new VestibuleError('NETWORK', 'The answer could not be read.');
  return data;
}
