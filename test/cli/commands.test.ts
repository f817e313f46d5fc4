import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { settingsFor, type Vestibule, vestibuleWith } from './command-line.ts';

let vestibule: Vestibule;
let server: TestServer;
let backend: Seed;
let databaseUrl: string;

beforeAll(async () => {
  databaseUrl = (await createTestDatabase()).url;
  server = await startServer({ databaseUrl });
  backend = seed(server);
  vestibule = vestibuleWith({ ...settingsFor(databaseUrl), PUBLIC_URL: server.url });
});

const keyMade = z.object({ id: z.string(), secret: z.string(), scopes: z.array(z.string()) });

async function codeOf(bearer: string): Promise<string> {
  const { body } = await callerOf(server, bearer).ask<{ viewer: unknown }>('{ viewer { __typename } }');
  return body.errors?.[0]?.extensions?.code ?? 'OK';
}

describe('keys', () => {
  test('a key that was made opens what its scopes say, and nothing once it was revoked', async () => {
    const made = await vestibule('key', 'create', '--scope', 'rooms', '--name', 'booking', '--exp', '1h', '--json');
    const key = keyMade.parse(JSON.parse(made.stdout));
    expect(key.scopes).toEqual(['ROOMS']);
    const asked = await callerOf(server, key.secret).ask(
      '{ rooms { totalCount } knockRequests { totalCount } viewer { ... on ApiKey { name } } }',
    );
    expect(asked.body.data).toMatchObject({ viewer: { name: 'booking' }, rooms: {}, knockRequests: null });
    expect((await vestibule('key', 'revoke', key.id)).exitCode).toBe(0);
    await expect.poll(() => codeOf(key.secret)).toBe('UNAUTHENTICATED');
  });

  test('a key can be named by itself, and is the only line on stdout', async () => {
    const { stdout } = await vestibule('key', 'create');
    expect(stdout).toMatch(/^vk_[0-9a-f]{16}_[\w-]{43}\n$/);
    const revoked = await vestibule('key', 'revoke', stdout.trim());
    expect(revoked.exitCode).toBe(0);
    const listed = await vestibule('key', 'list');
    expect(listed.stdout).toContain(`${stdout.split('_').slice(0, 2).join('_')}  ADMIN  revoked`);
    expect(listed.stdout).not.toContain(stdout.trim());
  });

  test('a signing key is followed, published, and waits its minute', async () => {
    const room = await backend.room();
    const kid = headerOf((await room.token()).jwt).kid;
    const rotated = await vestibule('key', 'rotate', '--json');
    const next = z.object({ kid: z.string(), activeFrom: z.string() }).parse(JSON.parse(rotated.stdout));
    expect(next.kid).not.toBe(kid);
    expect(Date.parse(next.activeFrom)).toBeGreaterThan(Date.now() + 50_000);
    const published = await (await fetch(`${server.url}/.well-known/jwks.json`)).text();
    expect(published).toContain(next.kid);
    const again = await vestibule('key', 'rotate', '--json');
    expect([again.exitCode, errorOf(again.stderr).code]).toEqual([1, 'CONFLICT']);
  });
});

test('what a command decides is decided at the clock of the database', async () => {
  const database = await createTestDatabase();
  const own = await startServer({ databaseUrl: database.url });
  await moveClock(database, { seconds: 7_200, areAlive: true });
  const run = vestibuleWith({ ...settingsFor(database.url), PUBLIC_URL: own.url });
  const { stdout } = await run('key', 'rotate', '--json');
  const { activeFrom } = z.object({ activeFrom: z.coerce.date() }).parse(JSON.parse(stdout));
  expect(activeFrom.getTime()).toBeGreaterThan(Date.now() + 7_200_000);
});

test('a new domain shares nothing with the others, and its name is then taken', async () => {
  expect((await vestibule('domain', 'create', 'acme')).exitCode).toBe(0);
  const { stdout } = await vestibule('key', 'create', '--domain', 'acme');
  const acme = callerOf(server, stdout.trim());
  await backend.room({});
  const { body } = await acme.ask('{ domain { name } rooms { totalCount } }');
  expect(body.data).toEqual({ domain: { name: 'acme' }, rooms: { totalCount: 0 } });
  const again = await vestibule('domain', 'create', 'acme', '--json');
  expect([again.exitCode, errorOf(again.stderr).code]).toEqual([1, 'NAME_TAKEN']);
});

test('a token that was signed lets its holder in as an owner', async () => {
  const room = await backend.waitingRoom();
  const { stdout } = await vestibule(
    'token',
    'sign',
    '--room',
    room.name,
    '--owner',
    '--user-name',
    'Olga',
    '--exp',
    '2h',
  );
  const owner = await room.join({ token: stdout.trim() });
  const { body } = await owner.ask('{ viewer { ... on Participant { userName isOwner } } }');
  expect(body.data).toEqual({ viewer: { userName: 'Olga', isOwner: true } });
  const missing = await vestibule('token', 'sign', '--room', 'nowhere', '--json');
  expect([missing.exitCode, errorOf(missing.stderr).code]).toEqual([1, 'NOT_FOUND']);
});

describe('what there is', () => {
  test('domains are listed by name, and none is left out', async () => {
    await vestibule('domain', 'create', 'a-first');
    const names = z
      .array(z.object({ name: z.string() }))
      .parse(JSON.parse((await vestibule('domain', 'list', '--json')).stdout));
    const shown = names.map(({ name }) => name);
    expect(shown).toEqual(expect.arrayContaining(['a-first', 'default']));
    expect(shown).toEqual(shown.toSorted());
    expect((await vestibule('domain', 'list')).stdout).toContain('  a-first  created ');
  });

  test('a room is shown with who is inside and how many wait, and nobody by name', async () => {
    const room = await backend.waitingRoom();
    await room.owner();
    const knocker = await room.knocker();
    const shown = await vestibule('room', 'show', room.name, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: room.id,
      privacy: 'PRIVATE',
      participantCount: 1,
      ownerPresent: true,
      waiting: 1,
    });
    const listed = JSON.parse((await vestibule('knock', 'list', '--room', room.name, '--json')).stdout);
    const query = 'query ($name: String!) { knockRequests(roomName: $name) { nodes { requestedAt exp } } }';
    const { body } = await backend.ask<{ knockRequests: { nodes: readonly { requestedAt: string; exp: string }[] } }>(
      query,
      { name: room.name },
    );
    const [times] = body.data?.knockRequests.nodes ?? [];
    expect(listed).toEqual([{ id: knocker.knockId, roomName: room.name, ...times }]);
    const text = `${(await vestibule('room', 'show', room.name)).stdout}${(await vestibule('knock', 'list')).stdout}`;
    expect(text).toContain(`${knocker.knockId}  ${room.name}  since ${times?.requestedAt}  until ${times?.exp}`);
    expect(text).not.toMatch(/Nora|Olga/);
  });

  test('whoever waits is listed, however many they are, and nobody who does not wait any more', async () => {
    const own = await createTestDatabase();
    const busy = seed(await startServer({ databaseUrl: own.url, rateLimits: false }));
    const room = await busy.waitingRoom();
    const [denied, ...waiting] = await Promise.all(Array.from({ length: 61 }, () => room.knocker()));
    const deny = 'mutation ($id: ID!) { denyKnock(input: { knockId: $id }) { __typename } }';
    const { body } = await busy.ask(deny, { id: denied?.knockId });
    expect(body.data).toEqual({ denyKnock: { __typename: 'KnockRequest' } });
    const { stdout } = await vestibuleWith(settingsFor(own.url))('knock', 'list', '--json');
    const listed = z.array(z.object({ id: z.string() })).parse(JSON.parse(stdout));
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(waiting.map(({ knockId }) => knockId)));
  });

  test.each([
    [['room', 'show', 'nowhere']],
    [['knock', 'list', '--room', 'nowhere']],
    [['knock', 'list', '--domain', 'nowhere']],
  ])('%j names what is not there', async (words) => {
    const { exitCode, stderr } = await vestibule(...words, '--json');
    expect([exitCode, errorOf(stderr).code]).toEqual([1, 'NOT_FOUND']);
  });
});

test('an empty database is brought up to date, and every command before says so', async () => {
  const empty = await createTestDatabase('template1');
  const onEmpty = vestibuleWith(settingsFor(empty.url));
  const early = await onEmpty('key', 'create', '--json');
  expect([early.exitCode, errorOf(early.stderr)]).toEqual([1, expect.objectContaining({ code: 'MIGRATIONS_MISSING' })]);
  const { pending } = z
    .object({ pending: z.number() })
    .parse(JSON.parse((await onEmpty('migrate', '--dry-run', '--json')).stdout));
  expect(pending).toBeGreaterThan(0);
  const told = await onEmpty('migrate');
  expect(told.stderr).toContain(`Missing migrations: ${pending}`);
  expect(JSON.parse((await onEmpty('migrate', '--json')).stdout)).toEqual({ migrated: 0 });
  expect(errorOf((await onEmpty('key', 'create', '--json')).stderr).code).toBe('NOT_FOUND');
});

test('settings may come from a file; the environment wins, and no value is repeated', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-cli-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'vestibule.env');
  await writeFile(file, `DATABASE_URL=${databaseUrl}\nMASTER_KEY=hunter2hunter2\n`);
  const bare = vestibuleWith({ PATH: process.env.PATH });
  const refused = await bare('migrate', '--settings', file);
  expect([refused.exitCode, refused.stderr.includes('MASTER_KEY'), refused.stderr.includes('hunter2')]).toEqual([
    1,
    true,
    false,
  ]);
  const { MASTER_KEY } = settingsFor(databaseUrl);
  const fine = await vestibuleWith({ PATH: process.env.PATH, MASTER_KEY })('migrate', '--settings', file);
  expect(fine.exitCode).toBe(0);
  expect(errorOf((await bare('migrate', '--settings', 'nowhere.env', '--json')).stderr).code).toBe('USAGE');
});

describe('a wrong command line says what to do', () => {
  test.each([
    [['frobnicate'], 'vestibule --help'],
    [['key', 'create', '--scopee', 'ROOMS'], 'vestibule key create --help'],
    [['key', 'create', '--scope', 'KITCHEN'], 'ADMIN, ROOMS, TOKENS, ADMISSION, WEBHOOKS, READ'],
    [['domain', 'create'], 'vestibule domain create --help'],
    [['domain', 'create', 'a b'], 'for example acme'],
    [['domain', 'create', 'a', 'b'], 'vestibule domain create --help'],
    [['token', 'sign', '--any-room', '--exp', 'tomorrow'], '--exp 12h'],
  ])('%j', async (words, hint) => {
    const { exitCode, stderr } = await vestibule(...words, '--json');
    const { code, hint: said } = errorOf(stderr);
    expect([exitCode, code]).toEqual([2, 'USAGE']);
    expect(said).toContain(hint);
  });

  test('a database that does not answer is told without its address', async () => {
    const env = { ...settingsFor('postgres://someone:hunter2@127.0.0.1:1/none') };
    const { exitCode, stderr } = await vestibuleWith(env)('key', 'list', '--json');
    expect([exitCode, errorOf(stderr).code, stderr.includes('hunter2')]).toEqual([1, 'DATABASE', false]);
  });
});

test('every command explains itself: what it does, each option, an example', async () => {
  const { stdout } = await vestibule('--help');
  for (const { name, options, examples } of commands) {
    expect(stdout).toContain(`  ${name} `);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const { about } of options) expect(about, name).toMatch(/\.$/);
  }
  const help = await vestibule('token', 'sign', '--help');
  expect(help.stdout).toContain('--max-uses COUNT');
  expect(await vestibule('-h')).toEqual({ exitCode: 0, stdout, stderr: '' });
  expect(await vestibule('token', 'sign', '-h')).toEqual(help);
});

function errorOf(stderr: string) {
  const shape = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });
  return shape.parse(JSON.parse(stderr)).error;
}

function headerOf(jwt: string) {
  const [header = ''] = jwt.split('.');
  return z.object({ kid: z.string() }).parse(JSON.parse(Buffer.from(header, 'base64url').toString()));
}
