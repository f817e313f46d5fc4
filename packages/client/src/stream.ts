import type { TypedDocumentString } from './generated/graphql.ts';
import { toError, VestibuleError } from './refusal.ts';
import { pauseMs, type Transport } from './transport.ts';

/** Is a stream open at this moment? */
export type StreamState = 'CONNECTING' | 'OPEN' | 'RECONNECTING' | 'ENDED';

export interface StreamOptions<Data, Variables> {
  readonly document: TypedDocumentString<Data, Variables>;
  /** Asked at each connection, so that it goes on where it stood. */
  readonly variables: () => Variables;
  readonly onData: (data: Data) => void;
  /** Called at each connection after the first: what was not repeated may have been missed. */
  readonly onReconnect?: () => void;
  readonly onState?: (state: StreamState) => void;
  /** The stream is over for good. Null: the service completed it; else why it cannot go on. */
  readonly onEnd?: (error: VestibuleError | null) => void;
}

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
  #connections = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #dispose: (() => void) | null = null;
  #isOver = false;
  #state: StreamState | null = null;

  constructor(transport: Transport, options: StreamOptions<Data, Variables>) {
    this.#transport = transport;
    this.#options = options;
  }

  connect(): void {
    const { document, variables } = this.#options;
    this.#enter(this.#connections === 0 ? 'CONNECTING' : 'RECONNECTING');
    const socket = this.#transport.socket();
    const unlisten = socket.on('connected', () => this.#enter('OPEN'));
    const dispose = socket.subscribe<Data>(
      // The type of variables is the document's own; on the wire they are a JSON object.
      { query: String(document), variables: variables() as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (errors) this.#failed(toError(errors));
          else if (data) this.#received(data);
        },
        error: (error) => this.#failed(Array.isArray(error) ? toError(error) : lost()),
        complete: () => this.#end(null),
      },
    );
    this.#dispose = () => {
      unlisten();
      dispose();
    };
  }

  stop(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dispose?.();
  }

  #enter(state: StreamState): void {
    if (this.#isOver || state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }

  #received(data: Data): void {
    if (this.#isOver) return;
    this.#attempt = 0;
    this.#enter('OPEN');
    this.#options.onData(data);
  }

  #failed(error: VestibuleError): void {
    if (this.#isOver) return;
    if (!error.isPassing) {
      this.#end(error);
      return;
    }
    this.#dispose?.();
    this.#enter('RECONNECTING');
    const waitMs = error.retryAfterSeconds === null ? pauseMs(this.#attempt) : error.retryAfterSeconds * 1000;
    this.#attempt += 1;
    this.#connections += 1;
    this.#timer = setTimeout(() => {
      this.connect();
      this.#options.onReconnect?.();
    }, waitMs);
  }

  #end(error: VestibuleError | null): void {
    if (this.#isOver) return;
    this.#enter('ENDED');
    this.stop();
    this.#options.onEnd?.(error);
  }
}

function lost(): VestibuleError {
  return new VestibuleError('NETWORK', 'The connection was lost.');
}
