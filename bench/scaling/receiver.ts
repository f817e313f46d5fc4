import { once } from 'node:events';
import { createServer } from 'node:http';

/** An endpoint that takes every webhook, and counts. */
export interface Receiver {
  readonly url: string;
  readonly received: () => number;
  readonly close: () => Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      received += 1;
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    received: () => received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
