import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { change, cursorOf, type EventStream, followRoom, type Happened, promptly, read } from './room-kit.ts';

let database: TestDatabase;
let backend: Seed;
/** The same domain's backend, at another process of the same database. */
let elsewhere: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  elsewhere = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
});

/** Makes a change that is seen in the record, under a name of its own. */
const note = (room: RoomSeed, caller: Seed, word: string) =>
  change(caller, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: word } });

async function record(room: RoomSeed): Promise<readonly string[]> {
  const query = 'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { cursor } } } }';
  const found = await read<{ room: { events: { nodes: { cursor: string }[] } } }>(backend, query, { name: room.name });
  return found.room.events.nodes.map(({ cursor }) => cursor);
}

async function take(stream: EventStream, count: number): Promise<readonly string[]> {
  const cursors: string[] = [];
  while (cursors.length < count) cursors.push((await stream.next()).cursor);
  return cursors;
}

const words = (count: number) => Array.from({ length: count }, (_, index) => `word ${index}`);

describe('roomEvents after a cursor', () => {
  it('goes on exactly where Room.cursor was read, whatever happens while it is being opened', async () => {
    const room = await backend.room();
    await note(room, backend, 'before');
    const after = await cursorOf(backend, room.name);
    const before = await record(room);
    expect(before.at(-1)).toBe(after);
    const changing = Promise.all(words(20).map((word) => note(room, backend, word)));
    const stream = await followRoom(backend, { roomName: room.name, after });
    await changing;
    const shown = await take(stream, 20);
    expect([...before, ...shown]).toEqual(await record(room));
    expect(stream.unread()).toBe(0);
  });

  it('misses nothing and doubles nothing across reconnects and processes', async () => {
    const room = await backend.room();
    let after = await cursorOf(backend, room.name);
    const before = await record(room);
    const shown: string[] = [];
    for (const [turn, reader] of [backend, elsewhere, backend, elsewhere].entries()) {
      await note(room, turn % 2 === 0 ? elsewhere : backend, `while nobody looked ${turn}`);
      const stream = await followRoom(reader, { roomName: room.name, after }, turn < 2 ? 'WebSocket' : 'SSE');
      await note(room, backend, `here ${turn}`);
      await note(room, elsewhere, `there ${turn}`);
      shown.push(...(await take(stream, 3)));
      await stream.stop();
      after = shown.at(-1) ?? after;
    }
    expect([...before, ...shown]).toEqual(await record(room));
  });

  it('brings what happened at another process within a second', async () => {
    const room = await backend.room();
    const here = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
    const there = await followRoom(
      elsewhere,
      { roomName: room.name, after: await cursorOf(backend, room.name) },
      'SSE',
    );
    await note(room, backend, 'first');
    expect((await there.next(promptly)).__typename).toBe('RoomUpdated');
    await note(room, elsewhere, 'second');
    await here.next(promptly);
    expect((await here.next(promptly)).__typename).toBe('RoomUpdated');
  });

  it('gives the cursor of the state that a RoomUpdated shows: read on from there, nothing comes twice', async () => {
    const room = await backend.room();
    const stream = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lang: 'it' } });
    const updated = await stream.next();
    expect(updated.room).toEqual({ cursor: updated.cursor, lang: 'it' });
  });
});

describe('roomEvents after a cursor that is followed by more than a page of what the reader may not see', () => {
  it('goes on to what comes behind it, without waiting for the next event', async () => {
    const room = await backend.waitingRoom();
    const guest = await room.guest();
    const after = await cursorOf(backend, room.name);
    await Promise.all(words(30).map(async () => knockRepeatedly(room, 20)));
    await note(room, backend, 'behind the knocks');
    const stream = await followRoom(guest, { after });
    expect((await stream.next()).__typename).toBe('RoomUpdated');
  });
});

async function knockRepeatedly(room: RoomSeed, times: number): Promise<void> {
  for (const userName of words(times)) await room.knocker({ userName });
}

describe('roomEvents after a cursor that cannot be continued', () => {
  it.each([
    ['of another room', async (_room: RoomSeed) => cursorOf(backend, (await backend.room()).name)],
    ['that the room has not come to yet', async (room: RoomSeed) => `${await cursorOf(backend, room.name)}000`],
    ['older than the record', forgetBeginning],
  ] as const)('%s: says Resync, and goes on from the cursor that comes with it', async (_name, makeCursor) => {
    const room = await backend.room();
    const after = await makeCursor(room);
    const guest = await room.guest();
    for (const [caller, variables] of [
      [backend, { roomName: room.name, after }],
      [guest, { after }],
    ] as const) {
      const stream = await followRoom(caller, variables);
      const resync = await stream.next();
      expect(resync).toMatchObject({ __typename: 'Resync', roomName: room.name, by: null });
      await note(room, backend, `one for ${caller === guest}`);
      await note(room, elsewhere, `two for ${caller === guest}`);
      const seen: Happened[] = [await stream.next(), await stream.next()];
      const again = await followRoom(caller, { ...variables, after: resync.cursor }, 'SSE');
      const readAgain = await take(again, 2);
      expect(readAgain).toEqual(seen.map(({ cursor }) => cursor));
    }
  });

  it.each([
    ['people', 'participants', (room: RoomSeed) => room.guest()],
    ['knocks', 'knocks', (room: RoomSeed) => room.knocker()],
  ] as const)(
    'before events whose %s went first: says Resync, and the record begins behind them',
    async (_what, table, act) => {
      const room = await backend.waitingRoom();
      const after = await cursorOf(backend, room.name);
      await note(room, backend, 'before');
      await act(room);
      const from = await cursorOf(backend, room.name);
      for (const word of words(3)) await note(room, backend, word);
      const whole = await record(room);
      await database.sql`delete from ${database.sql(table)} where room_id = (select id from rooms where name = ${room.name})`;
      const stream = await followRoom(elsewhere, { roomName: room.name, after });
      expect((await stream.next()).__typename).toBe('Resync');
      expect(await record(room)).toEqual(whole.slice(whole.indexOf(from) + 1));
    },
  );

  it('whose room was read to its end, and whose name a new room has: says Resync, and goes on in that one', async () => {
    const first = await backend.room();
    await change(backend, 'deleteRoom', { roomName: first.name });
    const last = 'query ($id: ID!) { node(id: $id) { ... on Room { cursor } } }';
    const { node } = await read<{ node: { cursor: string } }>(backend, last, { id: first.id });
    await change(backend, 'createRoom', { name: first.name });
    const stream = await followRoom(backend, { roomName: first.name, after: node.cursor });
    expect(await stream.next()).toMatchObject({ __typename: 'Resync', roomName: first.name });
    await note(first, elsewhere, 'in the new room');
    expect(await stream.next()).toMatchObject({ __typename: 'RoomUpdated', roomName: first.name });
  });

  it('that is none is refused', async () => {
    const room = await backend.room();
    const stream = await followRoom(backend, { roomName: room.name, after: 'yesterday' });
    expect(await stream.refused()).toBe('INVALID_INPUT');
  });
});

describe('roomEvents after a cursor from long before the own stay', () => {
  type Stay = { readonly room: RoomSeed; readonly gone: string; readonly cursors: readonly string[] };

  /** Somebody was here and is gone, 16 minutes ago. Cursors from before: one that was read, and one that was made up. */
  async function comeAndGo(): Promise<Stay> {
    const room = await backend.room();
    const read = await cursorOf(backend, room.name);
    const stranger = await room.guest({ userName: 'Gone Before' });
    await stranger.ask('mutation { leaveRoom { __typename } }');
    await setBack(room, 16);
    return { room, gone: stranger.id, cursors: [read, read.replace(/\.\d+$/, '.0')] };
  }

  it('says Resync to a guest, and tells them of nobody who had gone before, also once they decide knocks', async () => {
    const { room, gone, cursors } = await comeAndGo();
    for (const after of cursors) {
      const guest = await room.guest();
      const stream = await followRoom(guest, { after });
      expect(await stream.next()).toMatchObject({ __typename: 'Resync', roomName: room.name });
      const permissions = { canAdmin: ['PARTICIPANTS'] };
      await change(backend, 'updateParticipant', { participantId: guest.id, permissions });
      await note(room, backend, after);
      const told = [await stream.next(), await stream.next()];
      expect(told.map(({ __typename }) => __typename)).toEqual(['ParticipantUpdated', 'RoomUpdated']);
      expect(told.filter(({ participant }) => participant?.id === gone)).toEqual([]);
    }
  });

  it('tells a guest who read it at the door what has happened while they waited there', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const other = await room.guest();
    await setBack(room, 14);
    const stream = await followRoom(await room.guest(), { after });
    const happened = [await stream.next(), await stream.next()];
    expect(happened.map(({ __typename }) => __typename)).toEqual(['ParticipantJoined', 'ParticipantJoined']);
    expect(happened[0]?.participant).toMatchObject({ id: other.id });
  });

  it('goes on to the own coming where the guest would not see what lies between', async () => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    await room.knocker();
    await setBack(room, 16);
    const guest = await room.guest();
    expect((await (await followRoom(guest, { after })).next()).participant).toMatchObject({ id: guest.id });
  });

  it.each([
    ['an owner', (room: RoomSeed) => room.owner()],
    ['an admin of participants', (room: RoomSeed) => room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } })],
  ] as const)('tells %s, who may read the record, all of it', async (_who, enter) => {
    const { room, gone, cursors } = await comeAndGo();
    const reader = await enter(room);
    for (const after of cursors) {
      const stream = await followRoom(reader, { after });
      const left = await stream.find(({ __typename }) => __typename === 'ParticipantLeft');
      expect(left.participant).toMatchObject({ id: gone });
    }
  });
});

/** As if all that has happened in the room so far had happened so many minutes earlier. */
const setBack = (room: RoomSeed, minutes: number) =>
  database.sql`update room_events e set at = e.at - make_interval(mins => ${minutes})
    from rooms r where r.id = e.room_id and r.name = ${room.name}`;

/** As when the retention time of the room's beginning is over. */
async function forgetBeginning(room: RoomSeed): Promise<string> {
  const after = await cursorOf(backend, room.name);
  for (const word of words(5)) await note(room, backend, word);
  const name = room.name;
  await database.sql`delete from room_events e using rooms r where r.id = e.room_id and r.name = ${name} and e.seq <= r.version - 2`;
  return after;
}
