import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Result, Variables } from '../support/graphql-client.ts';
import { type Caller, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import type { WsClient } from '../support/ws-client.ts';
import { allOperations, lastOperations, type Operation, operationsOn } from './callers-operations.ts';
import { gatherCallers } from './callers-people.ts';
import { type CallerName, callerNames, expectedAnswers } from './callers-policy.ts';
import { answerIn, setScene } from './callers-scene.ts';

const doors = ['HTTP', 'GET', 'WebSocket', 'SSE'] as const;
type Door = (typeof doors)[number];

const lastNames = lastOperations().map(({ name }) => name);
const names = allOperations.map(({ name }) => name).filter((name) => !lastNames.includes(name));

let operations: ReadonlyMap<string, Operation>;
let callers: ReadonlyMap<CallerName, Caller>;
let url: string;
const sockets = new Map<CallerName, WsClient>();

beforeAll(async () => {
  const database = await createTestDatabase();
  // Each operation gives its place back, whoever asks: these are fewer than those who ask one after the other.
  const server = await startServer({ databaseUrl: database.url, rateLimits: false, maxOperations: 8 });
  url = server.url;
  const backend = seed(server);
  // Those who were denied may knock again at once: all of them come from one address.
  const roomA = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const roomB = await backend.waitingRoom();
  const everybody = await gatherCallers({ database, server }, roomA, roomB);
  callers = everybody.callers;
  const scene = await setScene(roomA, everybody.guest.id, everybody.left.id);
  operations = new Map([...operationsOn(scene), ...lastOperations()].map((operation) => [operation.name, operation]));
  for (const [name, caller] of callers) sockets.set(name, caller.ws());
});

async function askThrough(door: Door, name: CallerName, { document, variables }: Operation): Promise<Result> {
  const caller = callers.get(name);
  const socket = sockets.get(name);
  if (caller === undefined || socket === undefined) throw new Error(`nobody is called ${name}`);
  type Data = Readonly<Record<string, unknown>>;
  if (door === 'HTTP') return caller.ask<Data>(document, variables).then(({ body }) => body);
  if (door === 'GET') return get(caller, document, variables);
  const client = door === 'WebSocket' ? socket : caller.sse();
  const stream = await client.subscribe<Data>(document, variables);
  const first = await stream.next();
  await stream.stop();
  return first;
}

async function get(caller: Caller, query: string, variables: Variables): Promise<Result> {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const headers = caller.bearer === undefined ? {} : { authorization: `Bearer ${caller.bearer}` };
  const response = await fetch(`${url}/graphql?${parameters}`, { headers });
  // Its assertions say whether it is one.
  return (await response.json()) as Result;
}

/** Which answers there were, by operation and then by door: to all callers, as they came. */
const heard = new Map<string, Map<Door, Readonly<Record<string, Result>>>>();

async function answersOf(door: Door, operation: Operation): Promise<Record<string, string>> {
  const results: Record<string, Result> = {};
  for (const name of callerNames) results[name] = await askThrough(door, name, operation);
  heard.set(operation.name, (heard.get(operation.name) ?? new Map()).set(door, results));
  return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, answerIn(result, operation)]));
}

function operationCalled(name: string): Operation {
  const operation = operations.get(name);
  if (operation === undefined) throw new Error(`no operation is called ${name}`);
  return operation;
}

it('the table names every operation of the API, and every caller in every row', () => {
  const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );
  const listed = [...names, ...lastNames].filter((name) => !name.includes('.'));
  expect(listed.sort()).toEqual(fields.sort());
  for (const { policy } of allOperations) {
    expect(Object.values(expectedAnswers(policy, 'OK')).every((cell) => typeof cell === 'string')).toBe(true);
  }
});

const streams = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});

/** GET changes nothing, and takes no credential as an argument. Plain HTTP does not stream. */
function isTaken(door: Door, name: string): boolean {
  if (door === 'GET') return ![...mutations, ...streams, 'validateMeetingToken'].includes(name);
  return door !== 'HTTP' || !streams.includes(name);
}

describe.each(doors)('through %s', (door) => {
  it.each(names.filter((name) => isTaken(door, name)))('%s answers each caller as the policy says', async (name) => {
    const operation = operationCalled(name);
    expect(await answersOf(door, operation)).toEqual(expectedAnswers(operation.policy, operation.allowed));
  });
});

describe('word for word', () => {
  it.each(names)('%s says the same to a caller at each door that takes it', async (name) => {
    const taken = doors.filter((door) => isTaken(door, name));
    const [first, ...others] = taken;
    for (const door of taken) if (heard.get(name)?.has(door) !== true) await answersOf(door, operationCalled(name));
    for (const door of others)
      expect([door, heard.get(name)?.get(door)]).toEqual([door, heard.get(name)?.get(first ?? door)]);
  });
});

describe('through plain HTTP, which cannot stream', () => {
  it.each(streams)('%s is refused whoever asks, before anybody looks at who that is', async (name) => {
    const answers = await answersOf('HTTP', operationCalled(name));
    expect(answers).toEqual(Object.fromEntries(callerNames.map((caller) => [caller, 'BAD_REQUEST'])));
  });
});

describe.each(lastNames)('at last %s', (name) => {
  it.each(doors.filter((door) => isTaken(door, name)))(
    'answers each caller through %s as the policy says, also the second time',
    async (door) => {
      const operation = operationCalled(name);
      expect(await answersOf(door, operation)).toEqual(expectedAnswers(operation.policy, operation.allowed));
    },
  );
});
