import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { countStatements, type StatementCounter } from './statement-counter.ts';

let backend: Seed;
let counter: StatementCounter;
const rooms: RoomSeed[] = [];

/** What belongs to rooms, and is read for each of them. */
const ofRooms = /\b(?:rooms|knocks|participants|bans|live_streams|meeting_tokens|room_events)\b/;

beforeAll(async () => {
  const database = await createTestDatabase();
  counter = await countStatements(database.url);
  const server = await startServer({ databaseUrl: counter.url, rateLimits: false });
  backend = seed(server);
  for (let made = 0; made < 100; made += 10) {
    rooms.push(...(await Promise.all(Array.from({ length: 10 }, () => backend.waitingRoom()))));
  }
  const first = rooms.slice(0, 3);
  for (const room of first) {
    await Promise.all([room.owner(), room.guest()]);
    for (const userName of ['first', 'second', 'third']) await room.knocker({ userName });
  }
});

const listed = z.array(z.object({ roomName: z.string(), userName: z.string() }));
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const list = z.object({ totalCount: z.number(), nodes: listed, pageInfo });
const roomShown = z.object({ name: z.string(), knockRequests: list, participants: list });

async function statementsOf(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const before = counter.count(ofRooms);
  const { body } = await backend.ask<Record<string, { readonly nodes: readonly unknown[] }>>(query, variables);
  const errors = JSON.stringify(body.errors ?? []).slice(0, 500);
  expect(errors).toBe('[]');
  return { count: counter.count(ofRooms) - before, data: body.data };
}

describe('a page of 100 rooms', () => {
  test('gives each room what belongs to it, in its order', async () => {
    const query = `{ rooms(first: 100) { nodes { name
      knockRequests(status: [PENDING], first: 2) { totalCount nodes { roomName userName } pageInfo { hasNextPage endCursor } }
      participants(first: 1) { totalCount nodes { roomName userName } pageInfo { hasNextPage } } } } }`;
    const { data } = await statementsOf(query);
    const waited = rooms.slice(0, 3).map(({ name }) => name);
    const page = z.object({ rooms: z.object({ nodes: z.array(roomShown) }) }).parse(data).rooms.nodes;
    for (const { name, knockRequests, participants } of page) {
      const isBusy = waited.includes(name);
      expect(knockRequests.totalCount, name).toBe(isBusy ? 3 : 0);
      expect(knockRequests.nodes).toHaveLength(isBusy ? 2 : 0);
      expect(knockRequests.pageInfo.hasNextPage).toBe(isBusy);
      expect(participants.totalCount).toBe(isBusy ? 2 : 0);
      expect(participants.nodes).toHaveLength(isBusy ? 1 : 0);
      for (const { roomName } of [...knockRequests.nodes, ...participants.nodes]) expect(roomName).toBe(name);
    }
    const [first] = page.filter(({ name }) => name === waited[0]);
    const next = `query ($name: String!, $after: String) { room(name: $name) { knockRequests(status: [PENDING], after: $after) {
      nodes { userName } pageInfo { hasNextPage hasPreviousPage } } } }`;
    const rest = await backend.ask(next, { name: waited[0], after: first?.knockRequests.pageInfo.endCursor });
    expect(rest.body.data).toEqual({
      room: {
        knockRequests: { nodes: [{ userName: 'third' }], pageInfo: { hasNextPage: false, hasPreviousPage: true } },
      },
    });
    expect(first?.knockRequests.nodes.map(({ userName }) => userName)).toEqual(['first', 'second']);
  });

  test.each([
    ['who waits', 'knockRequests(status: [PENDING], first: 20) { nodes { userName } }'],
    ['how many wait', 'knockRequests(status: [PENDING], first: 1) { totalCount }'],
    ['who is inside', 'participants(first: 20) { totalCount nodes { userName } }'],
    ['tokens', 'meetingTokens(first: 20) { nodes { jti } }'],
    ['bans', 'bans(first: 20) { nodes { userName } }'],
    ['live streams', 'liveStream { status }'],
    ['the record', 'events(first: 20) { nodes { cursor } }'],
  ])('with %s takes as many statements as one room', async (_what, selection) => {
    const query = `query ($first: Int!) { rooms(first: $first) { nodes { ${selection} } } }`;
    const one = await statementsOf(query, { first: 1 });
    const all = await statementsOf(query, { first: 100 });
    expect(one.count).toBeGreaterThanOrEqual(2);
    expect(all.data?.rooms?.nodes).toHaveLength(100);
    // The service looks after its rooms meanwhile: a few statements are its own.
    expect(all.count).toBeLessThanOrEqual(one.count + 6);
  });
});

const deliveriesOfEach = /cross join lateral \(select .* from webhook_deliveries d\b/s;

test('deliveries of every webhook are read together', async () => {
  const make = `mutation ($url: URL!) { createWebhook(input: { url: $url, events: [ROOM_CREATED] }) { ... on CreatedWebhook { webhook { id } } } }`;
  for (const path of ['a', 'b', 'c']) await backend.ask(make, { url: `http://127.0.0.1:9/${path}` });
  await backend.room();
  const before = counter.count(deliveriesOfEach);
  const { body } = await backend.ask('{ domain { webhooks { id deliveries(first: 5) { nodes { event } } } } }');
  const delivered = { deliveries: { nodes: [{ event: 'ROOM_CREATED' }] } };
  expect(body.data).toMatchObject({ domain: { webhooks: [delivered, delivered, delivered] } });
  expect(counter.count(deliveriesOfEach) - before).toBe(1);
});

describe('things by their ids', () => {
  const query =
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Room { name participants(first: 5) { totalCount } } } }';

  test('100 rooms are looked up together, in the order asked for', async () => {
    const ids = rooms.map(({ id }) => id);
    const { count, data } = await statementsOf(query, { ids });
    expect(data?.nodes).toMatchObject(rooms.map(({ id, name }) => ({ id, name })));
    expect(count).toBeLessThan(10);
  });

  test('more than the cost allows are refused before anything is read', async () => {
    const ids = Array.from({ length: 100 }, () => rooms[0]?.id);
    const five = `query ($ids: [ID!]!) { ${[1, 2, 3, 4, 5].map((n) => `a${n}: nodes(ids: $ids) { id }`).join(' ')} }`;
    const before = counter.count(/\brooms\b/);
    const { body } = await backend.ask(five, { ids });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'cost' });
    expect(counter.count(/\brooms\b/) - before).toBeLessThan(5);
  });
});

test.each([
  [
    'lists within lists',
    '{ rooms(first: 100) { nodes { participants(first: 100) { nodes { id } } knockRequests(first: 100) { nodes { id } } } } }',
  ],
  ['the record of every room', '{ rooms(first: 100) { nodes { events(first: 100) { nodes { by { name } } } } } }'],
  ['a page beyond all measure', '{ knockRequests(first: 99999999) { nodes { id } } }'],
])('%s is refused by its cost', async (_what, query) => {
  const { body } = await backend.ask(query);
  expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'cost' });
});
