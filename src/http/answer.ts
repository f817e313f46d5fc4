import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { toPublicError } from './protocol-error.ts';

export type HeaderFields = Readonly<Record<string, string>>;

/** A complete answer. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: string | Uint8Array;
}

/** Writes a complete answer. If the client has gone meanwhile, nothing is written. */
export function send(
  response: ServerResponse,
  status: number,
  headers: HeaderFields,
  body: string | Uint8Array = '',
): void {
  if (response.destroyed || response.writableEnded) return;
  const length = status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** Answers with one refusal, in GraphQL's form. */
export function sendError(response: ServerResponse, error: GraphQLError, headers: HeaderFields): void {
  const { status = 400, headers: more } = error.extensions.http ?? {};
  const body = JSON.stringify({ errors: [toPublicError(error)] });
  send(response, status, { ...headers, ...more, 'content-type': 'application/json; charset=utf-8' }, body);
}

/** Writes the answer of a Fetch API handler. `headers` are sent unless the answer has its own. */
export async function sendFetched(response: ServerResponse, answer: Response, headers: HeaderFields): Promise<void> {
  const body = await answer.text();
  send(response, answer.status, { ...headers, ...Object.fromEntries(answer.headers) }, body);
}

/**
 * Writes a stream piece by piece, no faster than the client reads. A client that goes, or reads nothing for `stalledMs`,
 * ends the stream at its source.
 */
export async function sendStream(
  response: ServerResponse,
  answer: Response,
  headers: HeaderFields,
  stalledMs: number,
): Promise<void> {
  const { body } = answer;
  if (body === null) return;
  const reader = body.getReader();
  // The body's own cancel reaches the source at once; the reader's would wait for the next event.
  response.once('close', () => void body.cancel().catch(() => undefined));
  response.writeHead(answer.status, { ...headers, ...streamHeaders(answer) });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) break;
      if (!response.write(value)) await drained(response, stalledMs);
    }
  } catch {
    // The source broke, or the reader stalled. A cut connection tells the client to come back; a clean end would not.
    response.destroy();
  }
  response.end();
}

function streamHeaders(answer: Response): HeaderFields {
  const type = answer.headers.get('content-type') ?? 'text/event-stream';
  // no-transform and the last header keep proxies from holding events back.
  return { 'content-type': type, 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' };
}

async function drained(response: ServerResponse, stalledMs: number): Promise<void> {
  await once(response, 'drain', { signal: AbortSignal.timeout(stalledMs) });
}
