import { describe, expect, test } from 'vitest';
import { change, cursorOf, followRoom, mutationWithInput, promptly } from '../api/room-kit.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { backendChanges, backendMutations, byId, carryOut } from './backend-changes.ts';
import { until } from './fault-kit.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const start = () => startServer({ databaseUrl: database.url, rateLimits: false });
const [here, there] = await Promise.all([start(), start()]);
const backend = seed(here);

type Key = { readonly apiKey: { readonly id: string; readonly prefix: string }; readonly secret: string };

const newKey = (more: object = {}) =>
  change<Key>(
    backend,
    'createApiKey',
    { name: 'to be ended', scopes: ['ADMIN'], ...more },
    '... on CreatedApiKey { apiKey { id prefix } secret }',
  );

const revoke = ({ apiKey }: Key) => carryOut(here.url, here.apiKey, 'revokeApiKey', { id: apiKey.id });

/** Revokes it as the service does, up to the commit, which the returned function makes. */
async function revokeUncommitted({ apiKey }: Key): Promise<() => Promise<void>> {
  const [revoked, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const committed = database.sql.begin(async (sql) => {
    await sql`update api_keys set revoked_at = now() where prefix = ${apiKey.prefix}`;
    await sql`update domains set version = next_version(id, version) where name = 'default'`;
    revoked.resolve();
    await commit.promise;
  });
  await revoked.promise;
  return async () => {
    commit.resolve();
    await committed;
  };
}

/**
 * Everything of the database that a backend can change, and that tells that it did. People of earlier tests lose the connection meanwhile, and
 * their rooms move on: of events those count that a backend has made.
 */
async function traces(): Promise<unknown> {
  const [row] = await database.sql`select
    (select jsonb_agg(jsonb_build_array(id, closed_at, privacy, lobby_message) order by id) from rooms) as rooms,
    (select jsonb_agg(to_jsonb(d) - 'version' order by id) from domains d) as domains,
    (select count(*) from room_events where payload->'by'->>'kind' = 'BACKEND') as events,
    (select jsonb_agg(jsonb_build_array(id, revoked_at) order by id) from api_keys where name <> 'to be ended') as keys,
    (select jsonb_agg(jsonb_build_array(id, revoked_at) order by id) from self_signing_keys) as "selfSigningKeys",
    (select jsonb_agg(jsonb_build_array(id, revoked_at) order by id) from meeting_tokens) as tokens,
    (select count(*) from revocations) as revocations,
    (select jsonb_agg(jsonb_build_array(id, is_active, deleted_at, secret_sealed) order by id) from webhooks) as webhooks`;
  return row;
}

/** The same document, whose key begins by revoking itself. */
function revokingItself(document: string): string {
  return document.replace(/^mutation (?:\((.*?)\) )?\{/, (_begin, params?: string) => {
    const all = ['$own: ID!', ...(params === undefined ? [] : [params])];
    return `mutation (${all.join(', ')}) { own: revokeApiKey(apiKeyId: $own) { __typename }`;
  });
}

test('every change that a backend may make is among those that are tried', () => {
  expect(Object.keys(backendChanges).sort()).toEqual([...backendMutations].sort());
});

describe.each(backendMutations)('%s', (field) => {
  const prepare = backendChanges[field] ?? (() => Promise.reject(new Error(`nobody says what ${field} is given`)));

  test('is done by a good key, and not by one that was revoked at the other process a moment ago', async () => {
    const key = await newKey();
    const { input } = await prepare(backend);
    expect(await carryOut(there.url, key.secret, 'updateDomain', {})).toBe('Domain');
    await revoke(key);
    const before = await traces();
    expect(await carryOut(there.url, key.secret, field, input)).toBe('UNAUTHENTICATED');
    expect(await traces()).toEqual(before);
    expect(await carryOut(there.url, there.apiKey, field, input)).toMatch(/^[A-Z][a-z]/);
  });

  test('is not done by a key that has revoked itself in the same document', async () => {
    const key = await newKey();
    const { input } = await prepare(backend);
    const before = await traces();
    const document = revokingItself(byId[field] ?? mutationWithInput(field));
    const variables = { own: key.apiKey.id, input: byId[field] === undefined ? input : input.id };
    type Answers = Readonly<Record<string, { readonly __typename: string; readonly code?: string }>>;
    const { data } = (await callerOf(there, key.secret).ask<Answers>(document, variables)).body;
    expect([data?.own?.__typename, data?.[field]?.code]).toEqual(['ApiKey', 'UNAUTHENTICATED']);
    expect(await traces()).toEqual(before);
  });

  test('is not done by a key that is revoked between the look at it and the change', async () => {
    const key = await newKey();
    const { input } = await prepare(backend);
    const before = await traces();
    const commit = await revokeUncommitted(key);
    const answer = carryOut(there.url, key.secret, field, input);
    await until(
      () => countLockWaits(database),
      (count) => count > 0,
    ).finally(commit);
    expect(await answer).toBe('UNAUTHENTICATED');
    expect(await traces()).toEqual(before);
  });
});

test('a write that waits for a room holds up no revocation, and is refused when its turn comes', async () => {
  const key = await newKey();
  const room = await backend.waitingRoom();
  const { knockId } = await room.knocker();
  // The process has the room's facts at hand from here on.
  await carryOut(there.url, key.secret, 'replyToKnock', { knockId, reply: 'soon' });
  const unlock = await lockRoom(database, room.name);
  const answer = carryOut(there.url, key.secret, 'admitKnock', { knockId });
  await until(
    () => countLockWaits(database),
    (count) => count === 1,
  );
  expect(await revoke(key)).toBe('ApiKey');
  await unlock();
  expect(await answer).toBe('UNAUTHENTICATED');
  expect(await carryOut(here.url, here.apiKey, 'admitKnock', { knockId })).toBe('KnockRequest');
});

const revocations: Readonly<Record<string, (key: Key) => Promise<unknown>>> = {
  'is revoked through the API': revoke,
  'is revoked by the command line': ({ apiKey }) =>
    vestibuleWith(settingsFor(database.url))('key', 'revoke', apiKey.prefix),
  'revokes itself': ({ apiKey, secret }) => carryOut(here.url, secret, 'revokeApiKey', { id: apiKey.id }),
};
const endings: typeof revocations = {
  ...revocations,
  'comes to its exp': () => moveClock(database, { seconds: 7_200, areAlive: true }),
};

test.each(Object.entries(revocations))(
  "a key that %s moves the domain's version, by which rooms and streams that last hear of it",
  async (_how, end) => {
    const key = await newKey();
    const version = async () =>
      (await database.sql<{ version: string }[]>`select version from domains where name = 'default'`)[0]?.version;
    const before = await version();
    await end(key);
    expect(Number(await version())).toBe(Number(before) + 1);
  },
);

test.each(Object.entries(endings))(
  'a key that %s opens nothing at any process, through any door',
  async (_how, end) => {
    const key = await newKey({ exp: new Date(Date.now() + 3_600_000).toISOString() });
    const room = await backend.room();
    const caller = callerOf(there, key.secret);
    const socket = caller.ws();
    const query = 'query ($name: String!) { room(name: $name) { name } }';
    const variables = { name: room.name };
    expect((await caller.ask(query, variables)).body.data).toEqual({ room: { name: room.name } });
    // Nobody says when a subscription has begun: it is told from here on.
    const after = await cursorOf(backend, room.name);
    const following = await followRoom(caller, { roomName: room.name, after });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'hello' } });
    await following.next();

    await end(key);
    const codes = [
      (await caller.ask(query, variables)).body,
      await (await socket.subscribe(query, variables)).next(),
      await (await caller.sse().subscribe(query, variables)).next(),
    ].map(({ errors }) => errors?.[0]?.extensions?.code);
    expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
    for (const door of ['WebSocket', 'SSE'] as const) {
      expect(await (await followRoom(caller, { roomName: room.name }, door)).refused()).toBe('UNAUTHENTICATED');
    }
    expect(await following.ended(promptly)).toEqual([]);
    await moveClock(database, { seconds: 0 });
  },
);

test('a setting of the domain that was changed at one process counts at the other at once', async () => {
  const room = await backend.room();
  const elsewhere = callerOf(there, there.apiKey);
  const expOf = async () => {
    const made = await change<{ meetingToken: { exp: string | null } }>(
      elsewhere,
      'createMeetingToken',
      { roomName: room.name },
      '... on IssuedMeetingToken { meetingToken { exp } }',
    );
    return made.meetingToken.exp;
  };
  expect(await expOf()).not.toBeNull();
  await change(backend, 'updateDomain', { meetingTokenLifetimeSeconds: null, lang: 'fr' });
  expect(await expOf()).toBeNull();
  expect((await elsewhere.ask('{ domain { lang } }')).body.data).toEqual({ domain: { lang: 'fr' } });
});
