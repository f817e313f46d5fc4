import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type WsClient, type WsClientOptions, type WsMessage, wsClient } from '../support/ws-client.ts';
import { connectRaw } from './http-client.ts';

/** A socket on which nothing was said yet. */
export async function openSocket(url: string, options: WsClientOptions = {}): Promise<WsClient> {
  const client = wsClient(url, undefined, { connectionParams: null, ...options });
  await once(client.socket, 'open');
  return client;
}

/** A socket that was acknowledged, whose messages all land in `others`. */
export async function openSession(url: string, connectionParams: unknown = {}): Promise<WsClient> {
  const client = wsClient(url, undefined, { connectionParams });
  await client.acknowledged;
  return client;
}

/** The message that begins an operation. */
export const subscribe = (id: string, query: string, more: object = {}) => ({
  id,
  type: 'subscribe',
  payload: { query, ...more },
});

/** The messages of one operation, up to its end. */
export async function readAll(client: WsClient, id: string): Promise<readonly WsMessage[]> {
  const messages: WsMessage[] = [];
  for (;;) {
    const message = await client.others.find((received) => received.id === id);
    messages.push(message);
    if (message.type !== 'next') return messages;
  }
}

/** Asks for a WebSocket by hand, and reads the first frame that comes. */
export async function upgradeRaw(port: number, protocol: string): Promise<{ socket: Socket; frame: Promise<Buffer> }> {
  const { socket } = await connectRaw(port);
  const lines = [
    'GET /graphql HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    ...(protocol === '' ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  const frame = Promise.withResolvers<Buffer>();
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const head = received.indexOf('\r\n\r\n');
    if (head >= 0 && received.length >= head + 8) frame.resolve(Buffer.from(received.slice(head + 4), 'latin1'));
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, frame: frame.promise };
}

/** A text frame as a client sends it, with a mask of zeros. */
export function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

/** The codes of an error message, or of the errors in a result. */
export const codesOf = (message: WsMessage | undefined) => {
  const payload = message?.payload as
    | { extensions?: { code?: string } }[]
    | { errors?: { extensions?: { code?: string } }[] };
  return (Array.isArray(payload) ? payload : (payload.errors ?? [])).map(({ extensions }) => extensions?.code);
};
