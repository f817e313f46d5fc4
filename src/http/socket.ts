import type { Duplex } from 'node:stream';
import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

/**
 * A socket for graphql-ws. `send` waits until the client has taken the message, so that a stream is read no faster than its client reads.
 * A client that keeps asking without reading is disconnected.
 */
export class AdaptedSocket implements ProtocolSocket {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;
  readonly #unsentBytes: number;
  readonly #log: Log;

  constructor(socket: WebSocket, connection: Duplex, { unsentBytes }: Pick<Limits, 'unsentBytes'>, log: Log) {
    this.#socket = socket;
    this.#connection = connection;
    this.#unsentBytes = unsentBytes;
    this.#log = log;
    // After a message above the limit, or a broken frame, ws itself closes the socket with the right code.
    socket.on('error', ignore);
    socket.on('ping', () => this.#cutIfUnread());
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(text: string): Promise<void> | undefined {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return undefined;
    let onTaken = ignore;
    // Called in a later turn. Whatever kept the message from being sent also closes the socket.
    socket.send(text, () => onTaken());
    // The kernel has it all: there is nothing to wait for.
    if (socket.bufferedAmount === 0) return undefined;
    return new Promise((resolve) => {
      onTaken = resolve;
    });
  }

  /**
   * A whole frame, by one write. It goes to the connection itself: without compression ws writes each of its own frames at once, so that
   * none is ever half written.
   */
  sendFrame(frame: Buffer): Promise<void> | undefined {
    if (this.#socket.readyState !== this.#socket.OPEN) return undefined;
    const connection = this.#connection;
    connection.write(frame);
    // The kernel has it all: there is nothing to wait for.
    if (connection.writableLength === 0) return undefined;
    // An empty write is done after all before it.
    return new Promise((resolve) => {
      connection.write(nothing, () => resolve());
    });
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  onMessage(handle: (text: string) => Promise<void>): void {
    const onFailure = (error: unknown) => {
      this.#log.error(describeSafely(error), 'a socket message could not be handled');
      this.#socket.close(4500, 'Internal server error');
    };
    this.#socket.on('message', (data) => {
      this.#cutIfUnread();
      handle(String(data)).catch(onFailure);
    });
  }

  #cutIfUnread(): void {
    if (this.#socket.bufferedAmount > this.#unsentBytes) this.#socket.terminate();
  }
}

const nothing = Buffer.alloc(0);

function ignore(): void {}

/** Sends pings, and disconnects a socket that has not answered the last one when the next is due. */
export function keepAlive(socket: WebSocket, everyMs: number): void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Tells a client to come back, to another process. */
export function goingAway(socket: WebSocket): void {
  socket.close(1001, 'Going away');
}
