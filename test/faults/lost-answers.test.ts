import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { onThisMachine } from '../support/timing.ts';
import { anybodyAt, attempt, backendOf, mutations, spawnOne, until } from './fault-kit.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const proxy = await startTcpProxy(database.url);
const server = await spawnOne(proxy.url);
const backend = backendOf(server);

const knocked = z.object({ __typename: z.literal('Knocked'), knockRequest: z.object({ id: z.string() }) });

/** A room with one who waits. The process has its facts at hand from here on, and its connections their statements. */
async function makeRoom() {
  const room = await seed(server).waitingRoom();
  const { knockId } = await room.knocker();
  return { ...room, knockId };
}

const knock = (room: RoomSeed, idempotencyKey: string) =>
  attempt(anybodyAt(server), mutations.knock, { input: { roomName: room.name, userName: 'Late', idempotencyKey } });

/** A decision has no key: done twice, or decided again after it was done, it would answer that somebody was first. */
const admit = (room: { readonly knockId: string }) => attempt(backend, mutations.admit, { id: room.knockId });

const admitted = { __typename: 'KnockRequest', status: 'ADMITTED' };

const newKey = () => randomBytes(24).toString('base64url');

const countWaiting = () => countLockWaits(database);

const countEvents = async (room: RoomSeed, status: string) => {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from room_events e join rooms r on r.id = e.room_id
    where r.name = ${room.name} and e.payload->'knock'->>'status' = ${status}`;
  return row?.count ?? 0;
};

test('a commit whose answer is lost is found out, and answered as what it was', async () => {
  const room = await makeRoom();
  const unlock = await lockRoom(database, room.name);
  const answer = admit(room);
  await until(countWaiting, (count) => count === 1);
  proxy.hold('answers');
  await unlock();
  await until(
    () => countEvents(room, 'ADMITTED'),
    (count) => count === 1,
  );
  proxy.cut();
  proxy.release();
  expect(await answer).toMatchObject(admitted);
  expect(await countEvents(room, 'ADMITTED')).toBe(1);
});

test('a statement that still runs when its connection is lost is not written a second time', async () => {
  const room = await makeRoom();
  const unlock = await lockRoom(database, room.name);
  const answer = admit(room);
  await until(countWaiting, (count) => count === 1);
  // The server does not notice: its statement waits on for the lock, and the same one comes again beside it.
  proxy.cut();
  await until(countWaiting, (count) => count === 2);
  await unlock();
  expect(await answer).toMatchObject(admitted);
  expect(await countEvents(room, 'ADMITTED')).toBe(1);
});

test('what cannot be found out is UNAVAILABLE, and a retry with the same key finds it', async () => {
  const room = await makeRoom();
  const unlock = await lockRoom(database, room.name);
  const key = newKey();
  const answer = knock(room, key);
  await until(countWaiting, (count) => count === 1);
  proxy.hold('answers');
  await unlock();
  await until(
    () => countEvents(room, 'PENDING'),
    (count) => count === 2,
  );
  proxy.refuse();
  proxy.cut();
  proxy.release();
  expect(await answer).toBe('LOST');
  proxy.accept();
  const again = await until(
    () => knock(room, key),
    (outcome) => outcome !== 'LOST',
  );
  expect(knocked.safeParse(again).error).toBeUndefined();
  expect(await countEvents(room, 'PENDING')).toBe(2);
});

test('connections that went half-open hold nobody up for longer than the deadline, and are replaced', async () => {
  const room = await makeRoom();
  proxy.freeze();
  const begun = performance.now();
  const first = await knock(room, newKey());
  expect(performance.now() - begun).toBeLessThan(10_000 + onThisMachine(500));
  expect(first === 'LOST' || first.__typename === 'Knocked').toBe(true);
  const next = await until(
    () => knock(room, newKey()),
    (outcome) => outcome !== 'LOST',
    2_000,
  );
  expect(knocked.safeParse(next).error).toBeUndefined();
  const ready = await until(
    async () => (await fetch(`${server.url}/ready`)).status,
    (status) => status === 200,
    3_000,
  );
  expect(ready).toBe(200);
});
