import type { TypedDocument } from './generated/graphql.ts';
import { afterPause, pauseMs } from './patience.ts';
import type { VestibuleError } from './refusal.ts';
import type { Transport } from './transport.ts';

/** Is a stream open at this moment? */
export type StreamState = 'CONNECTING' | 'OPEN' | 'RECONNECTING' | 'ENDED';

export interface StreamOptions<Data, Variables> {
  readonly document: TypedDocument<Data, Variables>;
  /** Asked at each connection, so that it goes on where it stood. */
  readonly variables: () => Variables;
  readonly onData: (data: Data) => void;
  /** Called at each change but the end. */
  readonly onState: (state: Exclude<StreamState, 'ENDED'>) => void;
  /** The stream is over for good. Null: the service completed it; else why it cannot go on. */
  readonly onEnd: (error: VestibuleError | null) => void;
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
  #attempt = 0;
  #openedAt = Number.POSITIVE_INFINITY;
  #state: StreamState | null = null;
  #isOver = false;
  /** Ends the subscription, or the pause before the next. */
  #leave = () => {};

  constructor(transport: Transport, options: StreamOptions<Data, Variables>) {
    this.#transport = transport;
    this.#options = options;
  }

  connect(): void {
    const { document, variables, onData } = this.#options;
    if (this.#state === null) this.#enter('CONNECTING');
    this.#leave = this.#transport.subscribe(document, variables(), {
      onOpen: () => {
        this.#openedAt = Date.now();
        this.#enter('OPEN');
      },
      onData: (data) => {
        if (this.#isOver) return;
        this.#attempt = 0;
        onData(data);
      },
      onFailure: (error) => this.#fail(error),
      onComplete: () => this.#end(null),
    });
    // Whoever heard that it is open may have stopped it at once.
    if (this.#isOver) this.#leave();
  }

  stop(): void {
    this.#isOver = true;
    this.#leave();
  }

  #enter(state: Exclude<StreamState, 'ENDED'>): void {
    if (this.#isOver || state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }

  #fail(error: VestibuleError): void {
    if (this.#isOver) return;
    if (!error.isPassing) {
      this.#end(error);
      return;
    }
    this.#leave();
    this.#enter('RECONNECTING');
    if (Date.now() - this.#openedAt > steadyMs) this.#attempt = 0;
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
