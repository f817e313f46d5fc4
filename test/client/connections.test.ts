import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type Session, type Store } from '../../packages/client/src/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { onThisMachine } from '../support/timing.ts';
import { follow, joinAs } from './client-kit.ts';

let database: TestDatabase;
let server: TestServer;
/** One where nothing happens to lines, so that its streams can be counted. */
let calm: TestServer;
let backend: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  calm = await startServer({ databaseUrl: database.url });
  backend = seed(server);
});

/** Long enough for a busy machine to answer, and short enough to wait for. */
const patienceMs = onThisMachine(1_500);

async function countStreams(): Promise<number> {
  const text = await (await fetch(`${calm.url}/metrics`)).text();
  return Number(/^vestibule_subscriptions_open (\d+)/m.exec(text)?.[1]);
}

const isInside =
  (name: string) =>
  ({ participants }: { readonly participants: readonly { readonly userName: string }[] }) =>
    participants.some(({ userName }) => userName === name);

describe('a line that is held and silent', () => {
  test('is given up by its followers, who miss nothing', async () => {
    const room = await backend.room();
    const proxy = await startTcpProxy(server.url);
    const session = await joinAs(proxy.url, room, { userName: 'Gustav' }, { patienceMs });
    const view = follow(session.view);
    await room.guest({ userName: 'Before' });
    await view.until(isInside('Before'));
    proxy.freeze();
    await room.guest({ userName: 'Meanwhile' });
    expect(isInside('Meanwhile')(session.view.get())).toBe(false);
    await view.until(isInside('Meanwhile'));
  });

  test('is given up where it is silent from the beginning', async () => {
    const room = await backend.room();
    const proxy = await startTcpProxy(server.url);
    const freezing: typeof fetch = async (url, request) => {
      const answer = await fetch(url, request);
      const text = await answer.text();
      // What comes after the room was read is its stream, on a connection that was open before.
      if (String(request?.body).includes('RoomAndParticipants')) proxy.freeze();
      return new Response(text);
    };
    const session = await joinAs(proxy.url, room, { userName: 'Gustav' }, { patienceMs, fetch: freezing });
    const view = follow(session.view);
    await view.until(({ state }) => state === 'RECONNECTING');
    await view.until(({ state }) => state === 'OPEN');
  });

  test('is given up by a request that waits for an answer, which is sent again', async () => {
    const room = await backend.waitingRoom();
    let calls = 0;
    const silentAtFirst: typeof fetch = (url, request) => {
      calls += 1;
      if (calls > 1) return fetch(url, request);
      return new Promise((_resolve, reject) => request?.signal?.addEventListener('abort', () => reject(new Error())));
    };
    const client = createClient({ url: server.url, fetch: silentAtFirst, patienceMs: onThisMachine(300) });
    expect(await client.access({ roomName: room.name })).toMatchObject({ level: 'LOBBY' });
    expect(calls).toBe(2);
  });
});

test('a WebSocket that somebody hands over is as good as the platform’s own', async () => {
  const room = await backend.room();
  const session = await joinAs(server.url, room, { userName: 'Gustav' }, { webSocket: WebSocket });
  const view = follow(session.view);
  await view.until(({ state }) => state === 'OPEN');
  await room.guest({ userName: 'Witness' });
  await view.until(isInside('Witness'));
  view.stop();
});

test('after a Resync the room is read again, once, and its old stream is stopped', async () => {
  const room = await seed(calm).room();
  const proxy = await startTcpProxy(calm.url);
  let reads = 0;
  const counting: typeof fetch = (url, request) => {
    if (String(request?.body).includes('RoomAndParticipants')) reads += 1;
    return fetch(url, request);
  };
  const session = await joinAs(proxy.url, room, { userName: 'Gustav' }, { fetch: counting });
  const events: string[] = [];
  session.onEvent(({ __typename, cursor }) => events.push(`${__typename} ${cursor}`));
  const view = follow(session.view);
  await room.guest({ userName: 'Before' });
  await view.until(isInside('Before'));
  expect(reads).toBe(1);
  proxy.refuse();
  proxy.cut();
  await view.until(({ state }) => state === 'RECONNECTING');
  // Nothing of the room is kept at hand there any more.
  await expect.poll(countStreams).toBe(0);
  await room.guest({ userName: 'Meanwhile' });
  await forgetRecord(room);
  proxy.accept();
  await view.until(isInside('Meanwhile'));
  for (const userName of ['Later', 'Last']) await room.guest({ userName });
  await view.until(isInside('Last'));
  expect(events.filter((event) => event.startsWith('Resync'))).toHaveLength(1);
  expect(reads).toBe(2);
  expect(new Set(events).size).toBe(events.length);
  const afterwards = events.slice(events.findIndex((event) => event.startsWith('Resync')));
  expect(afterwards.filter((event) => event.startsWith('ParticipantJoined')).length).toBeGreaterThanOrEqual(2);
  view.stop();
});

/** As when the retention time of all that happened is over, but for the last. */
async function forgetRecord({ name }: RoomSeed): Promise<void> {
  await database.sql`delete from room_events e using rooms r where r.id = e.room_id and r.name = ${name} and e.seq < r.version`;
}

describe('a stream goes on as long as somebody watches, and no longer', () => {
  type Watched = (owner: Session, room: RoomSeed) => Promise<Store<unknown>>;
  const stores: readonly (readonly [string, Watched])[] = [
    ['the room', async (owner) => owner.view],
    ['the waiting list', async (owner) => owner.waitingList],
    [
      'a knock',
      async (_owner, { name }) => {
        const knocked = await createClient({ url: calm.url }).knock({ roomName: name, userName: 'Nora' });
        if (!knocked.isDone) throw new Error(knocked.refusal.code);
        return knocked.value.view;
      },
    ],
  ];

  test.each(stores)('%s', async (_name, open) => {
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(0);
    const room = await seed(calm).waitingRoom();
    const store = await open(await joinAs(calm.url, room, { isOwner: true }), room);
    const [first, second] = [follow(store), follow(store)];
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(1);
    first.stop();
    // Whoever stops twice has not stopped for the other.
    first.stop();
    const other = await joinAs(calm.url, room, { isOwner: true });
    const witness = follow(other.view);
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(2);
    witness.stop();
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(1);
    second.stop();
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(0);
    // And begins again for the next who watches.
    const third = follow(store);
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(1);
    third.stop();
    await expect.poll(countStreams, { timeout: 5_000 }).toBe(0);
  });

  test('a follower who stops before the room was read never opens a stream', async () => {
    const room = await seed(calm).room();
    const read = Promise.withResolvers<void>();
    const late: typeof fetch = async (url, request) => {
      const answer = await fetch(url, request);
      if (String(request?.body).includes('RoomAndParticipants')) await read.promise;
      return answer;
    };
    const session = await joinAs(calm.url, room, {}, { fetch: late });
    follow(session.view).stop();
    read.resolve();
    const other = await joinAs(calm.url, room, {});
    const witness = follow(other.view);
    await witness.until(({ state }) => state === 'OPEN');
    await room.guest({ userName: 'Witness' });
    await witness.until(isInside('Witness'));
    expect(await countStreams()).toBe(1);
    witness.stop();
  });
});
