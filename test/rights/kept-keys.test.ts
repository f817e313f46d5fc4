import { beforeAll, describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { carryOut } from '../faults/backend-changes.ts';
import { countStatements, type StatementCounter } from '../security/statement-counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';

// A process keeps whose API key it was, for the one query that sees the domain's version as well. Each key is used here, so that this process
// keeps it, ends at the other process, and is then used here.

let database: TestDatabase;
let counter: StatementCounter;
let here: TestServer;
let there: TestServer;
let backend: Seed;
let room: RoomSeed;

beforeAll(async () => {
  database = await createTestDatabase();
  counter = await countStatements(database.url);
  here = await startServer({ databaseUrl: counter.url, rateLimits: false });
  there = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(here);
  room = await backend.waitingRoom();
});

type Key = { readonly apiKey: { readonly id: string; readonly prefix: string }; readonly secret: string };

const newKey = (more: object = {}) =>
  change<Key>(
    backend,
    'createApiKey',
    { name: 'kept', scopes: ['ADMIN'], ...more },
    '... on CreatedApiKey { apiKey { id prefix } secret }',
  );

const lookUps = () => counter.count(/join api_keys a on/);

/** What of the keys was looked up for this. */
async function lookUpsFor(work: () => Promise<unknown>): Promise<number> {
  const before = lookUps();
  await work();
  return lookUps() - before;
}

const byName = 'query ($name: String!) { room(name: $name) { name } }';

/** Ways to ask for a room, of which some ask for one thing alone. */
const questions: Readonly<Record<string, string>> = {
  'one field': byName,
  'an alias': 'query ($name: String!) { mine: room(name: $name) { name } }',
  'lists below':
    'query ($name: String!) { room(name: $name) { name knockRequests { nodes { id } } bans { nodes { id } } } }',
  'a directive': 'query ($name: String!, $yes: Boolean = true) { room(name: $name) @include(if: $yes) { name } }',
  'a fragment': 'query ($name: String!) { ...asked } fragment asked on Query { room(name: $name) { name } }',
  'two fields': 'query ($name: String!) { room(name: $name) { name } domain { name } }',
};

async function codeOf(at: TestServer, bearer: string, query: string, name = room.name): Promise<string> {
  const { body } = await callerOf(at, bearer).ask(query, { name });
  return body.errors?.[0]?.extensions?.code ?? 'ANSWERED';
}

const endings: Readonly<Record<string, (key: Key) => Promise<unknown>>> = {
  'revoked through the API': ({ apiKey }) => carryOut(there.url, there.apiKey, 'revokeApiKey', { id: apiKey.id }),
  'revoked by itself': ({ apiKey, secret }) => carryOut(there.url, secret, 'revokeApiKey', { id: apiKey.id }),
  'revoked by the command line': ({ apiKey }) =>
    vestibuleWith(settingsFor(database.url))('key', 'revoke', apiKey.prefix),
};

describe.each(Object.entries(endings))('a key that was %s', (_how, end) => {
  test.each(Object.entries(questions))('opens nothing at the process that has kept it: %s', async (_what, query) => {
    const key = await newKey();
    for (const _time of [1, 2]) expect(await codeOf(here, key.secret, query)).toBe('ANSWERED');
    await end(key);
    expect(await codeOf(here, key.secret, query)).toBe('UNAUTHENTICATED');
  });
});

test('a key that is known is not looked up for a room, and is for everything else', async () => {
  const { secret } = await newKey();
  await codeOf(here, secret, byName);
  expect(await lookUpsFor(() => codeOf(here, secret, byName))).toBe(0);
  expect(await lookUpsFor(() => codeOf(here, secret, questions['two fields'] ?? ''))).toBe(1);
  expect(await lookUpsFor(() => codeOf(here, secret, '{ domain { name } }'))).toBe(1);
});

test('where the domain has moved on for another reason it is looked up, once', async () => {
  const { secret } = await newKey();
  await codeOf(here, secret, byName);
  await change(callerOf(there, there.apiKey), 'updateDomain', { lang: 'fr' });
  expect(await lookUpsFor(() => codeOf(here, secret, byName))).toBe(1);
  expect(await lookUpsFor(() => codeOf(here, secret, byName))).toBe(0);
});

test('a room that is not there is answered after a look', async () => {
  const { secret } = await newKey();
  await codeOf(here, secret, byName);
  expect(await lookUpsFor(() => codeOf(here, secret, byName, 'no-such-room'))).toBe(1);
});

test('a key with an exp is looked up each time: only the database knows what time it is', async () => {
  const { secret } = await newKey({ exp: new Date(Date.now() + 3_600_000).toISOString() });
  await codeOf(here, secret, byName);
  expect(await lookUpsFor(() => codeOf(here, secret, byName))).toBe(1);
});
