import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
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

/** Settles with the port on which it listens. Rejects if it cannot listen. */
export async function listenOn(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** How long a written answer may take to be sent. Milliseconds. */
const lastWordMs = 250;

/** Accepts no more connections, and settles when the open ones have ended. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // Node does not count a connection without any request as idle, and would wait for it. Nothing is at work by now.
  const cut = setTimeout(() => server.closeAllConnections(), lastWordMs);
  await closed;
  clearTimeout(cut);
}
