import type { TypedDocument } from './generated/graphql.ts';
import { Inbox } from './inbox.ts';
import { onNetwork } from './patience.ts';
import { toError, VestibuleError } from './refusal.ts';

export interface LineOptions {
  readonly url: string;
  /** Shown when the line opens; empty: nobody's. */
  readonly credential: Readonly<Record<string, string>>;
  /** A class with the interface of the platform's own. */
  readonly webSocket: unknown;
  /** Within this time a silent line is found out, at any moment of its life. */
  readonly patienceMs: number;
}

/** What happens to a subscription. After `onFailure` or `onComplete` nothing more does. */
export interface Sink<Data> {
  /** The line is there to carry it. */
  readonly onOpen: () => void;
  readonly onData: (data: Data) => void;
  /** It did not open, and why is being looked at: `onFailure` follows. */
  readonly onTrouble?: (error: VestibuleError) => void;
  readonly onFailure: (error: VestibuleError) => void;
  readonly onComplete: () => void;
}

/** Keeps the place and reads what a stream would have told, for where none lives. @throws {VestibuleError} */
export type Poll = () => Promise<void>;

/** The answer ends the subscription. */
export type Subscribe = <Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  sink: Sink<Data>,
  poll?: Poll,
) => () => void;

/** What both sides say, by the protocol graphql-transport-ws. */
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

interface Subscription {
  readonly payload: unknown;
  readonly sink: Sink<unknown>;
}

/**
 * One socket, for all subscriptions by one credential: it opens with the first and closes after the last. Whoever subscribes
 * begins anew after a loss, since only they know where they stood. A line that is held and silent, as after a cable was
 * pulled, looks like one on which nothing happens. So the service always has something to answer: the opening, and a ping
 * after each half of the patience. Where no answer comes in time, every subscription fails with NETWORK, and the next one
 * opens another socket.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocket | null = null;
  #isOpen = false;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unlisten = () => {};
  #inbox: Inbox<string> | null = null;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  readonly subscribe: Subscribe = (query, variables, sink) => {
    this.#count += 1;
    const id = String(this.#count);
    // What comes for this id is the answer to this document: the one place where the service's word is taken for it.
    const subscription = { payload: { query, variables }, sink: sink as Sink<unknown> };
    this.#subscriptions.set(id, subscription);
    if (this.#socket === null) this.#connect();
    else if (this.#isOpen) this.#begin(id, subscription);
    return () => {
      if (!this.#subscriptions.delete(id) || !this.#isOpen) return;
      this.#send({ id, type: 'complete' });
      this.#closeIfUnused();
    };
  };

  #connect(): void {
    const { url, credential, webSocket = globalThis.WebSocket, patienceMs } = this.#options;
    if (typeof webSocket !== 'function')
      throw new TypeError('There is no WebSocket here: hand one over as `webSocket`.');
    const socket = openSocket(webSocket as typeof WebSocket, url);
    if (socket === null) {
      // As if the network had refused it: whoever subscribes hears of it afterwards.
      queueMicrotask(() => this.#lose());
      return;
    }
    // One that was given up may still speak.
    const heard =
      <Event>(work: (event: Event) => void) =>
      (event: Event) => {
        if (socket === this.#socket) work(event);
      };
    const inbox = new Inbox<string>((data) => this.#read(data));
    this.#inbox = inbox;
    this.#socket = socket;
    socket.onopen = heard(() => this.#send({ type: 'connection_init', payload: credential }));
    socket.onmessage = heard(({ data }) => inbox.take(data));
    socket.onerror = heard(() => {
      inbox.drain();
      // What was read may have ended it.
      if (socket === this.#socket) this.#lose();
    });
    socket.onclose = socket.onerror;
    this.#unlisten = onNetwork('offline', () => this.#lose());
    this.#await((patienceMs * 2) / 3);
  }

  #read(data: unknown): void {
    const message = parse(data);
    const { sink } = this.#subscriptions.get(message?.id ?? '') ?? {};
    switch (message?.type) {
      case 'connection_ack':
        this.#isOpen = true;
        this.#rest();
        for (const [id, subscription] of this.#subscriptions) this.#begin(id, subscription);
        this.#closeIfUnused();
        return;
      case 'ping':
        this.#send({ type: 'pong' });
        return;
      case 'pong':
        this.#rest();
        return;
      case 'next':
        if (sink) pass(sink, message.payload);
        return;
      case 'error':
      case 'complete':
        this.#subscriptions.delete(message.id ?? '');
        if (message.type === 'complete') sink?.onComplete();
        else sink?.onFailure(toError(message.payload as Parameters<typeof toError>[0]));
        this.#closeIfUnused();
        return;
      default:
        this.#lose();
    }
  }

  #begin(id: string, { payload, sink }: Subscription): void {
    this.#send({ id, type: 'subscribe', payload });
    sink.onOpen();
  }

  #send(message: Message): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** The service has just answered: it is asked again after a while. */
  #rest(): void {
    const { patienceMs } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#send({ type: 'ping' });
      this.#await(patienceMs / 3);
    }, patienceMs / 2);
  }

  #await(withinMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), withinMs);
  }

  /** One that still opens is left to open: browsers complain of others. */
  #closeIfUnused(): void {
    if (this.#subscriptions.size === 0 && this.#isOpen) this.#close();
  }

  #lose(): void {
    const lost = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    this.#close();
    for (const { sink } of lost) sink.onFailure(new VestibuleError('NETWORK', 'The connection was lost.'));
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#inbox?.empty();
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close(1000);
  }
}

/** The platform's own, or what somebody has handed over in its place. Null: a page's policy may forbid it, by throwing. */
function openSocket(webSocket: typeof WebSocket, url: string): WebSocket | null {
  try {
    return new webSocket(url, 'graphql-transport-ws');
  } catch {
    return null;
  }
}

function pass(sink: Sink<unknown>, payload: unknown): void {
  const { data, errors } = payload as { readonly data?: unknown; readonly errors?: Parameters<typeof toError>[0] };
  if (errors) sink.onFailure(toError(errors));
  else if (data) sink.onData(data);
}

/** Null: it says nothing that can be understood. */
function parse(data: unknown): Message | null {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}
