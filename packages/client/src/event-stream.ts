import type { Sink } from './line.ts';
import { toError, VestibuleError } from './refusal.ts';

export interface EventStreamOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly fetch: typeof globalThis.fetch;
  /** So long at most until the first sign comes, in milliseconds. */
  readonly opensWithinMs: number;
  /** So long at most between two signs. */
  readonly silentMs: number;
}

/** The service gives a sign on every stream after each twelve seconds: one that is silent for this time is lost. Milliseconds. */
export const signsWithinMs = 14_000;

/** Follows one subscription as server-sent events (graphql-sse, distinct connections). Answers how to stop it. */
export function openEventStream(options: EventStreamOptions, sink: Sink<unknown>): () => void {
  const stream = new EventStream(options, sink);
  void stream.read();
  return () => stream.stop();
}

class EventStream {
  readonly #options: EventStreamOptions;
  readonly #sink: Sink<unknown>;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #text = '';

  constructor(options: EventStreamOptions, sink: Sink<unknown>) {
    this.#options = options;
    this.#sink = sink;
  }

  async read(): Promise<void> {
    const { opensWithinMs, silentMs } = this.#options;
    this.#await(opensWithinMs);
    try {
      const reader = await this.#open();
      const decoder = new TextDecoder();
      let isOpen = false;
      while (!this.#isOver) {
        const { done, value } = await reader.read();
        // The end is said by an event; one that is not means that the connection broke.
        if (done) throw lost();
        this.#await(silentMs);
        if (!isOpen && !this.#isOver) this.#sink.onOpen();
        isOpen = true;
        this.#take(decoder.decode(value, { stream: true }));
      }
    } catch (error) {
      this.#fail(error instanceof VestibuleError ? error : lost());
    }
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const { url, headers, body, fetch } = this.#options;
    const accept = 'text/event-stream';
    const init: RequestInit = { method: 'POST', headers: { ...headers, accept }, body, signal: this.#abort.signal };
    const response = await fetch(url, { ...init, credentials: 'omit' });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    // Some platforms hand over an answer only as a whole: there is no stream to read.
    if (isStream && response.body) return response.body.getReader();
    throw refusalOf(await response.json().catch(() => null));
  }

  #take(piece: string): void {
    this.#text = (this.#text + piece).replaceAll('\r\n', '\n');
    for (let end = this.#text.indexOf('\n\n'); end !== -1 && !this.#isOver; end = this.#text.indexOf('\n\n')) {
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      this.#hear(fieldOf(block, 'event'), fieldOf(block, 'data'));
    }
  }

  #hear(event: string, data: string): void {
    if (event === 'complete') {
      this.stop();
      this.#sink.onComplete();
    } else if (event === 'next') {
      const payload: Payload = JSON.parse(data);
      if (payload.errors) this.#fail(toError(payload.errors));
      else this.#sink.onData(payload.data);
    }
  }

  #await(withinMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => this.#fail(lost()), withinMs);
  }

  #fail(error: VestibuleError): void {
    if (this.#isOver) return;
    this.stop();
    this.#sink.onFailure(error);
  }
}

interface Payload {
  readonly data?: unknown;
  readonly errors?: Parameters<typeof toError>[0];
}

function fieldOf(block: string, name: string): string {
  const lines = block.split('\n').filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).trimStart()).join('\n');
}

function lost(): VestibuleError {
  return new VestibuleError('NETWORK', 'The connection was lost.');
}

function refusalOf(answer: unknown): VestibuleError {
  const { errors = [] } = (answer as Payload | null) ?? {};
  return errors.length > 0 ? toError(errors) : lost();
}
