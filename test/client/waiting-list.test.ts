import { beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type Seed, seed } from '../support/seed.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { follow, joinAs } from './client-kit.ts';

let database: TestDatabase;
let server: ServerProcess;
let backend: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  // A process of its own: where a test stands the timers still, those of the service go on.
  server = await spawnServer({ databaseUrl: database.url });
  backend = seed(server);
});

test.each(['admitAll', 'denyAll'] as const)(
  '%s decides those that are named, and nobody who came meanwhile',
  async (decide) => {
    const room = await backend.waitingRoom();
    const owner = await joinAs(server.url, room, { isOwner: true });
    const seen = await room.knocker({ userName: 'Seen' });
    const list = follow(owner.waitingList);
    await list.until(({ waiting }) => waiting.length === 1);
    await room.knocker({ userName: 'Meanwhile' });
    const decided = await owner[decide]([seen.knockId]);
    expect(decided.isDone && decided.value.map(({ id }) => id)).toEqual([seen.knockId]);
    const { waiting } = await list.until((view) => view.waiting.every(({ userName }) => userName !== 'Seen'));
    expect(waiting.map(({ userName }) => userName)).toEqual(['Meanwhile']);
  },
);

test('a list that is followed no more, in the middle of a lost connection, does not connect again', async () => {
  const room = await backend.waitingRoom();
  const proxy = await startTcpProxy(server.url);
  const owner = await joinAs(proxy.url, room, { isOwner: true });
  const list = follow(owner.waitingList);
  await list.until(({ state }) => state === 'OPEN');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    proxy.refuse();
    proxy.cut();
    await list.until(({ state }) => state === 'RECONNECTING');
    const before = vi.getTimerCount();
    list.stop();
    expect(vi.getTimerCount()).toBe(before - 1);
  } finally {
    vi.useRealTimers();
  }
});

test('somebody who left too long ago for the log to repeat it is also gone after a lost connection', async () => {
  const room = await backend.waitingRoom();
  const proxy = await startTcpProxy(server.url);
  const owner = await joinAs(proxy.url, room, { isOwner: true });
  // Another stream of the same session keeps its place meanwhile.
  await callerOf(server, owner.sessionToken).ws().subscribe('subscription { roomEvents { __typename } }');
  const gone = await room.knocker({ userName: 'Gone' });
  const list = follow(owner.waitingList);
  await list.until(({ waiting }) => waiting.length === 1);
  proxy.refuse();
  proxy.cut();
  await list.until(({ state }) => state === 'RECONNECTING');
  await gone.ask('mutation { cancelKnock { __typename } }');
  await moveClock(database, { seconds: 660, areAlive: true });
  await room.knocker({ userName: 'New' });
  proxy.accept();
  const { waiting } = await list.until((view) => view.state === 'OPEN' && view.waiting.at(-1)?.userName === 'New');
  expect(waiting.length).toBeGreaterThan(0);
  expect((await list.until((view) => view.waiting.length === 1)).waiting.map(({ userName }) => userName)).toEqual([
    'New',
  ]);
});
