import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { change } from '../api/room-kit.ts';
import { runProgram, settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { serveEntry } from '../client/stories/story-page.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from '../web/browser.ts';
import { buildPage } from '../web/page-build.ts';
import { openSite } from '../web/site.ts';
import { blocksOf, readDocument } from './markdown.ts';

// What the documents show and no other test runs, word for word: only addresses, keys and names are others.

const root = join(import.meta.dirname, '../..');
const named = 'https://meet.example.com';

let database: TestDatabase;
let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  await buildPage();
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  backend = seed(server);
});

async function blocks(document: string, language: string): Promise<readonly string[]> {
  return blocksOf(await readDocument(document)).flatMap((block) => (block.language === language ? [block.text] : []));
}

async function makeFolder(within = tmpdir()): Promise<string> {
  await mkdir(within, { recursive: true });
  const folder = await mkdtemp(join(within, 'vestibule-shown-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const bash = (script: string, cwd: string) =>
  runProgram('bash', ['-c', script], {
    cwd,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  });

describe('docs/guide', () => {
  test('the first question with curl is answered', async () => {
    const [, curl = ''] = await blocks('docs/guide/first-question.md', 'sh');
    const script = curl.replace('http://localhost:4000', server.url).replace('vk_…', server.apiKey);
    const { stdout } = await bash(script, root);
    expect(JSON.parse(stdout)).toMatchObject({ data: { viewer: { scopes: ['ADMIN'] } } });
  });

  test('the commands of development knock, send, and look', async () => {
    const [, , lines = ''] = await blocks('docs/guide/first-question.md', 'sh');
    await change(backend, 'createRoom', { name: 'weekly', settings: { privacy: 'PRIVATE', enableKnocking: true } });
    const endpoint = createServer((_request, response) => void response.writeHead(204).end()).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    closeAfterwards(() => {
      endpoint.closeAllConnections();
      endpoint.close();
    });
    const address = endpoint.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const script = lines.replace('http://localhost:8080', `http://127.0.0.1:${port}`);
    const env = {
      ...settingsFor(database.url),
      PORT: new URL(server.url).port,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    };
    const { exitCode, stdout, stderr } = await runProgram('bash', ['-ec', script], { cwd: root, env });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/Nora knocks at weekly: knock_[\s\S]*answered 204[\s\S]*OK {7}port: the service answers/);
  });

  test('the commands that start it are those of the README', async () => {
    const [start = ''] = await blocks('docs/guide/first-question.md', 'sh');
    expect((await blocks('README.md', 'sh'))[0]).toContain(start.split('#')[0]?.trim());
  });

  /** A participant whose session was handed over behind the #, and what the service has heard of them since. */
  async function handOver() {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userName: 'Nora' });
    const joined = await change<{ sessionToken: string }>(
      callerOf(server),
      'joinRoom',
      { roomName: room.name, token: jwt },
      '... on Joined { sessionToken }',
    );
    const hash = new URLSearchParams({ session: joined.sessionToken, grant: 'g', media: '' });
    return { room, hash };
  }

  async function untilConnected({ name }: RoomSeed): Promise<void> {
    type Answer = { room: { participants: { nodes: readonly { connection: string }[] } } };
    const query = `{ room(name: "${name}") { participants { nodes { connection } } } }`;
    const read = async () => (await backend.ask<Answer>(query)).body.data?.room.participants.nodes;
    await vi.waitFor(async () => expect(await read()).toEqual([{ connection: 'CONNECTED' }]), { timeout: 20_000 });
  }

  test('a page without a package takes the session out of its address, and keeps its place', async () => {
    const [snippet = ''] = await blocks('docs/guide/own-meeting.md', 'html');
    const site = await openSite('localhost');
    const { room, hash } = await handOver();
    site.show(
      '/call',
      `<!doctype html><title>Call</title>${snippet.replace(named, server.url).replace('10000', '100')}`,
    );
    const page = await (await shareBrowser()).newPage();
    onTestFinished(() => page.close());
    await page.goto(`${site.origin}/call#${hash}`);
    await untilConnected(room);
    expect(page.url()).toBe(`${site.origin}/call`);
    await page.reload();
    const again = await page.waitForRequest((request) => request.method() === 'POST');
    expect((await again.allHeaders()).authorization).toBe(`Bearer ${hash.get('session')}`);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['session /call']);
  });

  test('a page with the package does the same', async () => {
    const [program = ''] = await blocks('docs/guide/own-meeting.md', 'ts');
    const { room, hash } = await handOver();
    const folder = await makeFolder(join(root, 'dist'));
    await writeFile(join(folder, 'page.ts'), program.replace(named, server.url));
    const address = new URL(`call/${room.name}`, await serveEntry(join(folder, 'page.ts'))).href;
    const page = await (await shareBrowser()).newPage();
    onTestFinished(() => page.close());
    await page.goto(`${address}#${hash}`);
    await vi.waitFor(() => expect(page.url()).toBe(address), { timeout: 20_000 });
    await untilConnected(room);
  });
});

test.each(['README.md', 'docs/guide/own-page.md'])('the element in %s shows the door', async (document) => {
  const [snippet = ''] = await blocks(document, 'html');
  const site = await openSite('localhost');
  await change(backend, 'updateDomain', { doorPage: { frameOrigins: [site.origin] } });
  const room = await backend.waitingRoom();
  const html = snippet.replace(named, server.url).replace(/room="\w+"/, `room="${room.name}"`);
  site.show('/page', `<!doctype html><title>Page</title>${html}`);
  const page = await (await shareBrowser()).newPage();
  onTestFinished(() => page.close());
  await page.goto(`${site.origin}/page`);
  await page.frameLocator('iframe').getByRole('heading').first().waitFor({ timeout: 30_000 });
});

test('docs/moving-from-daily.md: the script makes each room of a list', async () => {
  const [script = ''] = await blocks('docs/moving-from-daily.md', 'js');
  const config = { exp: 2_000_000_000, max_participants: 5, enable_knocking: true };
  const rooms = Array.from({ length: 101 }, (_, index) => ({
    ...{ id: `id-${index}`, name: `moved-${index}`, privacy: 'public', config: {} },
    ...(index === 0 ? { name: 'moved-weekly', privacy: 'private', config } : {}),
  }));
  const daily = createServer(({ url = '' }, response) => {
    const asked = new URL(url, 'http://daily').searchParams;
    const from = rooms.findIndex(({ id }) => id === asked.get('starting_after')) + 1;
    const data = rooms.slice(from, from + Number(asked.get('limit')));
    response.end(JSON.stringify({ total_count: rooms.length, data }));
  });
  const port = await findFreePort();
  daily.listen(port, '127.0.0.1');
  closeAfterwards(() => void daily.close());
  const folder = await makeFolder();
  await writeFile(join(folder, 'move.mjs'), script.replace('https://api.daily.co', `http://127.0.0.1:${port}`));
  const env = { PATH: process.env.PATH, DAILY_KEY: 'key', VESTIBULE_URL: server.url, VESTIBULE_KEY: server.apiKey };
  for (const wanted of [/moved-weekly .*"url"[\s\S]*moved-100 .*"url"[\s\S]*101 of 101/, /moved-weekly .*NAME_TAKEN/]) {
    const { stdout, stderr } = await runProgram(process.execPath, ['move.mjs'], { cwd: folder, env });
    expect(stdout, stderr).toMatch(wanted);
  }
  const { body } = await backend.ask('{ room(name: "moved-weekly") { privacy enableKnocking maxParticipants } }');
  expect(body.data).toEqual({ room: { privacy: 'PRIVATE', enableKnocking: true, maxParticipants: 5 } });
});

test('docs/daily-properties.md: a token that the backend signs with its key opens the room', async () => {
  const [lines = ''] = await blocks('docs/daily-properties.md', 'js');
  await backend.ask(
    'mutation { createRoom(input: { name: "standup", settings: { privacy: PRIVATE } }) { __typename } }',
  );
  const added = await backend.ask<{ it: { secret: string } }>(
    'mutation { it: addSelfSigningKey(input: { algorithm: HS256 }) { ... on AddedSelfSigningKey { secret } } }',
  );
  const domain = await backend.ask<{ domain: { id: string } }>('{ domain { id } }');
  /** What the library of that name does by default. */
  const jwt = {
    sign(claims: object, secret: string) {
      const parts = [
        { alg: 'HS256', typ: 'JWT' },
        { ...claims, iat: Math.floor(Date.now() / 1000) },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
      return `${parts.join('.')}.${createHmac('sha256', secret).update(parts.join('.')).digest('base64url')}`;
    },
  };
  const sign = new Function(
    'jwt',
    'domainId',
    'exp',
    'secretFromAddSelfSigningKey',
    `return (${lines.split('\n')[1]?.replace(/;$/, '')});`,
  );
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const token: unknown = sign(jwt, domain.body.data?.domain.id, exp, added.body.data?.it.secret);
  const joined = await change(
    callerOf(server),
    'joinRoom',
    { roomName: 'standup', token },
    '... on Joined { participant { userName } }',
  );
  expect(joined).toMatchObject({ participant: { userName: 'Ann' } });
});

test('docs/media-server.md: LiveKit is connected on the command line', async () => {
  const [block = ''] = await blocks('docs/media-server.md', 'sh');
  const folder = await makeFolder();
  await writeFile(join(folder, 'livekit'), 's'.repeat(32));
  const own = await createTestDatabase();
  await (await startServer({ databaseUrl: own.url })).stop();
  const vestibule = vestibuleWith({ ...settingsFor(own.url), MEDIA_ALLOW_PRIVATE: '127.0.0.1' });
  const host = `127.0.0.1:${await findFreePort()}`;
  const filled = block.replace('/run/secrets', folder).replace('wss://livekit.example.com', `ws://${host}`);
  const [set = '', check = ''] = filled.trim().split('\n');
  const run = (line: string) => vestibule(...line.split(' ').slice(1));
  const done = await run(set);
  expect(done, done.stderr).toMatchObject({ exitCode: 0 });
  // Nobody listens there, which is what it says.
  const { stdout, stderr } = await run(check);
  expect(`${stdout}${stderr}`).toMatch(/unreachable|not be reached|ECONNREFUSED/i);
});

test('docs/media-server.md: LiveKit is connected by the API', async () => {
  const [connect = ''] = await blocks('docs/media-server.md', 'graphql');
  const [shownInput = '{}'] = await blocks('docs/media-server.md', 'json');
  // Nobody listens there, which is what the answer says.
  const host = `127.0.0.1:${await findFreePort()}`;
  const filled = shownInput.replace('wss://livekit.example.com', `ws://${host}`).replace('…', 's'.repeat(32));
  const own = await createTestDatabase();
  const { body } = await seed(await startServer({ databaseUrl: own.url })).ask(connect, JSON.parse(filled));
  expect(body.data).toEqual({
    setMediaServer: { url: `ws://${host}`, state: 'UNREACHABLE', lastError: expect.any(String) },
  });
});

test('docs/media-server.md: the subscription tells who leaves', async () => {
  const [, query = ''] = await blocks('docs/media-server.md', 'graphql');
  const room = await backend.waitingRoom();
  const guest = await room.guest();
  const read = `{ room(name: "${room.name}") { cursor } }`;
  const after = (await backend.ask<{ room: { cursor: string } }>(read)).body.data?.room.cursor;
  const stream = await backend.ws().subscribe<{ roomEvents: object }>(query, { roomName: room.name, after });
  await guest.ask('mutation { leaveRoom { __typename } }');
  const left = await stream.find(({ data }) => 'leaveReason' in (data?.roomEvents ?? {}));
  expect(left.data?.roomEvents).toMatchObject({ leaveReason: 'LEFT', participant: { id: guest.id } });
});

describe.each(['client', 'backend'])(
  'packages/%s/README.md',
  (name) => {
    test('the two lines pack it and install it in a project of somebody’s', async () => {
      const document = `packages/${name}/README.md`;
      const [install = ''] = await blocks(document, 'sh');
      if (name === 'client') expect(await blocks('docs/guide/web-page.md', 'sh')).toEqual([install]);
      const home = await makeFolder();
      const checkout = join(home, 'vestibule');
      await mkdir(checkout);
      for (const part of ['packages', 'tsconfig.json', 'package.json'])
        await cp(join(root, part), join(checkout, part), { recursive: true });
      await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
      await mkdir(join(home, 'project'));
      await writeFile(join(home, 'project/package.json'), '{"name":"project","private":true}');
      const [pack = '', add = ''] = install.split('\n');
      const packed = await bash(pack, checkout);
      expect(packed.exitCode, packed.stderr).toBe(0);
      const added = await bash(
        add.replace('npm install', 'npm install --prefer-offline --no-audit --no-fund'),
        join(home, 'project'),
      );
      expect(added.exitCode, added.stderr).toBe(0);
      expect(await readdir(join(home, 'project/node_modules/@vestibule'))).toEqual([name]);
      const entry = `import('@vestibule/${name}').then((all) => console.log(typeof all.create${name === 'client' ? 'Client' : 'Backend'}))`;
      const { stdout, stderr } = await runProgram(process.execPath, ['-e', entry], {
        cwd: join(home, 'project'),
        env: { PATH: process.env.PATH },
      });
      expect(stdout, stderr).toBe('function\n');
    });
  },
  120_000,
);
