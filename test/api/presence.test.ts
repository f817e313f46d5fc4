import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  change,
  cursorOf,
  type EventStream,
  followFromJoining,
  followKnocks,
  followOwnKnock,
  followRoom,
  personOf,
  promptly,
  read,
  refusedQuery,
  until,
} from './room-kit.ts';

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let aheadSeconds = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
});

/** Lets time pass for the service. */
async function pass(seconds: number): Promise<void> {
  aheadSeconds += seconds;
  await moveClock(database, { seconds: aheadSeconds, areAlive: true });
}

const beat = (person: Pick<Seed, 'ask'>) => person.ask('mutation { heartbeat { __typename } }');

type Around = { readonly ownerPresent: boolean; readonly participantCount: number; readonly inside: readonly string[] };

async function lookAround(caller: Pick<Seed, 'ask'>, { name }: RoomSeed): Promise<Around> {
  const query = `query ($name: String!) { room(name: $name) {
    ownerPresent participantCount participants { totalCount nodes { userName } } } }`;
  type Found = {
    ownerPresent: boolean;
    participantCount: number;
    participants: { totalCount: number; nodes: { userName: string }[] };
  };
  const { ownerPresent, participantCount, participants } = (await read<{ room: Found }>(caller, query, { name })).room;
  expect(participants.totalCount).toBe(participants.nodes.length);
  return { ownerPresent, participantCount, inside: participants.nodes.map(({ userName }) => userName) };
}

/** What is told next about how somebody is connected. */
async function nextConnection(stream: EventStream, id: string, withinMs = 2_000): Promise<string | undefined> {
  const event = await stream.find(({ participant }) => participant?.id === id, withinMs);
  return event.leaveReason ?? event.participant?.connection;
}

async function watched(room: RoomSeed): Promise<EventStream> {
  return followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
}

describe('a participant', () => {
  it('without a sign of life is RECONNECTING, keeps the place for 30 seconds, and is lost then', async () => {
    const room = await backend.room();
    const stream = await watched(room);
    const guest = await room.guest();
    expect(await nextConnection(stream, guest.id)).toBe('CONNECTED');
    await pass(21);
    expect(await nextConnection(stream, guest.id)).toBe('RECONNECTING');
    expect((await lookAround(backend, room)).participantCount).toBe(1);
    await pass(28);
    expect((await personOf(backend, guest.id)).connection).toBe('RECONNECTING');
    await pass(2);
    expect(await nextConnection(stream, guest.id)).toBe('CONNECTION_LOST');
    expect(await personOf(backend, guest.id)).toMatchObject({ connection: 'LEFT', leaveReason: 'CONNECTION_LOST' });
    expect(await lookAround(backend, room)).toEqual({ ownerPresent: false, participantCount: 0, inside: [] });
  });

  it('somebody who sends a heartbeat every 15 seconds stays CONNECTED, and comes back with one', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const stream = await watched(room);
    for (let beats = 0; beats < 5; beats += 1) {
      await pass(15);
      await beat(guest);
    }
    expect(await personOf(backend, guest.id)).toMatchObject({ connection: 'CONNECTED' });
    await pass(25);
    expect(await nextConnection(stream, guest.id)).toBe('RECONNECTING');
    await beat(guest);
    expect(await nextConnection(stream, guest.id)).toBe('CONNECTED');
  });

  it('is CONNECTED as long as one subscription is open, and RECONNECTING at once after the last', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const guest = await room.guest();
    const first = await followFromJoining(guest, after);
    const second = await followFromJoining(guest, after, 'SSE');
    const stream = await watched(room);
    await pass(120);
    await first.stop();
    await pass(120);
    expect(await personOf(backend, guest.id)).toMatchObject({ connection: 'CONNECTED' });
    await second.stop();
    expect(await nextConnection(stream, guest.id, promptly)).toBe('RECONNECTING');
    await followFromJoining(guest, after);
    expect(await nextConnection(stream, guest.id, promptly)).toBe('CONNECTED');
  });

  it('whose socket breaks is kept, and finds everything as it was', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const guest = await room.guest();
    const socket = guest.ws();
    const document = 'subscription ($after: String) { roomEvents(after: $after) { cursor } }';
    const broken = await socket.subscribe<{ roomEvents: { cursor: string } }>(document, { after });
    const { data } = await broken.next();
    const stream = await watched(room);
    socket.socket.terminate();
    expect(await nextConnection(stream, guest.id, promptly)).toBe('RECONNECTING');
    await change(guest, 'updateMyMedia', { audio: false });
    const again = await followRoom(guest, { after: data?.roomEvents.cursor ?? '' });
    const seen = [await again.next(), await again.next(), await again.next()];
    expect(seen.map(({ participant }) => [participant?.id, participant?.connection])).toEqual([
      [guest.id, 'CONNECTED'],
      [guest.id, 'CONNECTED'],
      [guest.id, 'CONNECTED'],
    ]);
  });
});

describe('a subscription that ends while the database does not answer', () => {
  it('holds nobody in the room when it answers again', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const guest = await room.guest();
    const stream = await watched(room);
    const open = await followFromJoining(guest, after);
    await database.sql`alter table participants rename to participants_away`;
    await open.stop();
    const code = await refusedQuery(guest, '{ viewer { __typename } }');
    await database.sql`alter table participants_away rename to participants`;
    expect(code).toBeDefined();
    expect(await nextConnection(stream, guest.id, 4_000)).toBe('RECONNECTING');
  });
});

describe('a subscription that is taken back before it has begun', () => {
  it('by the end of an SSE request holds nobody in the room', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const query = JSON.stringify({ query: 'subscription { roomEvents { __typename } }' });
    for (let turn = 0; turn < 20; turn += 1) {
      const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
      const request = connect(Number(new URL(server.url).port), '127.0.0.1');
      await once(request, 'connect');
      const lines = Object.entries({ ...headers, authorization: `Bearer ${guest.sessionToken}` }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      const head = ['POST /graphql HTTP/1.1', 'host: localhost', `content-length: ${query.length}`, ...lines];
      request.write(`${head.join('\r\n')}\r\n\r\n${query}`);
      // The server has read the request by now, or just so.
      if (turn % 2 === 0) await read(backend, '{ domain { name } }');
      request.destroy();
    }
    await pass(21);
    await until(
      () => personOf(backend, guest.id),
      ({ connection }) => connection === 'RECONNECTING',
    );
  });

  it.each(['complete', 'terminate'] as const)('by %s holds nobody in the room', async (way) => {
    const room = await backend.room();
    const stream = await watched(room);
    const guest = await room.guest();
    const payload = { query: 'subscription { roomEvents { __typename } }' };
    for (let turn = 0; turn < 10; turn += 1) {
      const { send, socket, acknowledged, others, close } = guest.ws();
      await acknowledged;
      send({ id: 'early', type: 'subscribe', payload });
      if (way === 'terminate') socket.terminate();
      else send({ id: 'early', type: 'complete' });
      if (way === 'terminate') continue;
      send({ id: 'last', type: 'subscribe', payload: { query: '{ viewer { __typename } }' } });
      await others.find(({ id, type }) => id === 'last' && type === 'complete');
      await close();
    }
    await pass(21);
    const state = await until(
      () => personOf(backend, guest.id),
      ({ connection }) => connection === 'RECONNECTING',
    );
    expect(state.leaveReason).toBeNull();
    // A socket that the server finds closed only now is missed from now on, so its time begins again.
    await until(
      async () => {
        await pass(31);
        return personOf(backend, guest.id);
      },
      ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
    );
    await stream.find(({ leaveReason }) => leaveReason === 'CONNECTION_LOST');
  });
});

describe('an owner', () => {
  it('counts as present while RECONNECTING, but not after the connection was lost', async () => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    const owner = await room.owner();
    const open = await followFromJoining(owner, after);
    const knocker = await followOwnKnock(await room.knocker());
    expect((await knocker.next()).ownerPresent).toBe(true);
    const stream = await watched(room);
    await open.stop();
    expect(await nextConnection(stream, owner.id, promptly)).toBe('RECONNECTING');
    await pass(15);
    expect((await lookAround(backend, room)).ownerPresent).toBe(true);
    await pass(16);
    expect(await stream.find(({ leaveReason }) => leaveReason === 'CONNECTION_LOST', 2_000)).toBeDefined();
    expect(await knocker.next(promptly)).toMatchObject({ ownerPresent: false, status: 'PENDING' });
    expect((await lookAround(backend, room)).ownerPresent).toBe(false);
  });

  it('somebody who leaves makes nobody an owner, and comes back without approval', async () => {
    const room = await backend.waitingRoom();
    const token = (await room.token({ isOwner: true, userName: 'Olga Owner' })).jwt;
    const owner = await room.join({ token });
    const guest = await room.guest();
    await owner.ask('mutation { leaveRoom { __typename } }');
    const knocker = await room.knocker();
    const admit = { knockId: knocker.knockId };
    expect(await change(guest, 'admitKnock', admit)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await change(owner, 'admitKnock', admit)).toMatchObject({ code: 'OWNER_NOT_IN_ROOM' });
    expect(await lookAround(guest, room)).toMatchObject({ ownerPresent: false, inside: ['Gustav Guest'] });
    const back = await room.join({ token });
    const waiting = await followKnocks(back);
    expect(await waiting.next()).toMatchObject({ id: knocker.knockId, status: 'PENDING', ownerPresent: true });
    expect(await change(back, 'admitKnock', admit)).toMatchObject({ __typename: 'KnockRequest' });
  });

  it('a hidden person is neither shown nor counted, takes no place, and answers knocks', async () => {
    const room = await backend.waitingRoom({ maxParticipants: 1 });
    const guest = await room.guest();
    const token = (await room.token({ isOwner: true, userName: 'Hedda Hidden' })).jwt;
    const hidden = await room.join({ token, hidden: true });
    expect(await lookAround(guest, room)).toEqual({
      ownerPresent: true,
      participantCount: 1,
      inside: ['Gustav Guest'],
    });
    const own = await lookAround(hidden, room);
    expect(own).toEqual({ ownerPresent: true, participantCount: 1, inside: ['Gustav Guest', 'Hedda Hidden'] });
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(await read(guest, node, { id: hidden.id })).toEqual({ node: null });
    const knocker = await room.knocker();
    expect(await change(hidden, 'admitKnock', { knockId: knocker.knockId })).toMatchObject({
      __typename: 'KnockRequest',
    });
    await hidden.ask('mutation { leaveRoom { __typename } }');
    expect((await lookAround(guest, room)).ownerPresent).toBe(false);
  });

  it('alone can be hidden', async () => {
    const room = await backend.room();
    const { jwt } = await room.token();
    for (const input of [{ roomName: room.name }, { roomName: room.name, token: jwt }]) {
      expect(await change(backend, 'joinRoom', { ...input, hidden: true })).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});
