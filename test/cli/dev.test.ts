import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { verifyWebhook } from '../../packages/backend/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import { type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { vestibuleWith } from './command-line.ts';

const vestibule = vestibuleWith({});
const secret = `whsec_${randomBytes(32).toString('base64')}`;

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

test('dev knock knocks as a guest does, and says what became of it', async () => {
  const room = await backend.waitingRoom();
  const { exitCode, stdout } = await vestibule(
    'dev',
    'knock',
    room.name,
    '--url',
    server.url,
    '--message',
    'It is me',
    '--json',
  );
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { id: expect.stringMatching(/^knock_/), status: 'PENDING', ownerPresent: false, roomName: room.name },
  ]);
  const query = 'query ($name: String!) { knockRequests(roomName: $name) { nodes { userName message } } }';
  const { body } = await backend.ask(query, { name: room.name });
  expect(body.data).toEqual({ knockRequests: { nodes: [{ userName: 'Nora', message: 'It is me' }] } });
});

test.each([
  ['PUBLIC_URL', () => ({ PUBLIC_URL: server.url, PORT: '9' })],
  ['this machine at PORT', () => ({ PORT: new URL(server.url).port })],
])('without --url dev knock asks %s', async (_where, environment) => {
  const room = await backend.waitingRoom();
  const { exitCode, stdout } = await vestibuleWith(environment())('dev', 'knock', room.name, '--json');
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ roomName: room.name })]);
});

test('dev knock knocks under the name that is given, in the domain that is given', async () => {
  const database = await createTestDatabase();
  const own = await startServer({ databaseUrl: database.url });
  const acme = (await addDomain(database, own, 'acme')).backend;
  const rooms = [await seed(own).waitingRoom({}, 'weekly'), await acme.waitingRoom({}, 'weekly')];
  const words = ['--url', own.url, '--domain', 'acme', '--user-name', 'Ben'];
  expect((await vestibule('dev', 'knock', 'weekly', ...words)).exitCode).toBe(0);
  const query = 'query ($name: String!) { knockRequests(roomName: $name) { nodes { userName } } }';
  const waiting = await Promise.all(rooms.map(({ backend: { ask }, name }) => ask(query, { name })));
  expect(waiting.map(({ body }) => body.data)).toEqual([
    { knockRequests: { nodes: [] } },
    { knockRequests: { nodes: [{ userName: 'Ben' }] } },
  ]);
});

test('a refusal of the service is the command’s, with its code', async () => {
  const room = await backend.room({ privacy: 'PRIVATE' });
  for (const name of [room.name, 'nowhere']) {
    const { exitCode, stderr } = await vestibule('dev', 'knock', name, '--url', `${server.url}/graphql`, '--json');
    expect([exitCode, JSON.parse(stderr)]).toEqual([
      1,
      expect.objectContaining({ error: expect.objectContaining({ code: 'ENTRY_NOT_ALLOWED' }) }),
    ]);
  }
});

test('where no service is, that is said', async () => {
  const { exitCode, stderr } = await vestibule(
    'dev',
    'knock',
    'weekly',
    '--url',
    `http://127.0.0.1:${await findFreePort()}`,
    '--json',
  );
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('"UNREACHABLE"')]);
});

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function openEndpoint(status: number) {
  const heard = Promise.withResolvers<Heard>();
  const endpoint = createServer(async (request, response) => {
    heard.resolve({ headers: request.headers, body: Buffer.concat(await request.toArray()) });
    response.writeHead(status).end();
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  closeAfterwards(() => {
    endpoint.closeAllConnections();
    endpoint.close();
  });
  const address = endpoint.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`, heard: heard.promise };
}

test.each([
  ['--secret', ['--secret', secret], {}],
  ['WEBHOOK_SECRET', [], { WEBHOOK_SECRET: secret }],
  ['--secret, whatever WEBHOOK_SECRET is', ['--secret', secret], { WEBHOOK_SECRET: `whsec_${'A'.repeat(43)}=` }],
])('dev webhook sends what an endpoint takes for a real one, signed with %s', async (_by, words, environment) => {
  const { url, heard } = await openEndpoint(204);
  const { exitCode, stdout } = await vestibuleWith(environment)('dev', 'webhook', url, ...words);
  expect([exitCode, stdout]).toEqual([0, 'The endpoint answered 204.\n']);
  const { body, headers } = await heard;
  expect(verifyWebhook(body, headers, secret)).toMatchObject({
    type: 'KNOCK_REQUESTED',
    data: { knock: { userName: 'Nora' } },
  });
});

test('dev webhook without a secret prints the one that it made', async () => {
  const { url, heard } = await openEndpoint(200);
  const { stderr } = await vestibule('dev', 'webhook', url);
  const made = /whsec_\S+/.exec(stderr)?.[0] ?? '';
  const { body, headers } = await heard;
  expect(verifyWebhook(body, headers, made).type).toBe('KNOCK_REQUESTED');
});

test.each([
  ['an endpoint that leads elsewhere', async () => [(await openEndpoint(301)).url, '--secret', secret], 1, 'NOT_TAKEN'],
  ['an endpoint that refuses', async () => [(await openEndpoint(401)).url, '--secret', secret], 1, 'NOT_TAKEN'],
  ['nobody there', async () => [`http://127.0.0.1:${await findFreePort()}/`], 1, 'UNREACHABLE'],
  ['no address', async () => ['localhost'], 1, 'UNREACHABLE'],
  ['a secret of another form', async () => ['http://127.0.0.1:9/', '--secret', 'abc'], 2, 'BAD_SECRET'],
])('dev webhook says so of %s', async (_what, words, exitCode, code) => {
  const ran = await vestibule('dev', 'webhook', ...(await words()), '--json');
  expect([ran.exitCode, ran.stderr]).toEqual([exitCode, expect.stringContaining(`"${code}"`)]);
});

test.each([
  ['dev', 'knock', 'weekly'],
  ['dev', 'webhook', 'http://127.0.0.1:9/'],
])('in production %s %s is refused, whatever %s is', async (...words) => {
  const ran = await vestibuleWith({ NODE_ENV: 'production' })(...words, '--json');
  expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('"DEVELOPMENT_ONLY"')]);
});
