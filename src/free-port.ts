import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of this host that nobody listens on at this moment, for who must know an address before anything listens there. */
export async function findFreePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listening socket has a port');
  return address.port;
}
