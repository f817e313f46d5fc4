import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const messageForm = z.object({
  type: z.string(),
  id: z.string().optional(),
  payload: z.unknown().optional(),
});

/** What one subscription brings. `text`: the whole message as it came, for those who only look for something in it. */
export interface Listener {
  readonly next: (text: string) => void;
  /** Called when it ends, by an error or in good order. */
  readonly over?: (text: string) => void;
}

/** graphql-transport-ws with one subscription on a socket, read no further than needed: its cost is part of what is measured. */
export class LiveSocket {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Settles when the server has acknowledged the connection. */
  static async open(url: string, bearer: string): Promise<LiveSocket> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.on('error', () => undefined);
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } }));
    const [data] = await once(socket, 'message');
    if (messageForm.parse(JSON.parse(String(data))).type !== 'connection_ack') throw new Error('not acknowledged');
    return new LiveSocket(socket);
  }

  subscribe(query: string, variables: object, { next, over }: Listener): void {
    this.#socket.on('message', (data) => {
      const text = String(data);
      if (isNext(text)) next(text);
      else if (messageForm.parse(JSON.parse(text)).type !== 'pong') over?.(text);
    });
    this.#socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
  }

  /** Breaks off, as a lost network does. */
  cut(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }
}

function isNext(text: string): boolean {
  return text.includes('"type":"next"');
}

/** A bare WebSocket, as the floor speaks it. */
export async function openBareSocket(url: string, path: string, next: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { perMessageDeflate: false });
  socket.on('message', (data) => next(String(data)));
  await once(socket, 'open');
  return socket;
}
