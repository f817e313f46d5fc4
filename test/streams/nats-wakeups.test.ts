import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { natsTarget } from '../../src/streams/nats-target.ts';
import { createNatsWakeups } from '../../src/streams/nats-wakeups.ts';
import type { Wakeup } from '../../src/streams/wakeups.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { Inbox } from '../support/inbox.ts';
import { findProgram } from '../support/programs.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, spawnServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { wsClient } from '../support/ws-client.ts';
import { startNats } from './nats-server.ts';

const program = await findProgram('nats-server');

/** What arrives, one after the other. */
function collect(): { readonly onWakeup: (wakeup: Wakeup) => void; readonly until: (seq: number) => Promise<void> } {
  const seen = new Set<number>();
  let look = () => {};
  return {
    onWakeup: ({ seq }) => {
      seen.add(seq);
      look();
    },
    until: (seq) =>
      new Promise((resolve) => {
        look = () => (seen.has(seq) ? resolve() : undefined);
        look();
      }),
  };
}

const room = {
  domainId: '0193e0f0-0000-7000-8000-000000000001',
  roomId: '0193e0f0-0000-7000-8000-000000000002',
} as const;
// A parsed border: any UUIDs will do.
const wakeup = (seq: number) => ({ ...room, seq }) as unknown as Wakeup;

describe.skipIf(program === null)('wake-ups through NATS', () => {
  let port = 0;
  beforeAll(async () => {
    port = await findFreePort();
  });

  it('reach the other process, not the sender, and come back after the server was away', async () => {
    const url = `nats://127.0.0.1:${port}`;
    const [sender, receiver] = [createNatsWakeups(url, () => {}), createNatsWakeups(url, () => {})];
    closeAfterwards(async () => {
      await Promise.all([sender.stop(), receiver.stop()]);
    });
    const own = collect();
    const other = collect();
    const connected = { count: 0, wake: () => {} };
    const onConnect = () => {
      connected.count += 1;
      connected.wake();
    };
    const connections = (count: number) =>
      new Promise<void>((resolve) => {
        connected.wake = () => (connected.count >= count ? resolve() : undefined);
        connected.wake();
      });
    await Promise.all([sender.start(own.onWakeup, onConnect), receiver.start(other.onWakeup, onConnect)]);
    // Both were started before there was a server.
    const nats = await startNats(program ?? '', port);
    await connections(2);
    sender.send(wakeup(7));
    await other.until(7);
    nats.kill('SIGKILL');
    await once(nats, 'exit');
    await startNats(program ?? '', port);
    await connections(4);
    sender.send(wakeup(8));
    await other.until(8);
    expect(connected.count).toBeGreaterThanOrEqual(4);
  });

  it('are said to be away while the server is, each time, and no longer', async () => {
    const natsPort = await findFreePort();
    const told = new Inbox<unknown>();
    const connected = new Inbox<true>();
    const wakeups = createNatsWakeups(`nats://127.0.0.1:${natsPort}`, (error) => told.put(error));
    closeAfterwards(wakeups.stop);
    let nats = await startNats(program ?? '', natsPort);
    await wakeups.start(
      () => {},
      () => connected.put(true),
    );
    for (const _time of ['once', 'and again']) {
      await connected.next();
      expect(wakeups.problem?.()).toBeNull();
      nats.kill('SIGKILL');
      expect(await told.next()).toMatchObject({ reason: 'LOST' });
      expect(wakeups.problem?.()).toContain('lost');
      nats = await startNats(program ?? '', natsPort);
    }
  });

  it('let a knock at one process be seen at the other', async () => {
    const database = await createTestDatabase();
    const natsPort = await findFreePort();
    await startNats(program ?? '', natsPort);
    const env = { EVENTS_URL: `nats://127.0.0.1:${natsPort}` };
    const [first, second] = await Promise.all([
      spawnServer({ databaseUrl: database.url, env }),
      spawnServer({ databaseUrl: database.url, env }),
    ]);
    const here = await seed(first).room({ privacy: 'PRIVATE', enableKnocking: true });
    const owner = await here.owner();
    const console = wsClient(second.url, owner.sessionToken);
    const knocks = await console.subscribe('subscription { knockRequested { id userName } }');
    await here.knocker();
    expect(await knocks.next()).toMatchObject({ data: { knockRequested: { userName: expect.any(String) } } });
  });

  it('show the credentials of the URL to the server, whatever characters they contain', async () => {
    const natsPort = await findFreePort();
    const password = 'p:4222/@%ß ';
    const nats = await startNats(program ?? '', natsPort, ['--user', 'vestibule', '--pass', password]);
    const url = (user: string) => `nats://${user}@127.0.0.1:${natsPort}`;
    const connected = Promise.withResolvers<void>();
    const good = createNatsWakeups(url(`vestibule:${encodeURIComponent(password)}`), connected.reject);
    closeAfterwards(good.stop);
    await good.start(() => {}, connected.resolve);
    await connected.promise;
    for (const user of ['vestibule:wrong', 'a-token']) {
      expect(await whyAway(url(user)), user).toMatchObject({ reason: 'REFUSED' });
    }
    nats.kill('SIGKILL');
  });

  it('do not fall back to a connection in clear where TLS is asked for', async () => {
    const natsPort = await findFreePort();
    await startNats(program ?? '', natsPort);
    expect(await whyAway(`tls://127.0.0.1:${natsPort}`)).toMatchObject({ reason: 'NOT_TRUSTED' });
  });
});

/** What is told first where no wake-ups come. */
async function whyAway(url: string): Promise<unknown> {
  const told = Promise.withResolvers<unknown>();
  const wakeups = createNatsWakeups(url, told.resolve);
  closeAfterwards(wakeups.stop);
  await wakeups.start(
    () => {},
    () => told.resolve('CONNECTED'),
  );
  return told.promise;
}

/** A server that greets with these lines, or with silence, and keeps what it hears and how often it was called. */
async function greetWith(lines: string) {
  let heard = '';
  let calls = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    calls += 1;
    sockets.add(socket.on('error', () => undefined).on('data', (chunk) => (heard += chunk.toString('latin1'))));
    if (lines !== '') socket.write(lines);
  }).listen(0, '127.0.0.1');
  closeAfterwards(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { port: address.port, heard: () => heard, calls: () => calls };
}

// They wait for deadlines.
describe.concurrent('a server that is not what the URL promises', () => {
  it('is reported if it takes connections and says nothing', async () => {
    const { port } = await greetWith('');
    expect(await whyAway(`nats://127.0.0.1:${port}`)).toMatchObject({ reason: 'SILENT' });
  });

  it('is reported if there is none', async () => {
    expect(await whyAway(`nats://127.0.0.1:${await findFreePort()}`)).toMatchObject({ reason: 'NOT_REACHED' });
  });

  it('is reported once, however often it is tried', async () => {
    const { port, calls } = await greetWith('INFO {"version":"2.10.0","proto":1,"max_payload":1048576}\r\n');
    const told: unknown[] = [];
    const wakeups = createNatsWakeups(`tls://localhost:${port}`, (error) => told.push(error));
    closeAfterwards(wakeups.stop);
    await wakeups.start(
      () => {},
      () => expect.unreachable(),
    );
    // What came of an attempt is told before the next one.
    await until(
      async () => calls(),
      (count) => count > 2,
    );
    expect(told).toMatchObject([{ reason: 'NOT_TRUSTED' }]);
  });

  it('hears no password where TLS is asked for and it offers none', async () => {
    const { port, heard } = await greetWith('INFO {"version":"2.10.0","proto":1,"max_payload":1048576}\r\n');
    expect(await whyAway(`tls://user:the-password@localhost:${port}`)).toMatchObject({ reason: 'NOT_TRUSTED' });
    expect(heard()).toBe('');
  });

  it('keeps nobody from starting, and the log says why no wake-ups come, without the URL', async () => {
    const { port } = await greetWith('');
    const database = await createTestDatabase();
    const server = await spawnServer({
      databaseUrl: database.url,
      env: { EVENTS_URL: `nats://user:the-password@127.0.0.1:${port}`, LOG_LEVEL: 'warn' },
    });
    await vi.waitFor(() => expect(server.output()).toContain('"reason":"SILENT"'), 10_000);
    expect(server.output()).not.toMatch(/the-password|user:/);
  });
});

it.each([
  ['nats://host', { servers: 'host:4222' }],
  ['nats://host:4333/', { servers: 'host:4333' }],
  ['nats://[::1]:4333', { servers: '[::1]:4333' }],
  ['nats://a-token@host', { servers: 'host:4222', token: 'a-token' }],
  ['nats://user:12345%2F%40@host:1', { servers: 'host:1', user: 'user', pass: '12345/@' }],
  ['tls://host', { servers: 'host:4222', tls: { host: 'host' } }],
  ['tls://user:pass@[::1]', { servers: '[::1]:4222', user: 'user', pass: 'pass', tls: { host: '::1' } }],
])('%s is read as the client needs it', (url, target) => {
  expect(natsTarget(url)).toEqual(target);
});
