import { isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { type DomainId, decodeId } from '../../src/rules/ids.ts';
import { createKnockStorage } from '../../src/storage/knock-request.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { openDomain } from '../support/domain.ts';
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

describe('every list', () => {
  type Shown = { readonly id: string; readonly at: string };
  type Page = { readonly nodes: readonly Shown[]; readonly pageInfo: PageInfo };
  type Place = { readonly room: RoomSeed; readonly webhookId: string };
  /** How a list is asked for, when its items came, and which of them comes first. */
  type Way = readonly [ask: (lists: string, place: Place) => string, item: string, first: 'newest' | 'oldest'];
  const dated = 'id at: createdAt';
  const inRoom = (lists: string, { room }: Place) => `{ it: room(name: "${room.name}") { ${lists} } }`;
  const inDomain = (lists: string) => `{ it: domain { ${lists} } }`;
  const inQuery = (lists: string) => `{ ${lists} }`;
  const ofWebhook = (lists: string, { webhookId }: Place) =>
    `{ it: node(id: "${webhookId}") { ... on Webhook { ${lists} } } }`;
  const ways: Readonly<Record<string, Way>> = {
    'Query.rooms': [inQuery, dated, 'newest'],
    'Query.knockRequests': [inQuery, 'id at: requestedAt', 'oldest'],
    'Room.knockRequests': [inRoom, 'id at: requestedAt', 'oldest'],
    'Room.participants': [inRoom, 'id at: joinedAt', 'oldest'],
    'Room.bans': [inRoom, dated, 'newest'],
    'Room.events': [inRoom, 'id: cursor at', 'oldest'],
    'Room.meetingTokens': [inRoom, dated, 'newest'],
    'Domain.meetingTokens': [inDomain, dated, 'newest'],
    'Domain.apiKeys': [inDomain, dated, 'newest'],
    'Webhook.deliveries': [ofWebhook, dated, 'newest'],
  };
  const whole: Readonly<Record<string, Way>> = {
    'Domain.webhooks': [inDomain, dated, 'newest'],
    'Domain.selfSigningKeys': [inDomain, dated, 'newest'],
  };
  let house: Seed;
  let place: Place;

  beforeAll(async () => {
    house = (await openDomain()).backend;
    const [room] = [await house.waitingRoom(), await house.room(), await house.room()];
    const hook = { url: 'http://127.0.0.1:9/', events: ['ROOM_UPDATED'] };
    const webhooks: string[] = [];
    for (const userId of ['first', 'second', 'third']) {
      const shown = '... on CreatedWebhook { webhook { id } }';
      webhooks.push((await change<{ webhook: { id: string } }>(house, 'createWebhook', hook, shown)).webhook.id);
      await change(house, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: userId } });
      await change(house, 'createApiKey', { name: userId, scopes: ['READ'] });
      await change(house, 'addSelfSigningKey', { algorithm: 'HS256' });
      await change(house, 'ejectParticipants', { roomName: room.name, userIds: [userId], ban: true });
      await room.guest();
      await room.knocker();
    }
    place = { room, webhookId: webhooks[0] ?? '' };
  });

  /** What is asked for by names of the caller's, in one operation. */
  async function ask<Item>([to, item]: Way, selections: Readonly<Record<string, string>>, around = '') {
    const lists = Object.entries(selections).map(
      ([name, selection]) => `${name}: ${selection} ${around.replace('ITEM', item)}`,
    );
    const data = await read<{ readonly it?: object }>(house, to(lists.join(' '), place));
    return (data.it ?? data) as Readonly<Record<string, Item>>;
  }
  /** The items of a list in the order in which the schema says that they come. */
  const inOrder = (items: readonly Shown[], [, , first]: Way) =>
    items.toSorted((a, b) => (first === 'oldest' ? 1 : -1) * (Date.parse(a.at) - Date.parse(b.at)));

  it('is known here', () => {
    const fields = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type}.${field.name}`, field })));
    const paged = fields.filter(({ field }) => field.args.some(({ name }) => name === 'first'));
    expect(Object.keys(ways).sort()).toEqual(paged.map(({ name }) => name).sort());
  });

  it.each(Object.keys(ways))('%s: its pages follow each other, also several in one operation', async (name) => {
    const way = ways[name];
    if (way === undefined) throw new Error('it is in the table');
    const field = name.split('.')[1] ?? '';
    const pages = (asked: Readonly<Record<string, string>>) =>
      ask<Page>(
        way,
        Object.fromEntries(Object.entries(asked).map(([alias, args]) => [alias, `${field}(${args})`])),
        '{ nodes { ITEM } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }',
      );
    const { all, one, two } = await pages({ all: 'first: 100', one: 'first: 1', two: 'first: 2' });
    const items = all?.nodes ?? [];
    expect(items.length).toBeGreaterThanOrEqual(3);
    expect(items).toEqual(inOrder(items, way));
    expect([one?.nodes, two?.nodes]).toEqual([items.slice(0, 1), items.slice(0, 2)]);
    const after = `after: "${one?.pageInfo.endCursor}"`;
    const { again, next, rest } = await pages({
      again: 'first: 1',
      next: `first: 1, ${after}`,
      rest: `first: 100, ${after}`,
    });
    expect([again?.nodes, next?.nodes, rest?.nodes]).toEqual([items.slice(0, 1), items.slice(1, 2), items.slice(1)]);
    const more = [all, one, next, rest].map((page) => page?.pageInfo.hasNextPage);
    expect(more).toEqual([false, true, true, false]);
    const before = [all, one, next, rest].map((page) => page?.pageInfo.hasPreviousPage);
    expect(before).toEqual([false, false, true, true]);
  });

  it.each(Object.keys(whole))('%s comes whole, in its order', async (name) => {
    const way = whole[name];
    if (way === undefined) throw new Error('it is in the table');
    const { all } = await ask<readonly Shown[]>(way, { all: name.split('.')[1] ?? '' }, '{ ITEM }');
    expect(all).toHaveLength(3);
    expect(all).toEqual(inOrder(all ?? [], way));
  });
});

describe('the record of a room', () => {
  type Shown = { readonly node: { readonly events: { readonly nodes: readonly object[] } } };
  const query = `query ($id: ID!, $after: String) { node(id: $id) { ... on Room {
    events(after: $after) { nodes { __typename } } } } }`;
  const recordOf = async ({ id }: Pick<RoomSeed, 'id'>, args: object = {}, caller: Pick<Seed, 'ask'> = backend) =>
    (await read<Shown>(caller, query, { id, ...args })).node.events;

  it('takes a cursor of its own, and no other', async () => {
    const [room, other] = [await backend.room(), await backend.room()];
    const own = await cursorOf(backend, room.name);
    const owner = await room.owner();
    for (const caller of [backend, owner]) {
      expect((await recordOf(room, { after: own }, caller)).nodes).toMatchObject([{ __typename: 'ParticipantJoined' }]);
      for (const after of [await cursorOf(backend, other.name), 'yesterday', ''])
        expect(await refusedQuery(caller, query, { id: room.id, after }), after).toBe('INVALID_INPUT');
    }
  });
});

describe('knocks', () => {
  it('of a room and of all rooms are those of the statuses asked for, and as many, also several in one operation', async () => {
    const room = await backend.waitingRoom();
    const [waits, denied] = [await room.knocker({ userName: 'Waits' }), await room.knocker({ userName: 'Denied' })];
    await act(backend, 'denyKnock', { knockId: denied.knockId });
    type Knocks = Readonly<Record<'PENDING' | 'DENIED', List<{ id: string; status: string }>>>;
    const named = `roomName: "${room.name}", `;
    for (const [ask, more] of [
      [(lists: string) => `{ room(name: "${room.name}") { ${lists} } }`, ''],
      [(lists: string) => `{ ${lists} }`, named],
      [(lists: string) => `{ ${lists} }`, ''],
    ] as const) {
      const lists = (['PENDING', 'DENIED'] as const).map(
        (status) =>
          `${status}: knockRequests(${more}status: [${status}], first: 100) { totalCount nodes { id status } }`,
      );
      const data = await read<Knocks & { readonly room?: Knocks }>(backend, ask(lists.join(' ')));
      const shown = data.room ?? data;
      for (const [status, { knockId }, other] of [
        ['PENDING', waits, denied],
        ['DENIED', denied, waits],
      ] as const) {
        const { totalCount, nodes } = shown[status];
        expect(nodes).toContainEqual({ id: knockId, status });
        expect(nodes.map(({ id }) => id)).not.toContain(other.knockId);
        expect(totalCount).toBe(nodes.length);
      }
    }
  });

  it('of several statuses are each counted, also where they are asked for in the same moment', async () => {
    const room = await backend.waitingRoom();
    const [denied] = [await room.knocker(), await room.knocker(), await room.knocker()];
    await act(backend, 'denyKnock', { knockId: denied.knockId });
    const pool = openDatabase({ url: database.url, poolSize: 2 });
    closeAfterwards(pool.close);
    const [domain] = await database.sql<{ id: DomainId }[]>`select id from domains`;
    const { count } = createKnockStorage(pool);
    const counted = ([['PENDING'], ['DENIED'], ['ADMITTED'], null] as const).map((status) =>
      count(domain?.id as DomainId, { roomId: decodeId('Room', room.id), status }),
    );
    expect(await Promise.all(counted)).toEqual([2, 1, 0, 3]);
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
