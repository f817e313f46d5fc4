import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { act, codeOf } from './admission-kit.ts';
import { change, cursorOf, followKnocks, followRoom, read, refusedQuery } from './room-kit.ts';

// What lists hold, in which order, for whom, and when they are over.

let database: TestDatabase;
let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
});

type List<Item> = { readonly totalCount: number; readonly nodes: readonly Item[]; readonly pageInfo: PageInfo };
type PageInfo = {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string;
  readonly endCursor: string;
};

describe('who is inside', () => {
  it('lists people in order of joining, each only to callers who may see them, and nobody who has left', async () => {
    const room = await backend.room();
    const owner = await room.owner({ userName: 'Owner' });
    const { jwt } = await room.token({ isOwner: true, userName: 'Hidden' });
    const hidden = await room.join({ token: jwt, hidden: true });
    const guest = await room.guest({ userName: 'Guest' });
    await room.guest({ userName: 'Unseen', permissions: { hasPresence: false } });
    const left = await room.guest({ userName: 'Left' });
    await act(left, 'leaveRoom');
    const query = `query ($name: String!) { room(name: $name) { participantCount participants { totalCount nodes { userName } } } }`;
    type Inside = { room: { participantCount: number; participants: List<{ userName: string }> } };
    const seenBy = async (caller: Pick<Seed, 'ask'>) => {
      const { participants } = (await read<Inside>(caller, query, { name: room.name })).room;
      expect(participants.totalCount).toBe(participants.nodes.length);
      return participants.nodes.map(({ userName }) => userName);
    };
    const all = ['Owner', 'Hidden', 'Guest', 'Unseen'];
    expect(await seenBy(backend)).toEqual(all);
    expect(await seenBy(guest)).toEqual(['Owner', 'Guest']);
    expect(await seenBy(hidden)).toContain('Hidden');
    expect(await seenBy(owner)).toContain('Owner');
    expect((await read<Inside>(backend, query, { name: room.name })).room.participantCount).toBe(3);
  });
});

describe('pages', () => {
  const list = `totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
  type Rooms = List<{ readonly name: string }>;
  const prefix = `page-${crypto.randomUUID().slice(0, 8)}`;
  const names = ['e', 'd', 'c', 'b', 'a'].map((letter) => `${prefix}-${letter}`);
  const page = async (args: string) =>
    (await read<{ rooms: Rooms }>(backend, `{ rooms(nameContains: "${prefix}", ${args}) { ${list} } }`)).rooms;
  const shown = ({ nodes, pageInfo: { hasNextPage, hasPreviousPage } }: Rooms) => ({
    names: nodes.map(({ name }) => name),
    hasNextPage,
    hasPreviousPage,
  });

  beforeAll(async () => {
    for (const name of names.toReversed()) expect(codeOf(await act(backend, 'createRoom', { name }))).toBe('Room');
  });

  it('follow each other forwards, and say whether more come', async () => {
    const whole = { names, hasNextPage: false, hasPreviousPage: false };
    for (const first of [5, 6]) expect(shown(await page(`first: ${first}`))).toEqual(whole);
    const one = await page('first: 2');
    expect(shown(one)).toEqual({ names: names.slice(0, 2), hasNextPage: true, hasPreviousPage: false });
    const two = await page(`first: 3, after: "${one.pageInfo.endCursor}"`);
    expect(shown(two)).toEqual({ names: names.slice(2), hasNextPage: false, hasPreviousPage: true });
    expect([one.totalCount, two.totalCount]).toEqual([5, 5]);
  });

  it('follow each other backwards, in the order of the list', async () => {
    const one = await page('last: 2');
    expect(shown(one)).toEqual({ names: names.slice(3), hasNextPage: false, hasPreviousPage: true });
    const two = await page(`last: 3, before: "${one.pageInfo.startCursor}"`);
    expect(shown(two)).toEqual({ names: names.slice(0, 3), hasNextPage: true, hasPreviousPage: false });
  });
});

describe('knocks', () => {
  it('of a room and of all rooms are those of the statuses asked for, and as many', async () => {
    const room = await backend.waitingRoom();
    const [waits, denied] = [await room.knocker({ userName: 'Waits' }), await room.knocker({ userName: 'Denied' })];
    await act(backend, 'denyKnock', { knockId: denied.knockId });
    type Knocks = { knockRequests: List<{ id: string; status: string }> };
    for (const roomName of [room.name, null]) {
      const ask = (status: string) => {
        const query = `query ($roomName: String) { knockRequests(roomName: $roomName, status: [${status}], first: 100) { totalCount nodes { id status } } }`;
        return read<Knocks>(backend, query, { roomName });
      };
      for (const [status, { knockId }, other] of [
        ['PENDING', waits, denied],
        ['DENIED', denied, waits],
      ] as const) {
        const { totalCount, nodes } = (await ask(status)).knockRequests;
        expect(nodes).toContainEqual({ id: knockId, status });
        expect(nodes.map(({ id }) => id)).not.toContain(other.knockId);
        expect(totalCount).toBe(nodes.length);
      }
    }
  });

  it('are decided a thousand at once, and no more', async () => {
    const room = await backend.waitingRoom();
    const { knockId } = await room.knocker();
    const decide = (count: number) =>
      act(backend, 'admitKnocks', { roomName: room.name, knockIds: Array(count).fill(knockId) });
    expect(await decide(1_001)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['input', 'knockIds'] }] });
    expect(codeOf(await decide(1_000))).toBe('KnocksDecided');
  });
});

it('bans are listed newest first', async () => {
  const room = await backend.room();
  for (const userId of ['first', 'second', 'third'])
    await act(backend, 'ejectParticipants', { roomName: room.name, userIds: [userId], ban: true });
  const query = 'query ($name: String!) { room(name: $name) { bans { nodes { userId } } } }';
  const { bans } = (await read<{ room: { bans: List<{ userId: string }> } }>(backend, query, { name: room.name })).room;
  expect(bans.nodes.map(({ userId }) => userId)).toEqual(['third', 'second', 'first']);
});

it('the live stream of a room is the latest', async () => {
  const room = await backend.room();
  const start = () =>
    change<{ id: string }>(
      backend,
      'startLiveStream',
      { roomName: room.name, destinations: ['rtmp://media.example/live'] },
      '... on LiveStream { id }',
    );
  const shown = async () => {
    const query = 'query ($name: String!) { room(name: $name) { liveStream { id status } } }';
    return (await read<{ room: { liveStream: object } }>(backend, query, { name: room.name })).room.liveStream;
  };
  const first = await start();
  await change(backend, 'reportLiveStream', { liveStreamId: first.id, status: 'STOPPED' });
  expect(await shown()).toEqual({ id: first.id, status: 'STOPPED' });
  const second = await start();
  expect(await shown()).toEqual({ id: second.id, status: 'STARTING' });
});

it('a hundred ids are looked for at once, and no more', async () => {
  const room = await backend.room();
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const ids = (count: number) => ({ ids: Array(count).fill(room.id) });
  expect((await read<{ nodes: readonly object[] }>(backend, query, ids(100))).nodes).toHaveLength(100);
  expect(await refusedQuery(backend, query, ids(101))).toBe('INVALID_INPUT');
});

describe('as time passes', () => {
  let late: Seed;
  let elsewhere: TestDatabase;
  const minutes = (count: number) => moveClock(elsewhere, { seconds: count * 60, areAlive: true });

  beforeAll(async () => {
    elsewhere = await createTestDatabase();
    late = seed(await startServer({ databaseUrl: elsewhere.url, rateLimits: false }));
  });

  async function admitted(room: RoomSeed): Promise<string> {
    const { knockId } = await room.knocker({ userName: 'Admitted' });
    await act(late, 'admitKnock', { knockId });
    return knockId;
  }

  it('a waiting list begins with the people who wait, and those who were decided in the last ten minutes', async () => {
    const room = await late.waitingRoom({ knockTimeoutSeconds: 86_400 });
    const long = await admitted(room);
    const begin = async () => {
      const stream = await followKnocks(late, room.name);
      const last = await room.knocker({ userName: 'Last' });
      const shown: string[] = [];
      await stream.find(({ id }) => shown.push(id) > 0 && id === last.knockId);
      await stream.stop();
      return shown;
    };
    await minutes(9);
    expect(await begin()).toContain(long);
    await minutes(11);
    expect(await begin()).not.toContain(long);
  });

  it('an admission that nobody used is told to be over, and an API key is good for nothing after its exp', async () => {
    const room = await late.waitingRoom();
    const exp = new Date(Date.now() + 60 * 60_000).toISOString();
    const made = await change<{ secret: string }>(
      late,
      'createApiKey',
      { name: 'short', scopes: ['READ'], exp },
      '... on CreatedApiKey { secret }',
    );
    const short = callerOf({ url: serverOf(room) }, made.secret);
    const rooms = '{ rooms { totalCount } }';
    expect(await refusedQuery(short, rooms)).toBeUndefined();
    const knockId = await admitted(room);
    const events = await followRoom(late, { roomName: room.name, after: await cursorOf(late, room.name) });
    await minutes(5 * 60);
    const over = await events.find(({ knockRequest }) => knockRequest?.id === knockId);
    expect(over).toMatchObject({ status: 'EXPIRED', reason: 'TIMED_OUT', by: { kind: 'SERVICE' } });
    expect(await refusedQuery(short, rooms)).toBe('UNAUTHENTICATED');
  });
});

/** The server whose room this is. */
const serverOf = ({ url }: RoomSeed): string => new URL(url).origin;
