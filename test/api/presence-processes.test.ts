import { expect, it } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, type ParticipantSeed, seed } from '../support/seed.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { change, cursorOf, type EventStream, followFromJoining, followRoom, personOf, read } from './room-kit.ts';

const people = 50;

// The process that stays is always that of the tests: only those that die, sleep or stop are started for it.

it('50 people stay through a switch to private and the death of the process that held half of their sockets', async () => {
  const database = await createTestDatabase();
  const [staying, dying] = await Promise.all([
    startServer({ databaseUrl: database.url, rateLimits: false }),
    spawnServer({ databaseUrl: database.url, env: { RATE_LIMITS: 'false' } }),
  ]);
  const backend = seed(staying);
  const room = await backend.room();
  const after = await cursorOf(backend, room.name);
  const guests = await Promise.all(
    Array.from({ length: people }, (_, place) => room.join({ userName: `Guest ${place}` })),
  );
  const [atStaying, atDying] = [guests.slice(0, people / 2), guests.slice(people / 2)];
  const dyingSockets = atDying.map(({ sessionToken, id }) => ({ ...callerOf(dying, sessionToken), id }));
  const open = (person: Pick<ParticipantSeed, 'ask' | 'ws' | 'sse' | 'id'>) => followFromJoining(person, after);
  // One is held by both: the process that stays speaks for it.
  const [twice] = atStaying.map(({ sessionToken, id }) => ({ ...callerOf(dying, sessionToken), id }));
  await Promise.all([...atStaying, ...dyingSockets, ...(twice ? [twice] : [])].map(open));
  const events = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
  await change(backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PRIVATE' });

  await dying.kill('SIGKILL');
  const back = atDying.slice(0, 20);
  const gone = atDying.slice(20);
  await Promise.all(back.map(open));
  // Nobody but the dead process can tell that it held these: its lease ends, and they count as away since it was last renewed.
  const away = new Set<string>();
  while (away.size < gone.length) away.add(await nextOf(events, 'RECONNECTING', 12_000));
  expect(away).toEqual(new Set(gone.map(({ id }) => id)));
  expect((await countInside()).participantCount).toBe(people);

  await moveClock(database, { seconds: 31 });
  const lost = new Set<string>();
  while (lost.size < gone.length) lost.add(await nextOf(events, 'CONNECTION_LOST', 4_000));
  expect(lost).toEqual(away);
  expect((await countInside()).participantCount).toBe(people - gone.length);
  for (const { id } of [...atStaying, ...back]) {
    expect(await personOf(backend, id)).toMatchObject({ connection: 'CONNECTED', leaveReason: null });
  }

  async function countInside() {
    const query = 'query ($name: String!) { room(name: $name) { participantCount } }';
    return (await read<{ room: { participantCount: number } }>(backend, query, { name: room.name })).room;
  }
});

/** Who is told of next to be so; nobody may have left for another reason. */
async function nextOf(events: EventStream, state: string, withinMs: number): Promise<string> {
  const event = await events.find(({ participant, leaveReason }) => {
    if (leaveReason !== undefined) expect(leaveReason).toBe('CONNECTION_LOST');
    return (leaveReason ?? participant?.connection) === state;
  }, withinMs);
  return event.participant?.id ?? '';
}

it('a process that was asleep, and taken for dead, ends its streams when it wakes, so that their clients come again', async () => {
  const database = await createTestDatabase();
  const [staying, sleeping] = await Promise.all([
    startServer({ databaseUrl: database.url }),
    spawnServer({ databaseUrl: database.url }),
  ]);
  const backend = seed(staying);
  const room = await backend.room();
  const after = await cursorOf(backend, room.name);
  const guest = await room.guest();
  const guestThere = { ...callerOf(sleeping, guest.sessionToken), id: guest.id };
  const held = await followFromJoining(guestThere, after);
  const events = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
  await sleeping.kill('SIGSTOP');
  await moveClock(database, { seconds: 10 });
  expect(await nextOf(events, 'RECONNECTING', 4_000)).toBe(guest.id);
  await sleeping.kill('SIGCONT');
  await held.ended(4_000);
  await followFromJoining(guestThere, after);
  expect(await nextOf(events, 'CONNECTED', 2_000)).toBe(guest.id);
});

const signals = ['SIGTERM', 'SIGINT'] as const;
it.each(signals)('a process that stops by %s leaves its people the usual time to come to another', async (signal) => {
  const database = await createTestDatabase();
  const [staying, stopping] = await Promise.all([
    startServer({ databaseUrl: database.url }),
    spawnServer({ databaseUrl: database.url }),
  ]);
  const backend = seed(staying);
  const room = await backend.room();
  const after = await cursorOf(backend, room.name);
  const guest = await room.guest();
  await followFromJoining({ ...callerOf(stopping, guest.sessionToken), id: guest.id }, after);
  const events = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
  expect(await stopping.kill(signal)).toEqual({ code: 0, signal: null });
  expect(await nextOf(events, 'RECONNECTING', 2_000)).toBe(guest.id);
  await followFromJoining(guest, after);
  expect(await nextOf(events, 'CONNECTED', 2_000)).toBe(guest.id);
});
