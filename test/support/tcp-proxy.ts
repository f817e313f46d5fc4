import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { closeAfterwards } from './closers.ts';

/** Stands between a process and its database, or a browser and its service, and does what networks do. */
export type TcpProxy = {
  /** The server's URL, by way of this proxy. */
  readonly url: string;
  /** Lets nothing through in these directions until `release`; connections stay open, as when a cable is pulled. */
  hold(...what: readonly Direction[]): void;
  /** Lets everything through again, what was held first. */
  release(): void;
  /** Ends every connection at once; what was held is lost. */
  cut(): void;
  /** Nothing passes any more on the connections that are open now, and nobody is told: half-open. New ones are not touched. */
  freeze(): void;
  /** New connections are ended at once, until `accept`. */
  refuse(): void;
  accept(): void;
  /** How many connections it was asked for so far. */
  asked(): number;
  /** Bytes that are held back at this moment. */
  held(): number;
};

type Direction = 'requests' | 'answers';

type Half = {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly kept: Buffer[];
  isFrozen: boolean;
};

/** Starts a proxy before the server of a URL, on a free port of 127.0.0.1. */
export async function startTcpProxy(serverUrl: string): Promise<TcpProxy> {
  const target = new URL(serverUrl);
  const held = new Set<Direction>();
  const halves = new Set<Half>();
  let asked = 0;
  let isRefusing = false;
  const server = createServer((near) => {
    asked += 1;
    near.on('error', () => undefined);
    if (isRefusing) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname).on('error', () => undefined);
    join(near, far, 'requests');
    join(far, near, 'answers');
  });
  const join = (from: Socket, to: Socket, direction: Direction) => {
    const half: Half = { from, to, direction, kept: [], isFrozen: false };
    halves.add(half);
    from.on('data', (bytes) => {
      if (half.isFrozen) return;
      if (held.has(direction)) half.kept.push(bytes);
      else to.write(bytes);
    });
    from.once('close', () => {
      halves.delete(half);
      // A connection that ends while it is held ends for the other side only when the network is back.
      if (!held.has(direction) && !half.isFrozen) to.destroy();
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(serverUrl);
  url.port = String(address.port);
  const cut = () => {
    for (const { from, to } of halves) {
      from.destroy();
      to.destroy();
    }
  };
  closeAfterwards(() => {
    server.close();
    cut();
  });
  return {
    url: url.href,
    hold: (...what) => what.forEach((direction) => void held.add(direction)),
    release() {
      held.clear();
      for (const { to, kept } of halves) for (const bytes of kept.splice(0)) to.write(bytes);
    },
    cut,
    freeze() {
      for (const half of halves) half.isFrozen = true;
    },
    refuse() {
      isRefusing = true;
    },
    accept() {
      isRefusing = false;
    },
    asked: () => asked,
    held: () => [...halves].reduce((sum, { kept }) => kept.reduce((bytes, { length }) => bytes + length, sum), 0),
  };
}
