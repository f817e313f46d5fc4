import { type Client, createClient } from 'graphql-ws';

export interface FollowOptions<Event> {
  readonly bearer: string;
  readonly document: string;
  /** Asked at each (re)connection, so that a stream goes on where it stopped. */
  readonly variables?: () => Readonly<Record<string, unknown>>;
  readonly onEvent: (event: Event) => void;
  /** False while the connection is lost; a new one is tried until `stop`. */
  readonly onConnection: (isConnected: boolean) => void;
  /** The service ended the stream, or refused it: the right to it is over. */
  readonly onEnd: () => void;
}

/** A sign of life each so often, and so long to answer it: a network that silently went is found out. Milliseconds. */
const keepAliveMs = 8_000;
const pongMs = 5_000;
const slowestMs = 8_000;
const passing = ['UNAVAILABLE', 'RATE_LIMITED'];

/** One subscription on a socket of its own, by one credential. Reconnects by itself, at once when the network is back. */
export class Follower<Event> {
  readonly #options: FollowOptions<Event>;
  readonly #client: Client;
  #attempts = 0;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopStream: (() => void) | undefined;

  constructor(options: FollowOptions<Event>) {
    this.#options = options;
    this.#client = createSocket(options.bearer);
    this.#client.on('connected', () => {
      this.#attempts = 0;
      options.onConnection(true);
    });
    addEventListener('online', this.#onOnline);
    addEventListener('offline', this.#onOffline);
    this.#start();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#onOnline);
    removeEventListener('offline', this.#onOffline);
    this.#stopStream?.();
    void this.#client.dispose();
  }

  #start(): void {
    this.#timer = undefined;
    const { document: query, variables, onEvent } = this.#options;
    this.#stopStream = this.#client.subscribe<Readonly<Record<string, Event>>>(
      { query, variables: variables?.() ?? {} },
      {
        next: ({ data }) => {
          for (const event of Object.values(data ?? {})) if (event !== null && !this.#isStopped) onEvent(event);
        },
        error: (problem) => (isFinal(problem) ? this.#end() : this.#retry()),
        complete: () => this.#end(),
      },
    );
  }

  #end(): void {
    if (this.#isStopped) return;
    this.stop();
    this.#options.onEnd();
  }

  #retry(): void {
    if (this.#isStopped) return;
    this.#options.onConnection(false);
    clearTimeout(this.#timer);
    // The first attempt follows at once, later ones ever more slowly, and not all pages at the same moment.
    const spread = 0.5 + Math.random() / 2;
    const waitMs = this.#attempts === 0 ? 100 : Math.min(slowestMs, 400 * 2 ** this.#attempts) * spread;
    this.#attempts += 1;
    // Without a network every attempt would fail: the `online` event ends the wait, the timer is for browsers that tell none.
    const next = () => (navigator.onLine ? this.#start() : this.#retry());
    this.#timer = setTimeout(next, navigator.onLine ? waitMs : slowestMs);
  }

  readonly #onOnline = (): void => {
    if (this.#timer === undefined) return;
    this.#attempts = 0;
    this.#retry();
  };

  readonly #onOffline = (): void => this.#client.terminate();
}

function createSocket(bearer: string): Client {
  let pong: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${bearer}` },
    // Only here is known where a stream has to go on, so the client itself must not subscribe again.
    retryAttempts: 0,
    connectionAckWaitTimeout: 10_000,
    keepAlive: keepAliveMs,
    on: {
      ping: (isReceived) => {
        if (!isReceived) pong = setTimeout(() => client.terminate(), pongMs);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pong);
      },
      closed: () => clearTimeout(pong),
    },
  });
  return client;
}

/** GraphQL errors come as a list; everything else is the connection. */
function isFinal(problem: unknown): boolean {
  if (!Array.isArray(problem)) return false;
  return !problem.some((error: { extensions?: { code?: string } }) => passing.includes(error.extensions?.code ?? ''));
}
