import { once } from 'node:events';
import { createServer } from 'node:http';
import { closeAfterwards } from '../support/closers.ts';

/** A site of somebody else's: another origin of this machine for each name that this machine has, and each port. */
export interface OtherSite {
  /** For example http://localhost:40123, without a slash. */
  readonly origin: string;
  /** What it answers from now on, by path. */
  readonly show: (path: string, html: string) => void;
}

export async function openSite(host: 'localhost' | '127.0.0.1'): Promise<OtherSite> {
  const pages = new Map<string, string>();
  const server = createServer(({ url = '' }, response) => {
    const page = pages.get(url.split('?')[0] ?? '');
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { origin: `http://${host}:${address.port}`, show: (path, html) => void pages.set(path, html) };
}
