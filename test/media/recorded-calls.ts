import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAfterwards } from '../support/closers.ts';

/** Stands between the service and the API of a media server, and writes down what is answered. */
export type RecordedCalls = {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
};

export type RecordedCall = {
  /** Such as `RoomService/ListRooms`. */
  readonly method: string;
  readonly body: string;
  readonly status: number;
  /** When it was answered, by performance.now(). */
  readonly at: number;
};

export async function recordCalls(apiUrl: string): Promise<RecordedCalls> {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => void pass(request, response));
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    const answer = await fetch(`${apiUrl}${request.url}`, { method: 'POST', headers, body }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    if (answer === null || text === null) return response.destroy();
    const method = request.url?.replace('/twirp/livekit.', '') ?? '';
    calls.push({ method, body, status: answer.status, at: performance.now() });
    return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}
