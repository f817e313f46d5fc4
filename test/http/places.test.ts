import { once } from 'node:events';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Result } from '../support/graphql-client.ts';
import { type WsClient, wsClient } from '../support/ws-client.ts';
import { openDoor } from './door-kit.ts';
import { everyDoor, everyWay, type OperationType } from './every-door.ts';
import { openSession, readAll, subscribe } from './websocket-kit.ts';

const most = 3;
/** Nothing that a test holds is cut short, however long the test takes. */
const executionMs = 120_000;
/** Whoever is busy with other things needs longer to say that a place is free. */
const patient = { interval: 20, timeout: 10_000 };

/** Fields that end in each way, the same for each type of operation. `held` ends when the test says so, `kept` by a word of its own. */
function createHouse() {
  const root = '{ ok: String refused: String breaks: String stuck: String held: String kept: String }';
  const schema = buildSchema(`type Query ${root} type Mutation ${root} type Subscription ${root}`);
  const waiting: (() => void)[] = [];
  const kept = Promise.withResolvers<string>();
  const ends: Readonly<Record<string, () => unknown>> = {
    ok: () => 'ok',
    refused: () => {
      throw new GraphQLError('This may not be.', { extensions: { code: 'FORBIDDEN' } });
    },
    breaks: () => {
      throw new Error('broken');
    },
    stuck: () => new Promise(() => undefined),
    held: () => new Promise((resolve) => waiting.push(() => resolve('held'))),
    kept: () => kept.promise,
  };
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = ends[field.name] ?? (() => null);
      // Of a subscription the first event ends so. It has no second one.
      field.subscribe = async function* () {
        yield {};
        if (field.name === 'kept') await kept.promise;
      };
    }
  }
  const release = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { schema, held: () => waiting.length, release, letGo: () => kept.resolve('kept') };
}

type House = ReturnType<typeof createHouse>;

async function openPlaces(schema: GraphQLSchema) {
  return openDoor({
    schema,
    limits: { inFlight: most, inFlightPerAddress: most, streamsPerAddress: most, executionMs },
  });
}

const inAWord = ({ data, errors }: Result) =>
  errors === undefined ? Object.keys(data ?? {}).join() : String(errors[0]?.extensions?.code);

/** How an operation of any type may end, and in which word. A subscription that is stuck gives its place to nobody: it lasts. */
const endings: readonly (readonly [query: (type: OperationType) => string, word: string])[] = [
  [(type) => `${type} { ok }`, 'ok'],
  [(type) => `${type} { refused }`, 'FORBIDDEN'],
  [(type) => `${type} { breaks }`, 'INTERNAL_SERVER_ERROR'],
  [(type) => `${type} { nothing }`, 'GRAPHQL_VALIDATION_FAILED'],
  [(type) => `${type} { ok`, 'GRAPHQL_PARSE_FAILED'],
  [(type) => `${type} A { ok } ${type} B { ok }`, 'OPERATION_RESOLUTION_FAILURE'],
  [(type) => `${type} { ${'ok '.repeat(30)} }`, 'LIMIT_EXCEEDED'],
];

/** Asks and goes before there is an answer. */
async function askAndGo(url: string, way: (typeof everyWay)[number], query: string, isHeld: () => boolean) {
  if (way.door === 'WebSocket') {
    const client = wsClient(url);
    await client.acknowledged;
    client.send(subscribe('1', query));
    await expect.poll(isHeld, patient).toBe(true);
    client.socket.terminate();
    await client.closed;
    return;
  }
  const abort = new AbortController();
  const accept = { 'POST as GraphQL’s JSON': 'application/graphql-response+json', 'POST in parts': 'multipart/mixed' };
  const isEvents = way.door.includes('events');
  const headers = {
    accept: isEvents ? 'text/event-stream' : (Object(accept)[way.door] ?? 'application/json'),
    'content-type': 'application/json',
  };
  const gone = way.door.startsWith('GET')
    ? fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers, signal: abort.signal })
    : fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }), signal: abort.signal });
  gone.then((response) => response.body?.cancel()).catch(() => undefined);
  await expect.poll(isHeld, patient).toBe(true);
  abort.abort();
}

/** Just so many operations are taken at once. */
async function expectPlaces(url: string, house: House, free: number) {
  const answers: string[] = [];
  const asked = Array.from({ length: free + 1 }, async () => {
    answers.push(inAWord(await everyDoor['POST as JSON'].ask(url, { query: 'mutation { held }' })));
  });
  await expect.poll(() => answers.includes('RATE_LIMITED') && house.held() === free, patient).toBe(true);
  house.release();
  await Promise.all(asked);
  expect(answers.filter((word) => word === 'RATE_LIMITED')).toHaveLength(1);
}

/** Just so many sockets are taken at once. */
async function expectStreams(url: string, free: number) {
  const open = () => openSession(url).catch(() => null);
  const sockets: (WsClient | null)[] = [];
  for (let count = 0; count <= free; count += 1) sockets.push(await open());
  expect(sockets.map((socket) => socket !== null)).toEqual([...Array.from({ length: free }, () => true), false]);
  for (const socket of sockets) await socket?.close();
}

const streamingWays = everyWay.filter(({ door, type }) => door !== 'WebSocket' && type === 'subscription');

/** An event stream that has given its first event, and goes on. */
async function openEvents(url: string, door: string) {
  const abort = new AbortController();
  const query = 'subscription { kept }';
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const response = door.startsWith('GET')
    ? await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers, signal: abort.signal })
    : await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }), signal: abort.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return () => abort.abort();
}

/** What has a place all the while: whoever gives one back twice, gives back this one's. */
async function takeOneOfEach(url: string) {
  const operation = everyDoor['POST as JSON'].ask(url, { query: 'mutation { kept }' });
  const stream = await openSession(url);
  return async () => {
    expect(inAWord(await operation)).toBe('kept');
    await stream.close();
  };
}

describe('the place of an operation is given back once, however it ends', () => {
  test.each(everyWay)('$door, a $type', async ({ ask, ...way }) => {
    const house = createHouse();
    const { url } = await openPlaces(house.schema);
    const { type } = way;
    const giveBack = await takeOneOfEach(url);
    // A place of a stream is back when its connection says that it has closed: a moment after the client has seen the end.
    const expectWord = (query: string, word: string) =>
      expect.poll(async () => inAWord(await ask(url, { query })), patient).toBe(word);
    for (const [query, word] of endings) {
      for (let time = 0; time <= most; time += 1) await expectWord(query(type), word);
    }
    for (let time = 0; time <= most; time += 1) {
      await askAndGo(url, { ...way, ask }, `${type} { held }`, () => house.held() === 1);
      house.release();
    }
    await expectWord(`${type} { ok }`, 'ok');
    await expectPlaces(url, house, most - 1);
    await expectStreams(url, most - 1);
    house.letGo();
    await giveBack();
  });
});

const singleWays = everyWay.filter(({ type }) => type !== 'subscription');

test.each(singleWays)(
  'an operation that takes too long gives its place back: $door, a $type',
  async ({ ask, type }) => {
    const { schema } = createHouse();
    const limits = { inFlight: 1, inFlightPerAddress: 1, streamsPerAddress: 1, executionMs: 50 };
    const { url } = await openDoor({ schema, limits });
    for (let time = 0; time < 2; time += 1) {
      await expect
        .poll(async () => inAWord(await ask(url, { query: `${type} { stuck }` })), patient)
        .toBe('UNAVAILABLE');
    }
    await expect.poll(async () => inAWord(await ask(url, { query: `${type} { ok }` })), patient).toBe('ok');
  },
);

test.each(streamingWays)('a stream that lasts has no place among the operations: $door', async ({ door }) => {
  const house = createHouse();
  const { url } = await openDoor({ schema: house.schema, limits: { inFlight: 1, inFlightPerAddress: 1 } });
  const streams = [await openEvents(url, door), await openEvents(url, door)];
  expect(inAWord(await everyDoor['POST as JSON'].ask(url, { query: '{ ok }' }))).toBe('ok');
  house.letGo();
  for (const close of streams) close();
});

test('a process that is full refuses whoever asks, and whoever is refused keeps no place of the address', async () => {
  const house = createHouse();
  const { url } = await openDoor({ schema: house.schema, limits: { inFlight: 2, inFlightPerAddress: 3, executionMs } });
  const ways = everyWay.filter(({ door, type }) => door !== 'WebSocket' || type !== 'subscription');
  const expectEach = async (word: string) => {
    for (const { ask, type } of ways) expect(inAWord(await ask(url, { query: `${type} { ok }` }))).toBe(word);
  };
  const first = everyDoor['POST as JSON'].ask(url, { query: '{ kept }' });
  await expectEach('ok');
  const second = everyDoor['POST as JSON'].ask(url, { query: '{ held }' });
  await expect.poll(house.held, patient).toBe(1);
  await expectEach('UNAVAILABLE');
  house.release();
  expect(inAWord(await second)).toBe('held');
  await expectEach('ok');
  house.letGo();
  expect(inAWord(await first)).toBe('kept');
});

test('a socket gives the places of its operations back, whichever side ends them', async () => {
  const house = createHouse();
  const { url } = await openPlaces(house.schema);
  for (const how of ['complete', 'close', 'terminate'] as const) {
    for (let time = 0; time <= most; time += 1) {
      const client = await openSession(url);
      client.send(subscribe('1', '{ held }'));
      await expect.poll(house.held, patient).toBe(1);
      if (how === 'complete') client.send({ id: '1', type: 'complete' });
      else client.socket[how]();
      house.release();
      if (how === 'complete') {
        client.send(subscribe('2', '{ ok }'));
        expect((await readAll(client, '2')).map((message) => message.type)).toEqual(['next', 'complete']);
        client.socket.close();
      }
      if (client.socket.readyState !== client.socket.CLOSED) await once(client.socket, 'close');
    }
  }
  await expectPlaces(url, house, most);
  await expectStreams(url, most);
});
