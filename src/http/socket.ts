import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

/**
 * A socket as graphql-ws drives it. Sending waits until the client takes the message, so that a stream is read no faster
 * than its client reads; a client that asks on without reading is cut.
 */
export function adaptSocket(socket: WebSocket, limits: Limits, log: Log): ProtocolSocket {
  const cutIfUnread = () => {
    if (socket.bufferedAmount > limits.unsentBytes) socket.terminate();
  };
  // A message beyond the limit, or a broken frame: ws itself closes the socket with the code that says so.
  socket.on('error', () => undefined);
  socket.on('ping', cutIfUnread);
  return {
    protocol: socket.protocol,
    send: (text) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        // Whatever kept it from being sent closes the socket as well.
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

/** Pings, and cuts a socket whose last ping was not answered before the next is due. */
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

/** Tells a client to come again, to another process. */
export function goingAway(socket: WebSocket): void {
  socket.close(1001, 'Going away');
}
