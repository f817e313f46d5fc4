import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { createClient as createSocketClient } from 'graphql-ws';
import { beforeAll, expect, test } from 'vitest';
import { createBackend } from '../../packages/backend/src/index.ts';
import { createClient } from '../../packages/client/src/index.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { runProgram } from './command-line.ts';

// The ten usual mistakes of a first hour. Each is made, and what is answered leads on.

const root = join(import.meta.dirname, '../..');

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, text: await response.text() };
};

const domain = { query: '{ domain { name } }' };

test('a wrong port: the address is named at which nothing answered', async () => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const page = createClient({ url, attempts: 1 });
  await expect(page.access({ roomName: 'weekly' })).rejects.toMatchObject({
    code: 'NETWORK',
    message: expect.stringContaining(url),
  });
  const asked = createBackend({ url, apiKey: server.apiKey }).explainEntry({ roomName: 'weekly' });
  await expect(asked).rejects.toMatchObject({
    code: 'NETWORK',
    message: expect.stringContaining('is the service running there?'),
  });
});

test('a key in the URL: its place is named, and that logs have it now', async () => {
  const { text } = await post(`/graphql?api_key=${server.apiKey}`, domain);
  expect(text).toMatch(/UNAUTHENTICATED/);
  expect(text).toMatch(/in the URL, which logs contain.*Authorization: Bearer/);
});

test('http for ws opens a socket all the same; ws for http is refused by its form', async () => {
  const socket = createSocketClient({
    url: `${server.url}/graphql`,
    connectionParams: { authorization: `Bearer ${server.apiKey}` },
  });
  closeAfterwards(() => socket.dispose());
  const { value } = await socket.iterate(domain).next();
  expect(value).toEqual({ data: { domain: { name: 'default' } } });
  const url = server.url.replace('http', 'ws');
  const client = createClient({ url });
  await expect(client.access({ roomName: 'weekly' })).rejects.toMatchObject({
    code: 'INVALID_URL',
    message: expect.stringContaining('with http:// or https://'),
  });
  expect(() => createBackend({ url, apiKey: server.apiKey })).toThrow(/http/);
});

test('a proxy without upgrade: the headers are named that it has to pass on', async () => {
  const proxy = createServer({ shouldUpgradeCallback: () => false }, (incoming, outgoing) => {
    const { upgrade: _upgrade, connection: _connection, ...headers } = incoming.headers;
    const passed = request(`${server.url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closeAfterwards(() => void proxy.close());
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  };
  const asked = request({ port, host: '127.0.0.1', path: '/graphql', headers });
  asked.end();
  const [answer] = await once(asked, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  expect([answer.statusCode, text]).toEqual([
    426,
    expect.stringMatching(/a proxy took it away.*Upgrade and Connection/),
  ]);
});

test('a meeting token as bearer: the argument is named where it belongs', async () => {
  const room = await backend.waitingRoom();
  const { jwt } = await room.token({ isOwner: true });
  const query =
    'mutation ($name: String!) { joinRoom(input: { roomName: $name }) { ... on Refusal { code message } } }';
  const { body } = await callerOf(server, jwt).ask<{ joinRoom: object }>(query, { name: room.name });
  expect(body.data?.joinRoom).toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(/input\.token: .*send the meeting token here/),
  });
});

test('a room that is not there: a guest is asked for a token, and the backend is told by explainEntry', async () => {
  const query = 'mutation { joinRoom(input: { roomName: "nowhere" }) { ... on Refusal { code message } } }';
  const { body } = await callerOf(server).ask<{ joinRoom: object }>(query);
  expect(body.data?.joinRoom).toMatchObject({
    code: 'ENTRY_NOT_ALLOWED',
    message: expect.stringContaining('does not exist, or you need a meeting token'),
  });
  const explained = await backend.ask<{ explainEntry: object }>(
    '{ explainEntry(roomName: "nowhere") { steps { rule passed detail } } }',
  );
  expect(JSON.stringify(explained.body.data)).toContain('"passed":false');
});

test("a request in Daily's shape: the operation is named that does the same", async () => {
  const { status, text } = await post('/v1/rooms', { name: 'weekly', properties: { enable_knocking: true } });
  expect([status, text]).toEqual([404, expect.stringContaining('`createRoom`')]);
});

const command = (preload: string) => {
  const words = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, 'src/cli/main.ts', '--version'];
  return runProgram(process.execPath, words, { cwd: root, env: process.env });
};

test('an old Node: one sentence, and nothing else is loaded', async () => {
  const ran = await command("Object.defineProperty(process.versions, 'node', { value: '18.20.8' })");
  expect(ran).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Vestibule needs Node.js 22.18 or later, and this is 18.20.8.\n',
  });
});

test('no await: it is a Promise that came in place of a value', async () => {
  const asked = createBackend({ url: server.url, apiKey: server.apiKey });
  const roomName = Promise.resolve('weekly') as unknown as string;
  expect(await asked.createMeetingToken({ roomName }).catch((error: unknown) => error)).toMatchObject({
    code: 'INVALID_INPUT',
  });
  const { text } = await post('/graphql', {
    query: 'query ($name: String!) { access(roomName: $name) { level } }',
    variables: { name: roomName },
  });
  expect(text).toContain('`await`');
});

test('two copies of graphql: it is said which command shows who asks for them', async () => {
  const other = new URL('../../node_modules/graphql/index.mjs', import.meta.url).href;
  const ran = await command(`import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => name === 'graphql' && context.parentURL?.includes('@pothos')
      ? { url: ${JSON.stringify(other)}, shortCircuit: true } : next(name, context) });`);
  expect(ran).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Two copies of the package graphql .*npm ls graphql.*\n$/),
  });
});
