import type { ExecutionResult, FormattedExecutionResult, GraphQLError } from 'graphql';
import { toPublicError } from './protocol-error.ts';
import { textFrame } from './text-frame.ts';

/** Sends a frame of a socket; the promise, where there is one, settles once the client has taken it. */
export type SendFrame = (frame: Buffer) => Promise<void> | undefined;

interface ShownResult {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** What clients get of a result. */
export function toPublicResult({ data, errors }: ShownResult): FormattedExecutionResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors && { errors: errors.map((error) => toPublicError(error).toJSON()) }),
  };
}

const payloads = new WeakMap<ExecutionResult, Buffer>();

/** Equal subscribers are given one and the same result, and nobody else is: its text is made once. */
function payloadOf(result: ExecutionResult): Buffer {
  const known = payloads.get(result);
  if (known !== undefined) return known;
  const payload = Buffer.from(JSON.stringify(toPublicResult(result)));
  payloads.set(result, payload);
  return payload;
}

/**
 * Sends a stream's answers to a socket, each as a `next` of graphql-transport-ws. Its reader, graphql-ws, which would write each answer's
 * text anew for everybody, is given none of them: only that the stream is over, or broke. A generator would not do: its `return()` would
 * wait for the next answer.
 */
export class Frames implements AsyncIterableIterator<ExecutionResult> {
  readonly #answers: AsyncIterableIterator<ExecutionResult>;
  readonly #id: string;
  readonly #send: SendFrame;

  constructor(answers: AsyncIterableIterator<ExecutionResult>, id: string, send: SendFrame) {
    this.#answers = answers;
    this.#id = JSON.stringify(id);
    this.#send = send;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    for (;;) {
      const answer = await this.#answers.next();
      if (answer.done) return { done: true, value: undefined };
      const taken = this.#send(textFrame(`{"id":${this.#id},"type":"next","payload":`, payloadOf(answer.value), '}'));
      // Awaiting nothing would cost each subscriber of an event a turn of its own.
      if (taken !== undefined) await taken;
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#answers.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
