import { createClient as createSocket, type Client as Socket, type ClientOptions as SocketOptions } from 'graphql-ws';
import type { TypedDocumentString } from './generated/graphql.ts';
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
  /** How long the service may be silent, in milliseconds, before a connection counts as lost; left out: 15 s. */
  readonly patienceMs?: number;
}

type Ask = <Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables) => Promise<Data>;

/** How the service is asked, with one credential or with none. */
export interface Transport {
  /** @throws {VestibuleError} for whatever is no answer */
  readonly ask: Ask;
  /** Asks again what failed in passing, with growing pauses: for what may be done twice. @throws {VestibuleError} the last one */
  readonly persist: Ask;
  /** A socket of this credential; it opens with the first subscription, and closes with the last. */
  readonly socket: () => Socket;
}

/** @param bearer session token or knock token; null: nobody's */
export function createTransport(options: TransportOptions, bearer: string | null): Transport {
  const url = `${options.url.replace(/\/+$/, '')}/graphql`;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const patienceMs = options.patienceMs ?? 15_000;
  let socket: Socket | null = null;
  const ask: Ask = async (document, variables) => {
    const body = JSON.stringify({ query: String(document), variables });
    const signal = AbortSignal.timeout(patienceMs);
    const response = await send(url, { method: 'POST', headers, body, signal }).catch(failToReach);
    return readAnswer(await response.json().catch(() => null));
  };
  return {
    ask,
    persist: (document, variables) => persist(() => ask(document, variables), options.attempts ?? 5),
    socket: () => {
      socket ??= openSocket(
        {
          url: url.replace(/^http/, 'ws'),
          ...(bearer === null ? {} : { connectionParams: { authorization: `Bearer ${bearer}` } }),
          ...(options.webSocket === undefined ? {} : { webSocketImpl: options.webSocket }),
        },
        patienceMs,
      );
      return socket;
    },
  };
}

/** A line that is held and silent is given up: a sign of life is asked for while there is patience left for the answer. */
function openSocket(
  options: Pick<SocketOptions, 'url' | 'connectionParams' | 'webSocketImpl'>,
  patienceMs: number,
): Socket {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const hear = () => clearTimeout(silence);
  const listen = (withinMs: number) => {
    hear();
    silence = setTimeout(() => socket.terminate(), withinMs);
  };
  const socket = createSocket({
    ...options,
    lazy: true,
    // Whoever subscribes begins anew where it stood; a socket that repeats a subscription cannot know where that is.
    retryAttempts: 0,
    keepAlive: (patienceMs * 2) / 3,
    on: {
      connecting: () => listen(patienceMs),
      connected: hear,
      ping: (isReceived) => {
        if (!isReceived) listen(patienceMs / 3);
      },
      pong: hear,
      closed: hear,
    },
  });
  return socket;
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

async function persist<Result>(work: () => Promise<Result>, attempts: number): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VestibuleError) || !error.isPassing || attempt >= attempts) throw error;
      await pause(error.retryAfterSeconds === null ? pauseMs(attempt - 1) : error.retryAfterSeconds * 1000);
    }
  }
}

/** Half a second at first, half a minute at last, and never the same for everybody. */
export function pauseMs(attempt: number): number {
  return Math.min(30_000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
