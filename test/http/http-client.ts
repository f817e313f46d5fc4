import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Result } from '../support/graphql-client.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Result;
};

/** Posts an operation with whatever headers a test wants. */
export async function ask(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

/** Any request to /graphql, or to the path that `url` has. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(url).pathname === '/' ? `${url}/graphql` : url, init);
  const text = await response.text();
  // Whether it is GraphQL's JSON is for the test to say.
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Result;
  return { status: response.status, headers: response.headers, text, body };
}

export type RawConnection = {
  readonly socket: Socket;
  /** All that came until the server closed the connection. */
  readonly answered: Promise<string>;
};

/** A bare connection, for what no HTTP client would send. */
export async function connectRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const answered = ended.then(() => Buffer.concat(chunks).toString());
  await once(socket, 'connect');
  return { socket, answered };
}

/** Sends bytes as they are and gives all that comes back until the connection ends. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const { socket, answered } = await connectRaw(port);
  socket.write(text);
  return answered;
}
