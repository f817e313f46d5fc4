import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { ownPaths } from '../rules/own-paths.ts';
import type { Origins } from './browser-rules.ts';
import { readBearer } from './caller-request.ts';
import type { SlotsByKey, WorkSlots } from './capacity.ts';
import type { QuietSockets } from './connections.ts';
import type { Engine } from './engine.ts';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';
import { httpError, tooMany, toPublicError, unavailable } from './protocol-error.ts';
import { findSentElsewhere } from './sent-elsewhere.ts';
import { AdaptedSocket, goingAway, keepAlive } from './socket.ts';
import { createSocketOperations, isBusy, type SocketCaller } from './socket-operations.ts';

export interface WebSocketDoorOptions {
  readonly engine: Engine;
  readonly limits: Limits;
  readonly origins: () => Origins;
  readonly readAddress: (request: IncomingMessage) => string;
  readonly slots: WorkSlots;
  readonly streams: SlotsByKey;
  readonly quiet: QuietSockets;
  readonly log: Log;
  readonly isClosing: () => boolean;
}

export interface WebSocketDoor {
  /** Turns a connection into a WebSocket, or refuses it before that. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket with 1001, whatever is at work on it, and takes new ones. */
  breakOff(): void;
  /** Closes every socket with 1001. Waits up to `graceMs` for sockets with an operation at work. */
  close(graceMs: number): Promise<void>;
}

/** graphql-transport-ws: one credential for each socket, and a fresh context for each operation. */
export function createWebSocketDoor(options: WebSocketDoorOptions): WebSocketDoor {
  const { limits, streams } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = makeServer(createSocketOperations(options));
  const callers = new Set<SocketCaller>();
  const open = (socket: WebSocket, adapted: AdaptedSocket, caller: SocketCaller) => {
    callers.add(caller);
    caller.setQuiet(true);
    const closed = protocol.opened(adapted, caller);
    socket.once('close', (code, reason) => {
      callers.delete(caller);
      caller.setQuiet(false);
      closed(code, reason.toString()).catch((error: unknown) => {
        options.log.error(describeSafely(error), 'a stream of a closed socket did not end well');
      });
    });
    keepAlive(socket, limits.keepAliveMs);
  };
  return {
    upgrade(request, socket, head) {
      if (socket.destroyed) return;
      socket.on('error', ignore);
      const clientAddress = options.readAddress(request);
      const refusal = refuseUpgrade(options, request, clientAddress);
      if (refusal !== null) {
        socket.once('finish', () => socket.destroy());
        socket.end(writeRefusal(refusal));
        return;
      }
      releaseAfterwards(socket, streams, clientAddress);
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const bearer = readBearer(request.headers.authorization);
        const credential = { bearer, sentElsewhere: bearer === null ? findSentElsewhere(request) : null };
        const adapted = new AdaptedSocket(webSocket, socket, limits, options.log);
        const setQuiet = quietOf(options.quiet, socket);
        open(webSocket, adapted, makeCaller(webSocket, adapted, credential, clientAddress, setQuiet));
      });
    },
    breakOff() {
      for (const { socket } of callers) goingAway(socket);
    },
    close: (graceMs) => closeAll(callers, graceMs),
  };
}

async function closeAll(callers: ReadonlySet<SocketCaller>, graceMs: number): Promise<void> {
  const ended = Promise.all([...callers].map(({ socket }) => once(socket, 'close')));
  for (const caller of callers) if (!isBusy(caller)) goingAway(caller.socket);
  const late = setTimeout(() => {
    for (const { socket } of callers) socket.terminate();
  }, graceMs);
  await ended;
  clearTimeout(late);
}

// Separate functions, so that what lives as long as the socket does not keep its request in memory too.

function ignore(): void {}

function makeCaller(
  socket: WebSocket,
  adapted: AdaptedSocket,
  credential: Pick<SocketCaller, 'bearer' | 'sentElsewhere'>,
  clientAddress: string,
  setQuiet: SocketCaller['setQuiet'],
): SocketCaller {
  const send = (frame: Buffer) => adapted.sendFrame(frame);
  return { socket, send, clientAddress, ...credential, open: new Map(), setQuiet };
}

function quietOf(quiet: QuietSockets, socket: Duplex): SocketCaller['setQuiet'] {
  return (isQuiet) => void (isQuiet ? quiet.add(socket) : quiet.delete(socket));
}

function releaseAfterwards(socket: Duplex, streams: SlotsByKey, address: string): void {
  socket.once('close', () => streams.release(address));
}

interface UpgradeRefusal {
  readonly status: string;
  readonly error: GraphQLError;
}

function writeRefusal({ status, error }: UpgradeRefusal): string {
  const body = JSON.stringify({ errors: [toPublicError(error)] });
  const { headers = {} } = error.extensions.http ?? {};
  const lines = Object.entries({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  return [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
}

/** Why the socket is refused. Null: it may open, and one of its address's places is taken. */
function refuseUpgrade(
  options: WebSocketDoorOptions,
  request: IncomingMessage,
  address: string,
): UpgradeRefusal | null {
  if (request.url?.split('?', 1)[0] !== ownPaths.graphql) {
    const message = 'There is no WebSocket at this address: it is at /graphql.';
    return { status: '404 Not Found', error: httpError(404, 'NOT_FOUND', message) };
  }
  if (!options.origins().mayConnect(request)) {
    const message = 'The origin of this page is not allowed: list it in ALLOWED_ORIGINS, a setting of the service.';
    return { status: '403 Forbidden', error: httpError(403, 'BAD_REQUEST', message) };
  }
  if (options.isClosing()) return { status: '503 Service Unavailable', error: unavailable(false) };
  if (options.streams.take(address)) return null;
  return { status: '429 Too Many Requests', error: tooMany('Too many streams are open from this address.') };
}
