import { describe, expect, test } from 'vitest';
import { countLockWaits, lockRoom } from '../faults/room-lock.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type Caller, callerOf, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import {
  change,
  cursorOf,
  followFromJoining,
  followKnocks,
  personOf,
  promptly,
  streamDoors,
  until,
} from './room-kit.ts';

const database = await createTestDatabase();
const start = () => startServer({ databaseUrl: database.url, rateLimits: false });
const [here, there] = await Promise.all([start(), start()]);
const backend = seed(here);

async function resume(person: Caller, { name: roomName }: RoomSeed): Promise<string> {
  const joined = await change<{ sessionToken: string }>(
    person,
    'joinRoom',
    { roomName },
    '... on Joined { sessionToken }',
  );
  return joined.sessionToken;
}

const uses: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  'a query': (caller) => caller.ask('{ viewer { __typename } }'),
  'a mutation': (caller) => caller.ask('mutation { heartbeat { __typename } }'),
  'a stream': async (caller) => {
    const stream = await caller.sse().subscribe('subscription { roomEvents { __typename } }');
    await stream.stop();
  },
};

describe.each([
  ['the same process', here],
  ['another process', there],
])('a session token that was replaced, the new one being used at %s', (_where, server) => {
  test.each(streamDoors.flatMap((door) => Object.keys(uses).map((use) => [door, use] as const)))(
    'ends its streams through %s with the first use of the new one, by %s',
    async (door, use) => {
      const room = await backend.waitingRoom();
      const after = await cursorOf(backend, room.name);
      const owner = await room.owner();
      const events = await followFromJoining(owner, after, door);
      const knocks = await followKnocks(owner, undefined, door);
      await room.knocker();
      await knocks.next();
      const newToken = await resume(owner, room);
      // Until it is used the old one goes on: nobody knows whether the answer has arrived.
      await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'hello' } });
      await events.find(({ __typename }) => __typename === 'RoomUpdated');
      await uses[use]?.(callerOf(server, newToken));
      expect(await events.ended(promptly)).toEqual([]);
      expect(await knocks.ended(promptly)).toEqual([]);
      expect(await change(owner, 'updateMyMedia', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );

  test('keeps nobody there: without a stream of the new one they are away when their beat is over', async () => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    const owner = await room.owner();
    const events = await followFromJoining(owner, after);
    await callerOf(server, await resume(owner, room)).ask('{ viewer { __typename } }');
    await events.ended(promptly);
    await moveClock(database, { seconds: 20, areAlive: true });
    await until(
      () => personOf(backend, owner.id),
      ({ connection }) => connection === 'RECONNECTING',
    );
    await moveClock(database, { seconds: 60, areAlive: true });
    await until(
      () => personOf(backend, owner.id),
      ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
    );
    await moveClock(database, { seconds: 0 });
  });

  test('changes nothing that it was about to change when the new one was used', async () => {
    const room = await backend.waitingRoom();
    const owner: ParticipantSeed = await room.owner();
    const { knockId } = await room.knocker();
    const renewed = callerOf(server, await resume(owner, room));
    const unlock = await lockRoom(database, room.name);
    // The first use of the new one, and then the old one, whose holder is known before that use is written.
    const used = renewed.ask('{ viewer { __typename } }');
    await until(
      () => countLockWaits(database),
      (count) => count === 1,
    );
    const admitted = change(owner, 'admitKnock', { knockId });
    await until(
      () => countLockWaits(database),
      (count) => count === (server === here ? 1 : 2),
    );
    await unlock();
    await used;
    expect(await admitted).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await change(backend, 'admitKnock', { knockId })).toMatchObject({ __typename: 'KnockRequest' });
  });
});
