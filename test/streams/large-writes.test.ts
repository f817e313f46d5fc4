import { expect, test } from 'vitest';
import { change, cursorOf, followFromJoining, followKnocks, followOwnKnock, followRoom } from '../api/room-kit.ts';
import { inParallel, upTo } from '../faults/fault-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// One write that brings more events than a process keeps of a room, at the process that writes it.

const database = await createTestDatabase();
const backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));

test('everybody who had read all is told each event of one write, however many they are', async () => {
  const room = await backend.waitingRoom();
  const after = await cursorOf(backend, room.name);
  const owner = await room.owner();
  const guest = await room.guest();
  const knockers = await inParallel(upTo(1_100), 40, () => room.knocker());
  const [waiting] = knockers;
  if (waiting === undefined) throw new Error('somebody waits');
  const own = await followOwnKnock(waiting);
  await own.next();
  const ofOwner = await followFromJoining(owner, after);
  const ofGuest = await followFromJoining(guest, after);
  const ofBackend = await followRoom(backend, { roomName: room.name, after });
  const list = await followKnocks(backend, room.name);
  for (const _ of knockers) {
    await ofBackend.find(({ __typename }) => __typename === 'KnockRequested');
    await list.next();
  }

  expect(await change(backend, 'deleteRoom', { roomName: room.name })).toMatchObject({ __typename: 'DeletedRoom' });

  for (const [stream, who] of [
    [ofOwner, owner],
    [ofGuest, guest],
  ] as const) {
    const told = await stream.ended();
    expect(told.filter(({ __typename }) => __typename === 'Resync')).toEqual([]);
    const left = { __typename: 'ParticipantLeft', leaveReason: 'ROOM_DELETED', participant: { id: who.id } };
    expect(told.at(-1)).toMatchObject(left);
  }
  const told = await ofBackend.ended();
  expect(told.filter(({ reason }) => reason === 'ROOM_CLOSED')).toHaveLength(knockers.length);
  expect(told.at(-1)?.__typename).toBe('RoomClosed');
  const shown = await list.ended();
  expect(shown.filter(({ status }) => status === 'EXPIRED')).toHaveLength(knockers.length);
  expect((await own.ended()).at(-1)).toMatchObject({ status: 'EXPIRED', reason: 'ROOM_CLOSED' });
}, 60_000);
