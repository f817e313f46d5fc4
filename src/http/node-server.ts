import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeSafely } from './error-masking.ts';
import type { Limits } from './limits.ts';
import type { Log } from './ports.ts';

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** A node:http server that waits for nobody for ever, and that no handler's failure ends. */
export function createBoundedServer(limits: Limits, log: Log, handle: Handle): Server {
  const options = {
    // Some clients offer HTTP/2 in passing; they are answered by the protocol that they speak.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  };
  const server = createServer(options, (request, response) => {
    // A client that breaks off is no error of ours, and one without a listener would end the process.
    response.on('error', () => undefined);
    const handled = async () => handle(request, response);
    handled().catch((error: unknown) => {
      log.error(describeSafely(error), 'a request could not be answered');
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': 0, 'cache-control': 'no-store' }).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  // A client that takes nothing of its answer would hold it in memory for ever. Signs of life on event streams count as progress.
  server.timeout = limits.stalledMs;
  return server;
}

/** Settles with the port that it listens on; refuses when that cannot be. */
export async function listenOn(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** So long an answer that was written may take to leave. Milliseconds. */
const lastWordMs = 250;

/** Accepts no more connections, and settles when those that are open have ended. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A connection on which nothing was asked yet is not idle to node, and would be waited for. Nothing is at work by now.
  const cut = setTimeout(() => server.closeAllConnections(), lastWordMs);
  await closed;
  clearTimeout(cut);
}
