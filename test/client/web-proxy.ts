import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { closeAfterwards } from '../support/closers.ts';

/** What stands between a page and the service in offices and hotels. */
export interface WebProxy {
  readonly url: string;
  /** Sockets are refused: HTTP 403 in place of an upgrade. */
  blockSockets(isBlocked: boolean): void;
  /** Event streams are held back until they end, as by a proxy that reads answers as a whole. */
  blockStreams(isBlocked: boolean): void;
  /** From now on in front of another process. */
  goTo(target: string): void;
  /** Ends every connection at once, and takes none until `accept`. */
  refuse(): void;
  accept(): void;
  /** The paths that were asked for, with their queries; `WS` before sockets. */
  readonly asked: string[];
}

/** Starts a proxy of HTTP before a server, on a free port of 127.0.0.1. */
export async function startWebProxy(target: string): Promise<WebProxy> {
  let { hostname, port } = new URL(target);
  const blocked = { sockets: false, streams: false, all: false };
  const asked: string[] = [];
  const forward = (incoming: IncomingMessage, answer: ServerResponse) => {
    asked.push(incoming.url ?? '');
    const { method, headers, url: path } = incoming;
    const onward = request({ hostname, port, path, method, headers }, (answered) => {
      const isStream = answered.headers['content-type']?.startsWith('text/event-stream');
      if (isStream && blocked.streams) {
        answered.resume();
        return;
      }
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.on('error', () => answer.destroy());
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(forward);
  server.on('connection', (socket) => {
    if (blocked.all) socket.destroy();
  });
  const tunnels = new Set<{ destroy(): void }>();
  server.on('upgrade', (incoming, socket, head) => {
    asked.push(`WS ${incoming.url}`);
    if (blocked.sockets) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const far = connect(Number(port), hostname, () => {
      const lines = incoming.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
      );
      far.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    for (const one of [far, socket]) {
      tunnels.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        tunnels.delete(one);
        far.destroy();
        socket.destroy();
      });
    }
  });
  const cut = () => {
    server.closeAllConnections();
    for (const tunnel of tunnels) tunnel.destroy();
  };
  closeAfterwards(() => {
    server.close();
    cut();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    blockSockets: (isBlocked) => {
      blocked.sockets = isBlocked;
    },
    blockStreams: (isBlocked) => {
      blocked.streams = isBlocked;
    },
    goTo: (next) => {
      ({ hostname, port } = new URL(next));
    },
    refuse: () => {
      blocked.all = true;
      cut();
    },
    accept: () => {
      blocked.all = false;
    },
    asked,
  };
}
