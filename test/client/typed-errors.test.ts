import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { buildASTSchema, graphql, parse, visit } from 'graphql';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Client, createClient, createVisit, VestibuleError } from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createStorage, follow } from './client-kit.ts';

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

/** Something that is not the service, or not this one. */
async function serve(listener: RequestListener): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const other = createServer((request, response) => {
    asked += 1;
    listener(request, response);
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  closeAfterwards(() => {
    other.closeAllConnections();
    other.close();
  });
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked: () => asked };
}

const page =
  (status: number, type = 'text/html'): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type }).end('<!doctype html><title>Hello</title>');

/** The service as it was before fields of these names came. */
async function olderBy(...names: readonly string[]): Promise<RequestListener> {
  const text = await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
  const without = visit(parse(text), {
    FieldDefinition: ({ name }) => (names.includes(name.value) ? null : undefined),
    // An interface that is older than what implements it would be none.
    InterfaceTypeDefinition: () => false,
  });
  const schema = buildASTSchema(without, { assumeValid: true });
  return async (request, response) => {
    const pieces = await request.toArray();
    const { query, variables } = JSON.parse(Buffer.concat(pieces).toString());
    const { errors = [], data } = await graphql({ schema, source: query, variableValues: variables });
    const spoken = errors.map(({ message }) => ({ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }));
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ data, errors: spoken }));
  };
}

/** What everybody may ask. */
const questions: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
  ['access', (client) => client.access({ roomName: 'weekly' })],
  ['join', (client) => client.join({ roomName: 'weekly' })],
  ['resume', (client) => client.resume('weekly', 'token')],
  ['knock', (client) => client.knock({ roomName: 'weekly', userName: 'Nora' })],
  ['resumeKnock', (client) => client.resumeKnock('token')],
  ['goOn', (client) => client.goOn('token')],
  ['doorPage', (client) => client.doorPage()],
];

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof VestibuleError)) throw new Error(`not refused: ${error}`);
  expect(error.message.length).toBeGreaterThan(20);
  return error.code;
}

describe.each(questions)('%s', (_name, ask) => {
  test.each([
    '',
    ' ',
    'meet.example.com',
    '//meet.example.com',
    'ftp://meet.example.com',
    'http://',
    'javascript:alert(1)',
    '/graphql',
  ])('of an address that is none: %j', async (url) => {
    const client = createClient({ url });
    expect(await codeOf(ask(client))).toBe('INVALID_URL');
    expect(client.connection.get()).toMatchObject({ state: 'CLOSED', error: { code: 'INVALID_URL' } });
  });

  test.each([
    ['a page', page(200)],
    ['a page that is not there', page(404)],
    ['a door that asks for a password', page(401)],
    ['JSON of somebody else', page(200, 'application/json')],
  ])('of something else at that address is asked once: %s', async (_what, listener) => {
    const { url, asked } = await serve(listener);
    const client = createClient({ url });
    expect(await codeOf(ask(client))).toBe('NOT_THE_SERVICE');
    expect(asked()).toBe(1);
    expect(client.connection.get()).toMatchObject({ state: 'CLOSED', error: { code: 'NOT_THE_SERVICE' } });
  });

  test('of a service that is away behind its proxy passes, and is told meanwhile', async () => {
    const { url, asked } = await serve(page(502));
    const client = createClient({ url, attempts: 2, longestPauseMs: 10 });
    expect(await codeOf(ask(client))).toBe('UNAVAILABLE');
    expect(asked()).toBe(2);
    expect(client.connection.get()).toMatchObject({ state: 'RECONNECTING', error: { code: 'UNAVAILABLE' } });
  });

  test('of a service of an older version is asked once', async () => {
    const { url, asked } = await serve(await olderBy('lang', 'verified', 'lobbyMessage', 'brandName'));
    const client = createClient({ url });
    expect(await codeOf(ask(client))).toBe('OLDER_SERVICE');
    expect(asked()).toBe(1);
    expect(client.connection.get()).toMatchObject({ state: 'CLOSED', error: { code: 'OLDER_SERVICE' } });
  });
});

// Fields that came after the first release, by what asks for them.
test.each([
  ['access', 'roomTitle'],
  ['doorPage', 'doorPage'],
  ['join', 'media'],
  ['join', 'meetingUrl'],
  ['join', 'mediaConnection'],
  ['resume', 'title'],
  ['goOn', 'meetingUrl'],
])('%s of a service that knows no %s says that the service is older', async (name, field) => {
  const { url, asked } = await serve(await olderBy(field));
  const [, ask] = questions.find(([question]) => question === name) ?? expect.fail(name);
  expect(await codeOf(ask(createClient({ url })))).toBe('OLDER_SERVICE');
  expect(asked()).toBe(1);
});

test.each([
  ['a page', 200, 'text/html'],
  ['a proxy that lets nobody through', 403, 'text/html'],
  ['a network that wants one to log in', 401, 'application/json'],
])('what answers in the service’s place after the service did passes: %s', async (_what, status, type) => {
  const room = await backend.waitingRoom();
  let isBetween = false;
  let asked = 0;
  const fetch: typeof globalThis.fetch = async (...request) => {
    if (!isBetween) return globalThis.fetch(...request);
    asked += 1;
    return new Response('<!doctype html><title>Hello</title>', { status, headers: { 'content-type': type } });
  };
  const client = createClient({ url: server.url, fetch, attempts: 2, longestPauseMs: 10 });
  await client.access({ roomName: room.name });
  isBetween = true;
  expect(await codeOf(client.access({ roomName: room.name }))).toBe('NETWORK');
  expect(asked).toBe(2);
  expect(client.connection.get()).toMatchObject({ state: 'RECONNECTING', error: { code: 'NETWORK' } });
  isBetween = false;
  expect(await client.access({ roomName: room.name })).toMatchObject({ level: 'LOBBY' });
});

test('a platform without random values is told what it needs, and nothing is sent', async () => {
  const { url, asked } = await serve(page(200));
  vi.stubGlobal('crypto', {});
  try {
    const client = createClient({ url });
    expect(await codeOf(client.join({ roomName: 'weekly' }))).toBe('NO_RANDOM');
    expect(await codeOf(client.knock({ roomName: 'weekly', userName: 'Nora' }))).toBe('NO_RANDOM');
  } finally {
    vi.unstubAllGlobals();
  }
  expect(asked()).toBe(0);
});

test('the address may be written with a slash, or with /graphql, at its end', async () => {
  const room = await backend.waitingRoom();
  for (const end of ['', '/', '/graphql', '/graphql/']) {
    const { level } = await createClient({ url: ` ${server.url}${end} ` }).access({ roomName: room.name });
    expect([end, level]).toEqual([end, 'LOBBY']);
  }
});

test('a missing credential is told before anything is asked, and one that nobody knows is told apart', async () => {
  const fetch = () => Promise.reject(new Error('nothing is to be asked'));
  const silent = createClient({ url: server.url, fetch });
  expect(await codeOf(silent.goOn(''))).toBe('UNAUTHENTICATED');
  expect(await codeOf(silent.resume('weekly', ''))).toBe('UNAUTHENTICATED');
  expect(await codeOf(silent.resumeKnock(''))).toBe('UNAUTHENTICATED');
  const client = createClient({ url: server.url });
  expect(await client.goOn(`vs_${'A'.repeat(43)}`)).toBeNull();
  // It opens nothing, like no credential.
  const resumed = await client.resume('weekly', `vs_${'A'.repeat(43)}`);
  expect(resumed).toMatchObject({ kind: 'REFUSED', refusal: { code: 'ENTRY_NOT_ALLOWED' } });
});

test('a session that was taken over elsewhere says so, and comes back by nothing but joining', async () => {
  const room = await backend.room();
  const storage = createStorage();
  const visit = createVisit(createClient({ url: server.url }), { roomName: room.name, storage });
  closeAfterwards(visit.hold({ userName: 'Gustav' }));
  const join = follow(visit.join.view);
  const { session } = await join.until(({ phase }) => phase === 'JOINED');
  const other = await createClient({ url: server.url }).resume(room.name, session?.sessionToken ?? '');
  if (other.kind !== 'JOINED') throw new Error(other.kind);
  follow(other.session.view);
  const { error, leaveReason } = await join.until(({ phase }) => phase === 'LEFT');
  expect([error?.code, leaveReason]).toEqual(['UNAUTHENTICATED', null]);
  await visit.join.actions.join();
  await join.until(({ phase }) => phase === 'JOINED');
});

test('whoever is not inside is told so by every action, and nothing is thrown', async () => {
  const visit = createVisit(createClient({ url: server.url }), { roomName: 'weekly', storage: null });
  const actions = [visit.waitingList, visit.participants, visit.room].flatMap((noun) => Object.values(noun.actions));
  expect(actions.length).toBeGreaterThan(15);
  for (const act of actions) expect(await act('id', {})).toMatchObject({ refusal: { code: 'UNAUTHENTICATED' } });
  expect(await visit.mediaRequests.actions.accept()).toBeNull();
  expect(await visit.knock.actions.update({ message: 'x' })).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
});

test('a service that is away is a refusal of every action, not an exception', async () => {
  const room = await backend.waitingRoom();
  const { jwt } = await room.token({ isOwner: true });
  let isAway = false;
  const fetch: typeof globalThis.fetch = (...request) =>
    isAway ? Promise.reject(new TypeError('away')) : globalThis.fetch(...request);
  const visit = createVisit(createClient({ url: server.url, fetch }), {
    roomName: room.name,
    token: jwt,
    storage: null,
  });
  closeAfterwards(visit.hold());
  await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
  isAway = true;
  const { waitingList, participants, room: controls } = visit;
  for (const { actions } of [waitingList, participants, controls]) {
    for (const act of Object.values(actions))
      expect(await act('id', {})).toMatchObject({ refusal: { code: 'NETWORK' } });
  }
});
