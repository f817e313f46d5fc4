import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import {
  change,
  cursorOf,
  followKnocks,
  followOwnKnock,
  type Happened,
  type KnockShown,
  promptly,
  read,
} from './room-kit.ts';

let database: TestDatabase;
let backend: Seed;
let elsewhere: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  elsewhere = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
});

const seenAs = ({ userName, status }: KnockShown) => `${userName} ${status}`;
const deny = (knockId: string) => change(backend, 'denyKnock', { knockId });

/** A room in front of which one waits, one was admitted and one denied, in this order of knocking. */
async function busyRoom(): Promise<RoomSeed> {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const [admitted, denied] = [await room.knocker({ userName: 'Ada' }), await room.knocker({ userName: 'Dan' })];
  await room.knocker({ userName: 'Pia' });
  await deny(denied.knockId);
  await change(backend, 'admitKnock', { knockId: admitted.knockId });
  return room;
}

describe('knockRequested', () => {
  it('begins with the people who wait or just did, oldest first, and then brings each change', async () => {
    const room = await busyRoom();
    const owner = await room.owner();
    const fresh = await room.knocker({ userName: 'Fay' });
    const streams = [await followKnocks(owner), await followKnocks(elsewhere, room.name, 'SSE')];
    for (const stream of streams) {
      const first = [await stream.next(), await stream.next(), await stream.next(), await stream.next()];
      expect(first.map(seenAs)).toEqual(['Ada ADMITTED', 'Dan DENIED', 'Pia PENDING', 'Fay PENDING']);
    }
    await change(fresh, 'knock', { roomName: room.name, userName: 'Fay F.' });
    for (const stream of streams) expect(seenAs(await stream.next(promptly))).toBe('Fay F. PENDING');
    await change(backend, 'replyToKnock', { knockId: fresh.knockId, reply: 'soon' });
    for (const stream of streams) expect((await stream.next(promptly)).reply).toBe('soon');
    await fresh.ask('mutation { cancelKnock { __typename } }');
    for (const stream of streams) expect(seenAs(await stream.next(promptly))).toBe('Fay F. CANCELLED');
    const later = await room.knocker({ userName: 'Lea' });
    for (const stream of streams) {
      expect(await stream.next(promptly)).toMatchObject({ id: later.knockId, status: 'PENDING', position: null });
    }
  });

  it('of all rooms brings a room that was made after it began, and what happens at another process', async () => {
    const key = await backend.key(['ADMISSION']);
    const before = await busyRoom();
    const stream = await followKnocks(key);
    const inRoom = (name: string) => (knock: KnockShown) => knock.roomName === name;
    expect(seenAs(await stream.find(inRoom(before.name)))).toBe('Ada ADMITTED');
    const here = await backend.waitingRoom();
    const there = await elsewhere.waitingRoom();
    const [atHere, atThere] = [await here.knocker(), await there.knocker()];
    const found = [await stream.find(inRoom(here.name), promptly), await stream.find(inRoom(there.name), promptly)];
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      [atHere.knockId, 'PENDING'],
      [atThere.knockId, 'PENDING'],
    ]);
    await change(elsewhere, 'admitKnock', { knockId: atThere.knockId });
    expect(await stream.find(inRoom(there.name), promptly)).toMatchObject({ status: 'ADMITTED' });
  });

  it('of all rooms does not take a sign of life for a change', async () => {
    const room = await backend.waitingRoom();
    const stream = await followKnocks(backend);
    const knocker = await room.knocker();
    await stream.find(({ id }) => id === knocker.knockId);
    await knocker.ask('mutation { heartbeat { __typename } }');
    const own = await followOwnKnock(knocker);
    await own.next();
    await deny(knocker.knockId);
    expect(await stream.find(({ id }) => id === knocker.knockId)).toMatchObject({ status: 'DENIED' });
  });

  it('does not make somebody present who may not watch it', async () => {
    const room = await backend.waitingRoom();
    const guest = await room.guest();
    const before = await cursorOf(backend, room.name);
    expect(await (await followKnocks(guest)).refused()).toBe('FORBIDDEN');
    expect(await cursorOf(backend, room.name)).toBe(before);
  });
});

describe('myKnock', () => {
  it('tells within a second that an owner came, left a word, and went', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    const own = await followOwnKnock(knocker);
    expect(await own.next()).toMatchObject({ status: 'PENDING', position: 1, ownerPresent: false, reply: null });
    const owner = await room.owner();
    expect(await own.next(promptly)).toMatchObject({ ownerPresent: true });
    await change(owner, 'replyToKnock', { knockId: knocker.knockId, reply: 'five minutes' });
    expect(await own.next(promptly)).toMatchObject({ reply: 'five minutes', status: 'PENDING' });
    await owner.ask('mutation { leaveRoom { __typename } }');
    expect(await own.next(promptly)).toMatchObject({ ownerPresent: false, reply: 'five minutes' });
  });

  it('tells within a second of a new lobby message, and has no place in the queue once admitted', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    const own = await followOwnKnock(knocker);
    expect(await own.next()).toMatchObject({ lobbyMessage: null, position: 1 });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Back at noon' } });
    expect(await own.next(promptly)).toMatchObject({ lobbyMessage: 'Back at noon', position: 1 });
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    expect(await own.next(promptly)).toMatchObject({ status: 'ADMITTED', position: null });
    // Once is enough: what comes next is the next thing that happens.
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'Back at two' } });
    expect(await own.next(promptly)).toMatchObject({ status: 'ADMITTED', lobbyMessage: 'Back at two' });
  });

  it('tells the place in the queue at most every two seconds, and the last one in the end', async () => {
    const room = await backend.waitingRoom();
    const ahead = [await room.knocker(), await room.knocker(), await room.knocker(), await room.knocker()];
    const knocker = await room.knocker();
    const begun = performance.now();
    const own = await followOwnKnock(knocker);
    expect((await own.next()).position).toBe(5);
    let told = 0;
    const emptying = ahead.map(({ ask }) => ask('mutation { cancelKnock { __typename } }'));
    // A newcomer has the places counted anew, which is nothing to those who know theirs.
    const newcomer = await followOwnKnock(await room.knocker());
    await newcomer.next();
    await Promise.all(emptying);
    for (let position: number | null = 5; position !== 1; ) {
      ({ position } = await own.next(4_000));
      told += 1;
      // Timers of the service may be a moment early.
      expect(performance.now() - begun).toBeGreaterThan(told * 1_990);
    }
    expect(own.unread()).toBe(0);
  });

  it('shows the knocker nothing of who decided, and of the meeting nothing at all', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    await room.guest();
    const knocker = await room.knocker();
    const document = 'subscription { myKnock { id status decidedBy { name } } }';
    const own = await knocker.ws().subscribe<{ myKnock: { status: string; decidedBy: unknown } }>(document);
    await own.next();
    await change(owner, 'denyKnock', { knockId: knocker.knockId });
    expect((await own.ended()).map(({ data }) => data?.myKnock)).toEqual([
      { id: knocker.knockId, status: 'DENIED', decidedBy: null },
    ]);
  });
});

describe('a stream that finds the database busy', () => {
  it('keeps its place, and goes on without a gap when it answers again', async () => {
    const room = await backend.waitingRoom();
    const first = await room.knocker({ userName: 'Ann' });
    const changes = await followKnocks(await backend.key(['ADMISSION']));
    await changes.find(({ id }) => id === first.knockId);
    const lock = await database.sql.reserve();
    await lock`begin`;
    await lock`lock table knocks in access exclusive mode`;
    const stream = await followKnocks(elsewhere, room.name);
    await expect(stream.next(3_500)).rejects.toThrow('no message');
    await lock`commit`;
    lock.release();
    expect(await stream.next(6_000)).toMatchObject({ id: first.knockId, status: 'PENDING' });
    const second = await room.knocker({ userName: 'Bea' });
    expect(await stream.next(promptly)).toMatchObject({ id: second.knockId });
    await changes.find(({ id }) => id === second.knockId, promptly);
  });
});

describe('one socket', () => {
  it('carries its other operations on when one fails', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const socket = backend.ws();
    const document =
      'subscription ($name: String!, $after: String) { roomEvents(roomName: $name, after: $after) { __typename } }';
    const variables = { name: room.name, after };
    const good = await socket.subscribe<{ roomEvents: Happened }>(document, variables);
    const codes: unknown[] = [];
    for (const [query, given] of [
      ['subscription {', {}],
      ['subscription { nothing }', {}],
      [document, { ...variables, after: 'yesterday' }],
      [document, { name: 'no-such-room' }],
      ['subscription { myKnock { id } }', {}],
      ['mutation { heartbeat { __typename ... on Refusal { code } } }', {}],
    ] as const) {
      const [only] = await (await socket.subscribe<{ heartbeat?: { code: string } }>(query, given)).ended();
      codes.push(only?.errors?.[0]?.extensions?.code ?? only?.data?.heartbeat?.code);
    }
    expect(codes).toEqual([
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'INVALID_INPUT',
      'NOT_FOUND',
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lang: 'es' } });
    expect((await good.next(promptly)).data?.roomEvents.__typename).toBe('RoomUpdated');
  });

  it('carries its other operations on when one breaks off for a mistake of the service', async () => {
    const room = await backend.waitingRoom();
    const socket = backend.ws();
    const { name } = room;
    const document = 'subscription ($name: String!) { roomEvents(roomName: $name) { __typename } }';
    const good = await socket.subscribe<{ roomEvents: Happened }>(document, { name });
    await read(backend, '{ domain { name } }');
    await database.sql`alter table knocks rename to knocks_away`;
    const broken = await socket.subscribe('subscription ($name: String!) { knockRequested(roomName: $name) { id } }', {
      name,
    });
    const [said] = await broken.ended();
    await database.sql`alter table knocks_away rename to knocks`;
    expect(said?.errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR');
    await change(backend, 'updateRoom', { roomName: name, settings: { lang: 'es' } });
    expect((await good.next(promptly)).data?.roomEvents.__typename).toBe('RoomUpdated');
  });

  it('ends one of its streams with what that one is about, and not the other', async () => {
    const [first, second] = [await backend.waitingRoom(), await backend.waitingRoom()];
    const socket = backend.ws();
    const document = 'subscription ($name: String!) { knockRequested(roomName: $name) { id } }';
    const ending = await socket.subscribe(document, { name: first.name });
    const staying = await socket.subscribe<{ knockRequested: { id: string } }>(document, { name: second.name });
    await first.knocker();
    await ending.next();
    await change(backend, 'deleteRoom', { roomName: first.name });
    await ending.ended(promptly);
    const knocker = await second.knocker();
    expect((await staying.next(promptly)).data?.knockRequested.id).toBe(knocker.knockId);
    const { room } = await read<{ room: { name: string } }>(
      backend,
      'query ($n: String!) { room(name: $n) { name } }',
      {
        n: second.name,
      },
    );
    expect(room.name).toBe(second.name);
  });
});
