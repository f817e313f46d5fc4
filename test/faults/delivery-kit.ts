import { expect } from 'vitest';
import { cursorOf } from '../api/room-kit.ts';
import type { TestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { anybodyAt, attempt, inParallel, mutations, until, upTo } from './fault-kit.ts';
import { Follower, placesAfter } from './follower.ts';

/** One who will follow the room from where it stands now. */
export const newFollower = async (server: ServerProcess, room: RoomSeed) =>
  new Follower(room.name, await cursorOf(seed(server), room.name));

/** Lets so many knock through one process, a few at once. */
export const knockAll = (url: string, rooms: readonly RoomSeed[], count: number) =>
  inParallel(upTo(count), 6, async (index) => {
    const input = { roomName: rooms[index % rooms.length]?.name, userName: `Knocker ${index}` };
    expect(await attempt(anybodyAt({ url }), mutations.knock, { input })).toMatchObject({ __typename: 'Knocked' });
  });

/** Waits until this one has seen all that a backend is shown, and finds it seen once and in order. */
export async function expectAllSeen(
  database: Pick<TestDatabase, 'sql'>,
  follower: Follower,
  room: RoomSeed,
): Promise<void> {
  const all = await placesAfter(database, room.name, 1);
  await until(
    async () => follower.seen.length,
    (seen) => seen >= all.length,
    5_000,
  );
  expect(follower.seen).toEqual(all);
}
