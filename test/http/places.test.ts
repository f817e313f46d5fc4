import { once } from 'node:events';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Result } from '../support/graphql-client.ts';
import { type WsClient, wsClient } from '../support/ws-client.ts';
import { openDoor } from './door-kit.ts';
import { everyDoor, everyWay, type OperationType } from './every-door.ts';
import { openSession, readAll, subscribe } from './websocket-kit.ts';

const most = 3;
const executionMs = 200;
/** Whoever is busy with other things needs longer to say that a place is free. */
const patient = { interval: 20, timeout: 10_000 };

/** Fields that end in each way, the same for each type of operation. `held` ends when the test says so. */
function createHouse() {
  const root = '{ ok: String refused: String breaks: String stuck: String held: String }';
  const schema = buildSchema(`type Query ${root} type Mutation ${root} type Subscription ${root}`);
  const waiting: (() => void)[] = [];
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
  };
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = ends[field.name] ?? (() => null);
      // Of a subscription the first event ends so.
      field.subscribe = async function* () {
        yield {};
      };
    }
  }
  const release = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { schema, held: () => waiting.length, release };
}

async function openPlaces(schema: GraphQLSchema) {
  const limits = { inFlight: most, inFlightPerAddress: most, streamsPerAddress: most, executionMs };
  return openDoor({ schema, limits });
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
async function expectAllPlaces(url: string, house: ReturnType<typeof createHouse>) {
  const answers: string[] = [];
  const asked = Array.from({ length: most + 1 }, async () => {
    answers.push(inAWord(await everyDoor['POST as JSON'].ask(url, { query: 'mutation { held }' })));
  });
  await expect.poll(() => answers.includes('RATE_LIMITED') && house.held() === most, patient).toBe(true);
  house.release();
  await Promise.all(asked);
  expect(answers.filter((word) => word === 'RATE_LIMITED')).toHaveLength(1);
}

/** Just so many sockets are taken at once. */
async function expectAllStreams(url: string) {
  const open = () => openSession(url).catch(() => null);
  const sockets: (WsClient | null)[] = [];
  for (let count = 0; count <= most; count += 1) sockets.push(await open());
  expect(sockets.map((socket) => socket !== null)).toEqual([...Array.from({ length: most }, () => true), false]);
  for (const socket of sockets) await socket?.close();
}

describe('the place of an operation is given back once, however it ends', () => {
  test.each(everyWay)('$door, a $type', async (way) => {
    const house = createHouse();
    const { url } = await openPlaces(house.schema);
    const { ask, type } = way;
    // A place of a stream is back when its connection says that it has closed: a moment after the client has seen the end.
    const expectWord = (query: string, word: string) =>
      expect.poll(async () => inAWord(await ask(url, { query })), patient).toBe(word);
    for (const [query, word] of endings) {
      for (let time = 0; time <= most; time += 1) await expectWord(query(type), word);
    }
    for (let time = 0; time <= most; time += 1) {
      await askAndGo(url, way, `${type} { held }`, () => house.held() === 1);
      house.release();
    }
    if (type !== 'subscription') {
      const late = await Promise.all(Array.from({ length: most }, () => ask(url, { query: `${type} { stuck }` })));
      expect(late.map(inAWord)).toEqual(late.map(() => 'UNAVAILABLE'));
    }
    await expectWord(`${type} { ok }`, 'ok');
    await expectAllPlaces(url, house);
    await expectAllStreams(url);
  });
});

test('whoever is refused because the process is full keeps no place of the address', async () => {
  const house = createHouse();
  const { url } = await openDoor({ schema: house.schema, limits: { inFlight: 1, inFlightPerAddress: 2 } });
  const first = everyDoor['POST as JSON'].ask(url, { query: '{ held }' });
  await expect.poll(house.held, patient).toBe(1);
  const ways = everyWay.filter(({ door, type }) => door !== 'WebSocket' || type !== 'subscription');
  for (const { ask, type } of ways) expect(inAWord(await ask(url, { query: `${type} { ok }` }))).toBe('UNAVAILABLE');
  house.release();
  expect(inAWord(await first)).toBe('held');
  for (const { ask, type } of ways) expect(inAWord(await ask(url, { query: `${type} { ok }` }))).toBe('ok');
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
  await expectAllPlaces(url, house);
  await expectAllStreams(url);
});
