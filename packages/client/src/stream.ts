import type { ConnectionPhase, StreamReport } from './connection.ts';
import type { TypedDocument } from './generated/graphql.ts';
import type { Poll, Sink } from './line.ts';
import { afterPause, pauseMs } from './patience.ts';
import type { VestibuleError } from './refusal.ts';
import type { Transport } from './transport.ts';

export interface StreamOptions<Data, Variables> {
  readonly document: TypedDocument<Data, Variables>;
  /** Asked at each connection, so that it goes on where it stood. */
  readonly variables: () => Variables;
  readonly onData: (data: Data) => void;
  /** Called at each change but the end; with RECONNECTING also with why. */
  readonly onState: (state: Exclude<ConnectionPhase, 'CLOSED'>, error: VestibuleError | null) => void;
  /** The stream is over for good. Null: the service completed it; else why it cannot go on. */
  readonly onEnd: (error: VestibuleError | null) => void;
  /** Where no stream lives: reads what it would have told. */
  readonly poll?: Poll;
}

/** A connection that held so long was a good one: the next pause is short again. Milliseconds. */
const steadyMs = 8_000;

/** Follows a subscription across lost connections until it completes, is refused or is stopped. Answers how to stop it. */
export function followStream<Data, Variables>(
  transport: Transport,
  options: StreamOptions<Data, Variables>,
): () => void {
  const stream = new Stream(transport, options);
  stream.connect();
  return () => stream.stop();
}

class Stream<Data, Variables> {
  readonly #transport: Transport;
  readonly #options: StreamOptions<Data, Variables>;
  readonly #report: StreamReport | undefined;
  #attempt = 0;
  #openedAt = Number.POSITIVE_INFINITY;
  #state: ConnectionPhase | null = null;
  #isOver = false;
  /** Ends the subscription, or the pause before the next. */
  #leave = () => {};

  constructor(transport: Transport, options: StreamOptions<Data, Variables>) {
    this.#transport = transport;
    this.#options = options;
    this.#report = transport.addReport?.();
  }

  connect(): void {
    const { document, variables, onData, poll } = this.#options;
    if (this.#state === null) this.#enter('CONNECTING');
    const sink: Sink<Data> = {
      onOpen: () => {
        this.#openedAt = performance.now();
        this.#enter('OPEN');
      },
      onData: (data) => {
        if (this.#isOver) return;
        this.#attempt = 0;
        onData(data);
      },
      onTrouble: (error) => this.#enter('RECONNECTING', error),
      onFailure: (error) => this.#fail(error),
      onComplete: () => this.#end(null),
    };
    this.#leave = this.#transport.subscribe(document, variables(), sink, poll);
    // Whoever heard that it is open may have stopped it at once.
    if (this.#isOver) this.#leave();
  }

  stop(): void {
    this.#isOver = true;
    this.#leave();
    this.#report?.end();
  }

  #enter(state: Exclude<ConnectionPhase, 'CLOSED'>, error: VestibuleError | null = null): void {
    if (this.#isOver || state === this.#state) return;
    this.#state = state;
    this.#report?.set(state, error);
    this.#options.onState(state, error);
  }

  #fail(error: VestibuleError): void {
    if (this.#isOver) return;
    if (!error.isPassing) {
      this.#end(error);
      return;
    }
    this.#leave();
    this.#enter('RECONNECTING', error);
    if (performance.now() - this.#openedAt > steadyMs) this.#attempt = 0;
    this.#openedAt = Number.POSITIVE_INFINITY;
    this.#leave = afterPause(pauseMs(error, this.#attempt, this.#transport.longestPauseMs), (isBack) => {
      this.#attempt = isBack ? 0 : this.#attempt + 1;
      this.connect();
    });
  }

  #end(error: VestibuleError | null): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onEnd(error);
  }
}
