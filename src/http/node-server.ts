import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { ownPaths } from '../rules/own-paths.ts';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** A node:http server. It waits for nobody for ever, and no failure of a handler ends it. */
export function createBoundedServer(limits: Limits, log: Log, handle: Handle): Server {
  const options = {
    // Some clients offer HTTP/2 in passing; they are answered by the protocol that they speak. Proxies that ask whether somebody may
    // open a socket elsewhere pass on what that one offered.
    shouldUpgradeCallback: ({ headers, url = '' }: IncomingMessage) =>
      headers.upgrade?.toLowerCase() === 'websocket' && !url.startsWith(ownPaths.mediaGate),
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  };
  const server = createServer(options, (request, response) => {
    // A client that breaks off is not our error, but an error without a listener would end the process.
    response.on('error', () => undefined);
    const handled = async () => handle(request, response);
    handled().catch((error: unknown) => {
      log.error(describeSafely(error), 'a request could not be answered');
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': 0, 'cache-control': 'no-store' }).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  // A client that does not read its answer would keep it in memory for ever. Signs of life on event streams count as progress.
  server.timeout = limits.stalledMs;
  return server;
}

/** The settings that say where a server listens. */
export type ListenSettings = { readonly port: 'PORT' | 'METRICS_PORT'; readonly host: 'HOST' | 'METRICS_HOST' };

/** The service cannot listen where its settings say. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** The system's: EADDRINUSE, EACCES, EADDRNOTAVAIL, … */
  readonly code: string;

  constructor(code: string, port: number, host: string, settings: ListenSettings) {
    super(
      code === 'EADDRINUSE'
        ? `${settings.port} ${port} is taken: another program listens on it at ${host}. Set ${settings.port} to another port, or end that program; to find it: ss -ltnp "sport = :${port}"`
        : `The service cannot listen on port ${port} at ${host} (${code}). Set ${settings.port} to a port that it may use, and ${settings.host} to an address of this machine`,
    );
    this.code = code;
  }
}

/** Settles with the port on which it listens. @throws ListenError */
export async function listenOn(
  server: Server,
  port: number,
  host: string,
  settings: ListenSettings = { port: 'PORT', host: 'HOST' },
): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new ListenError(error.code ?? 'UNKNOWN', port, host, settings);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** How long a written answer may take to be sent. Milliseconds. */
const lastWordMs = 250;

/** A turn of the event loop in which nothing happened. Milliseconds. */
const shortTurnMs = 0.25;

/** How long whoever has connected may take to send what for. Milliseconds. */
const lastRequestMs = 500;

/** Accepts no more connections. Those that are open stay so: a proxy may be about to use one that it has kept. */
export async function stopListening(server: Server): Promise<void> {
  await acceptEverybody(server);
  // As an HTTP server it would also end the idle ones.
  if (server.listening) NetServer.prototype.close.call(server);
}

/** Settles when all connections have ended, or those that are open have had the time to send what they were opened for. */
export async function hearLastRequests(server: Server): Promise<void> {
  await once(server, 'close', { signal: AbortSignal.timeout(lastRequestMs) }).catch(() => undefined);
}

/**
 * Settles at a moment when nobody waits to be accepted: the system resets whoever does when a socket stops listening, and their requests
 * are lost. Each turn of the event loop accepts one connection. A turn that took long may have let others come meanwhile.
 */
async function acceptEverybody(server: Server): Promise<void> {
  let comers = 0;
  const count = () => {
    comers += 1;
  };
  server.on('connection', count).on('drop', count);
  const begun = performance.now();
  for (let isOver = false; !isOver; ) {
    const [before, turn] = [comers, performance.now()];
    await setImmediate();
    const now = performance.now();
    const isQuiet = comers === before && (now - turn < shortTurnMs || now - begun > lastRequestMs);
    isOver = isQuiet || now - begun > 4 * lastRequestMs;
  }
  server.off('connection', count).off('drop', count);
}

/** Accepts no more connections, and settles when the open ones have ended. Nothing is at work by now. */
export async function closeServer(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  // A server that has closed already says so by an error, and has no connections.
  server.close(() => closed.resolve());
  server.closeIdleConnections();
  // Node does not count a connection without any request as idle, and would wait for it.
  const cut = setTimeout(() => server.closeAllConnections(), lastWordMs);
  await closed.promise;
  clearTimeout(cut);
}
