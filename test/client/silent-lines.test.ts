import { gql } from '@apollo/client';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createApolloClient } from '../../examples/apollo-client/client.ts';
import { createApiClient } from '../../examples/react-urql/src/client.ts';
import { type ConnectionPhase, createClient, type Session, type Store } from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { onThisMachine } from '../support/timing.ts';
import { follow, joinAs } from './client-kit.ts';

let server: ServerProcess;
let backend: Seed;

beforeAll(async () => {
  // A process of its own: where a test stands the timers still, those of the service go on.
  server = await spawnServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

/** Long enough for a busy machine to answer, and short enough to wait for. */
const patienceMs = onThisMachine(1_000);

type Followed = Store<{ readonly state: ConnectionPhase }>;
type Open = (url: string, room: RoomSeed, owner: Session) => Promise<Followed>;

/** Whatever keeps a line. A session that is asked for by `goOn` was read already, and begins with its stream. */
const streams: readonly (readonly [string, Open])[] = [
  ['the room', async (_url, _room, owner) => owner.view],
  ['the waiting list', async (_url, _room, owner) => owner.waitingList],
  [
    'a session gone on with',
    async (url, _room, { sessionToken }) => {
      const standing = await createClient({ url, patienceMs }).goOn(sessionToken);
      if (standing?.kind !== 'INSIDE') throw new Error(`not inside: ${standing?.kind}`);
      return standing.session.view;
    },
  ],
  [
    'a knock',
    async (url, { name }) => {
      const knocked = await createClient({ url, patienceMs }).knock({ roomName: name, userName: 'Nora' });
      if (!knocked.isDone) throw new Error(knocked.refusal.code);
      return knocked.value.view;
    },
  ],
];

describe.concurrent.each(streams)('a line that is held and silent, under %s', (_name, open) => {
  async function prepare() {
    const room = await backend.waitingRoom();
    const proxy = await startTcpProxy(server.url);
    const owner = await joinAs(proxy.url, room, { isOwner: true }, { patienceMs });
    return { proxy, store: await open(proxy.url, room, owner) };
  }

  test('is noticed where it is so before it opens', async () => {
    const { proxy, store } = await prepare();
    proxy.hold('requests', 'answers');
    const followed = follow(store);
    await followed.until(({ state }) => state === 'RECONNECTING', patienceMs * 3);
    proxy.release();
    await followed.until(({ state }) => state === 'OPEN');
  });

  test('is noticed where it becomes so later, each time', async () => {
    const { proxy, store } = await prepare();
    const followed = follow(store);
    for (let time = 0; time < 2; time += 1) {
      await followed.until(({ state }) => state === 'OPEN');
      proxy.freeze();
      await followed.until(({ state }) => state === 'RECONNECTING', patienceMs * 3);
    }
    await followed.until(({ state }) => state === 'OPEN');
  });

  test('holds up nobody who stops and begins again', async () => {
    const { proxy, store } = await prepare();
    const first = follow(store);
    await first.until(({ state }) => state === 'OPEN');
    proxy.freeze();
    first.stop();
    const asked = proxy.asked();
    const again = follow(store);
    await again.until(() => proxy.asked() > asked, patienceMs * 3);
    await again.until(({ state }) => state === 'OPEN');
  });
});

test('with the patience that a client comes with, a silent line is noticed within 15 seconds, whenever it begins', async () => {
  const room = await backend.room();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const proxy = await startTcpProxy(server.url);
    const session = await joinAs(proxy.url, room, {});
    const view = follow(session.view);
    await view.until(({ state }) => state === 'OPEN');
    // Just after the service answered a sign of life: the next one is as far away as it can be.
    proxy.freeze();
    const states: string[] = [];
    const stop = session.view.subscribe(() => states.push(session.view.get().state));
    await vi.advanceTimersByTimeAsync(14_900);
    stop();
    expect(states[0]).toBe('RECONNECTING');
  } finally {
    vi.useRealTimers();
  }
});

describe('a silent line is given up by the recipe for', () => {
  type Recipe = (url: string, bearer: string, onData: () => void) => { unsubscribe(): void };
  const waiting = 'subscription { knockRequested { id } }';
  const recipes: readonly (readonly [string, Recipe])[] = [
    ['urql', (url, bearer, onData) => createApiClient(url, bearer).subscription(waiting, {}).subscribe(onData)],
    [
      'Apollo Client',
      (url, bearer, next) =>
        createApolloClient(url, bearer, {})
          .client.subscribe({ query: gql(waiting) })
          .subscribe({ next }),
    ],
  ];

  test.each(recipes)('%s', async (_name, follow) => {
    const room = await backend.waitingRoom();
    const { sessionToken } = await room.owner();
    await room.knocker();
    const proxy = await startTcpProxy(server.url);
    const isFollowed = Promise.withResolvers<void>();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const following = follow(proxy.url.replace(/\/$/, ''), sessionToken, isFollowed.resolve);
      closeAfterwards(() => following.unsubscribe());
      await isFollowed.promise;
      proxy.freeze();
      await vi.advanceTimersByTimeAsync(30_000);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(() => proxy.asked(), { timeout: 5_000 }).toBeGreaterThan(1);
  });
});

describe('a service that takes a request and says nothing', () => {
  const silent: readonly (readonly [string, typeof fetch])[] = [
    ['no answer', () => new Promise(() => {})],
    ['the head of an answer', async () => new Response(new ReadableStream())],
  ];

  test.each(silent)('is given up: %s', async (_what, fetch) => {
    const client = createClient({ url: server.url, fetch, patienceMs: 100, attempts: 2 });
    await expect(client.access({ roomName: 'weekly' })).rejects.toMatchObject({ code: 'NETWORK' });
  });

  const client = (url: string) => createClient({ url, patienceMs: 100, attempts: 1 });
  const ways = Object.entries(client('http://127.0.0.1:1')).flatMap(([name, way]) =>
    typeof way === 'function' ? [name] : [],
  );

  test.each(ways)('is given up by client.%s', async (way) => {
    const proxy = await startTcpProxy(server.url);
    proxy.hold('requests', 'answers');
    const ask = Object.entries(client(proxy.url)).find(([name]) => name === way)?.[1];
    await expect(call(ask, { roomName: 'weekly', userName: 'Nora' })).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('is given up by whatever is done in a room', async () => {
    const room = await backend.room();
    const proxy = await startTcpProxy(server.url);
    const session = await joinAs(proxy.url, room, { isOwner: true }, { patienceMs, attempts: 1 });
    proxy.freeze();
    proxy.hold('requests', 'answers');
    const deeds = Object.entries(session).filter(([name, deed]) => typeof deed === 'function' && name !== 'onEvent');
    expect(deeds.length).toBeGreaterThan(15);
    const codes = await Promise.all(
      deeds.map(async ([name, deed]) => [name, await call(deed, []).catch(({ code }) => code)]),
    );
    expect(codes).toEqual(deeds.map(([name]) => [name, 'NETWORK']));
  });
});

/** Asks with something that each takes: what comes of it does not matter, only that it ends. */
async function call(ask: unknown, argument: unknown): Promise<unknown> {
  if (typeof ask !== 'function') throw new TypeError('not to be asked');
  return ask(argument, 'token');
}
