import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

/**
 * A socket for graphql-ws. `send` waits until the client has taken the message, so that a stream is read no faster than its client reads.
 * A client that keeps asking without reading is disconnected.
 */
export function adaptSocket(socket: WebSocket, limits: Limits, log: Log): ProtocolSocket {
  const cutIfUnread = () => {
    if (socket.bufferedAmount > limits.unsentBytes) socket.terminate();
  };
  // After a message above the limit, or a broken frame, ws itself closes the socket with the right code.
  socket.on('error', () => undefined);
  socket.on('ping', cutIfUnread);
  return {
    protocol: socket.protocol,
    send: (text) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        // Whatever kept the message from being sent also closes the socket.
        socket.send(text, () => resolve());
      }),
    close: (code, reason) => socket.close(code, reason),
    onMessage(handle) {
      socket.on('message', (data) => {
        cutIfUnread();
        handle(String(data)).catch((error: unknown) => {
          log.error(describeSafely(error), 'a socket message could not be handled');
          socket.close(4500, 'Internal server error');
        });
      });
    },
  };
}

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
