import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientKey } from './client-address.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

/** The connections of one address, and those of them on which nothing is at work, the one for which this is longest so first. */
type AddressConnections = { readonly all: Set<Socket>; readonly idle: Set<Socket> };

/**
 * Holds each address to so many connections at once, and all together to what the process takes. A new one beyond that takes the place
 * of one that has asked nothing yet or waits to be used again, of the address or of anybody; where something is at work on all of them the
 * new one is closed. Trusted proxies are exempt: who comes through them is counted by what they ask.
 */
export function limitConnections(
  server: Server,
  { connections, connectionsPerAddress: max }: Pick<Limits, 'connections' | 'connectionsPerAddress'>,
  isTrusted: (address: string) => boolean,
  quiet: QuietSockets,
): void {
  const places = new Map<string, AddressConnections>();
  const placeOf = new WeakMap<Socket, AddressConnections>();
  const all: AddressConnections = { all: new Set(), idle: new Set() };
  // One more may come, to take another's place.
  server.maxConnections = connections + 1;
  server.on('connection', (socket: Socket) => {
    if (all.all.size >= connections && !makeRoom(all) && !dropQuiet(quiet)) return void socket.destroy();
    all.all.add(socket);
    socket.once('close', () => forget(all, socket));
    const { remoteAddress = '' } = socket;
    if (isTrusted(remoteAddress)) return;
    const key = clientKey(remoteAddress);
    const place = places.get(key) ?? { all: new Set(), idle: new Set() };
    if (place.all.size >= max && !makeRoom(place)) return void socket.destroy();
    places.set(key, place);
    placeOf.set(socket, place);
    place.all.add(socket);
    place.idle.add(socket);
    all.idle.add(socket);
    socket.once('close', () => {
      forget(place, socket);
      if (place.all.size === 0 && places.get(key) === place) places.delete(key);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const place = placeOf.get(socket);
    place?.idle.delete(socket);
    all.idle.delete(socket);
    response.once('close', () => {
      if (place?.all.has(socket) !== true) return;
      place.idle.add(socket);
      all.idle.add(socket);
    });
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    placeOf.get(socket)?.idle.delete(socket);
    all.idle.delete(socket);
  });
}

/** WebSockets on which no operation is open, the one for which this is longest so first. */
export type QuietSockets = Set<Duplex>;

/** Where the process takes no more, a WebSocket that carries nothing gives way as well, whoever opened it. False: each carries something. */
function dropQuiet(quiet: QuietSockets): boolean {
  const [oldest] = quiet;
  if (oldest === undefined) return false;
  quiet.delete(oldest);
  oldest.destroy();
  return true;
}

/** False: something is at work on all of them. */
function makeRoom(place: AddressConnections): boolean {
  const [oldest] = place.idle;
  if (oldest === undefined) return false;
  forget(place, oldest);
  oldest.destroy();
  return true;
}

function forget({ all, idle }: AddressConnections, socket: Socket): void {
  all.delete(socket);
  idle.delete(socket);
}

/** Of the files that a process may open so many are for its database, its webhooks and itself: a quarter, and never more than this. */
const mostOwnFiles = 1000;

/**
 * The limits as this process can keep them: connections that it has no files for would be neither served nor refused, and what it
 * asks of its database would fail with them. One address has half of them at most, where it is limited.
 */
export function fitToProcess(limits: Limits, log: Log, openFiles = mostOpenFiles()): Limits {
  const forClients = Math.max(openFiles * 0.75, openFiles - mostOwnFiles);
  const connections = Math.min(limits.connections, Math.max(1, Math.floor(forClients)));
  if (connections === limits.connections) return limits;
  const isLimited = limits.connectionsPerAddress !== Number.POSITIVE_INFINITY;
  const half = isLimited ? Math.ceil(connections / 2) : Number.POSITIVE_INFINITY;
  const connectionsPerAddress = Math.min(limits.connectionsPerAddress, half);
  log.warn(
    { connections, openFiles },
    'fewer connections than usual: this process may not open more files (ulimit -n)',
  );
  return { ...limits, connections, connectionsPerAddress };
}

/** As the system says; without end where it does not. */
function mostOpenFiles(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line === null ? Number.POSITIVE_INFINITY : Number(line[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
