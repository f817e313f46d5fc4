import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { bootstrapApiKey, type ServerProcess } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import { wsClient } from '../support/ws-client.ts';
import {
  anybodyAt,
  attempt,
  backendOf,
  many,
  mutations,
  patience,
  spawnOne,
  spawnPair,
  until,
  upTo,
} from './fault-kit.ts';
import { Follower, placesAfter } from './follower.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();

const knock = (server: Pick<ServerProcess, 'url'>, room: RoomSeed) =>
  attempt(anybodyAt(server), mutations.knock, { input: { roomName: room.name, userName: 'Knocker' } });

async function cursorOf(server: Pick<ServerProcess, 'url'>, room: RoomSeed): Promise<string> {
  const query = 'query ($name: String!) { room(name: $name) { cursor } }';
  const { body } = await backendOf(server)<{ room: { cursor: string } }>(query, { name: room.name });
  return body.data?.room.cursor ?? '';
}

test(
  'asked to stop, a process closes every socket with 1001, lets running mutations finish, and ends with 0',
  patience,
  async () => {
    const server = await spawnOne(database.url);
    const rooms = await Promise.all(upTo(5).map(() => seed(server).waitingRoom()));
    const sockets = await Promise.all(
      upTo(Math.min(900, many(100))).map(async (index) => {
        const client = wsClient(server.url, bootstrapApiKey);
        await client.subscribe('subscription ($room: String!) { roomEvents(roomName: $room) { cursor } }', {
          room: rooms[index % rooms.length]?.name,
        });
        return client;
      }),
    );
    const unlock = await lockRoom(database, ...rooms.map(({ name }) => name));
    const running = rooms.map((room) => knock(server, room));
    // Each has arrived: what is still on its way finds a closed door.
    await until(
      () => countLockWaits(database),
      (count) => count === rooms.length,
    );
    const begun = performance.now();
    const exit = server.kill('SIGTERM');
    await until(
      () => fetch(`${server.url}/ready`).then(({ status }) => status),
      (status) => status === 503,
      1_000,
      5,
    );
    const codes = await Promise.all(sockets.map(({ closed }) => closed.then(({ code }) => code)));
    expect(new Set(codes)).toEqual(new Set([1001]));
    await unlock();
    for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject({ __typename: 'Knocked' });
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(onThisMachine(10_000));
  },
);

test(
  'before it closes, a process says for DRAIN_SECONDS that it is not ready, and everything else goes on',
  patience,
  async () => {
    const server = await spawnOne(database.url, { DRAIN_SECONDS: '10' });
    const room = await seed(server).waitingRoom();
    const cursor = await cursorOf(server, room);
    const open = new Follower(room.name, cursor);
    await open.follow(server.url);
    const begun = performance.now();
    const exit = server.kill('SIGTERM');
    const statuses = (path: string) => fetch(`${server.url}${path}`, { headers: { connection: 'close' } });
    await until(
      () => statuses('/ready').then(({ status }) => status),
      (status) => status === 503,
      2_000,
      5,
    );
    // Until the last part, each answer ends its connection.
    const answer = await fetch(`${server.url}/graphql?query={__typename}`);
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    // On connections that are new.
    const late = new Follower(room.name, cursor);
    await late.follow(server.url);
    expect(await knock(server, room)).toMatchObject({ __typename: 'Knocked' });
    expect(await statuses('/health')).toMatchObject({ status: 200 });
    for (const { seen } of [open, late]) {
      await until(
        async () => seen.length,
        (count) => count > 0,
      );
    }
    expect(await Promise.all([open.closed(), late.closed()])).toEqual([1001, 1001]);
    expect(performance.now() - begun).toBeGreaterThan(9_900);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(onThisMachine(20_000));
  },
);

test('a rolling restart of two processes: consoles miss nothing, and see nothing twice', patience, async () => {
  const pair = await spawnPair(database.url);
  const live = new Set(pair.map(({ url }) => url));
  const room = await seed(pair[0]).waitingRoom();
  const cursor = await cursorOf(pair[0], room);
  let isOver = false;
  const urlAt = (index: number) => [...live][index % live.size] ?? pair[0].url;

  const consoles = upTo(Math.min(400, many(40))).map((index) => ({ index, follower: new Follower(room.name, cursor) }));
  const codes = new Set<number>();
  const following = consoles.map(async ({ index, follower }) => {
    for (let visit = index; !isOver; visit += 1) {
      // Whoever finds the door closed goes to the next one.
      const isIn = await follower.follow(urlAt(visit)).then(
        () => true,
        () => false,
      );
      if (!isIn) await pause(20);
      else {
        const code = await follower.closed();
        if (!isOver) codes.add(code);
      }
    }
  });
  const knocking = (async () => {
    let answered = 0;
    while (!isOver) {
      const outcome = await knock({ url: urlAt(answered) }, room);
      if (outcome !== 'LOST') answered += 1;
      await pause(5);
    }
    return answered;
  })();
  await pause(300);
  for (const old of pair) {
    live.delete(old.url);
    const exit = await old.kill('SIGTERM');
    expect(exit).toEqual({ code: 0, signal: null });
    const next = await spawnOne(database.url, { PORT: new URL(old.url).port });
    live.add(next.url);
    await pause(300);
  }
  isOver = true;
  expect(await knocking).toBeGreaterThan(20);
  expect([...codes]).toEqual([1001]);
  const all = await placesAfter(database, room.name, 1);
  for (const { follower } of consoles) {
    await until(
      async () => follower.seen.length,
      (seen) => seen >= all.length,
    );
    expect(follower.seen).toEqual(all);
    expect(follower.resyncs).toBe(0);
  }
  await Promise.all(consoles.map(({ follower }) => follower.leave()));
  await Promise.all(following);
});
