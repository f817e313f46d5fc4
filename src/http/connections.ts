import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientKey } from './client-address.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

/** The connections of one address. `idle` are those without work, the one that has been idle longest first. */
type AddressConnections = { readonly all: Set<Socket>; readonly idle: Set<Socket> };

/**
 * Limits the connections of each address, and of all together. A new connection beyond a limit takes the place of one that has asked
 * nothing yet or waits to be used again, of this address or of any. If all of them are at work, the new one is closed. Trusted proxies have
 * no limit: clients behind them are counted by their operations.
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
  // One more is accepted, so that it can take another's place.
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

/** WebSockets without an open operation, the one that has had none for longest first. */
export type QuietSockets = Set<Duplex>;

/** When the process is full, a WebSocket without an open operation gives way too, whoever opened it. False: there is none. */
function dropQuiet(quiet: QuietSockets): boolean {
  const [oldest] = quiet;
  if (oldest === undefined) return false;
  quiet.delete(oldest);
  oldest.destroy();
  return true;
}

/** False: all of them are at work. */
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

/** A quarter of the files that a process may open is for its database, its webhooks and itself, but never more than this. */
const mostOwnFiles = 1000;

/**
 * Lowers the limits to what this process can keep: it could neither serve nor refuse connections for which it has no files, and its
 * statements would fail with them. If addresses are limited, one address has half of the connections at most.
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

/** The system's limit of open files. Infinite if the system does not say. */
function mostOpenFiles(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line === null ? Number.POSITIVE_INFINITY : Number(line[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
