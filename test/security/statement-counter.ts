import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { closeAfterwards } from '../support/closers.ts';

/** A way to PostgreSQL that counts what is asked on it. */
export type StatementCounter = {
  /** The database's address, through the counter. */
  readonly url: string;
  /** How many statements of this kind were run so far. */
  count(kind: RegExp): number;
};

/** Stands between a server and its database and reads the statements as they pass: no server can ask past it. */
export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const database = new URL(databaseUrl);
  const ran: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = dial(Number(database.port), database.hostname);
    const read = createStatementReader((text) => ran.push(text));
    client.on('data', read);
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closeAfterwards(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the counter listens on no port');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    count: (kind) => ran.filter((text) => kind.test(text)).length,
  };
}

/** Follows PostgreSQL's extended protocol: Parse gives a statement its name, and each Bind of that name runs it. */
function createStatementReader(onRun: (text: string) => void): (chunk: Buffer) => void {
  const texts = new Map<string, string>();
  let rest: Buffer = Buffer.alloc(0);
  let isStarted = false;
  const readMessage = (type: string, body: Buffer) => {
    if (type !== 'P' && type !== 'B') return;
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (type === 'P') texts.set(first, second);
    // A Bind names the portal first, and the statement after it.
    else onRun(texts.get(second) ?? '');
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The very first message, which opens the session, has no type before its length.
      const start = isStarted ? 1 : 0;
      if (rest.length < start + 4) return;
      const end = start + rest.readUInt32BE(start);
      if (rest.length < end) return;
      if (isStarted) readMessage(rest.toString('latin1', 0, 1), rest.subarray(5, end));
      isStarted = true;
      rest = rest.subarray(end);
    }
  };
}
