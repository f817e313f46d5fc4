import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { graphqlClient } from '../support/graphql-client.ts';
import { findFreePort } from '../support/server.ts';
import { type Ran, runProgram, settingsFor } from './command-line.ts';

const root = join(import.meta.dirname, '../..');
const sources = ['src', 'schema', 'drizzle', 'web', 'packages', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const alsoNeeded = ['vite.config.ts', '.env.example', 'LICENSE', 'CHANGELOG.md'];

/** The Node of this run goes first, as it does for npm's own scripts. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
let folder: string;
let house: string;
let bench: string;

const npm = (cwd: string, ...words: readonly string[]): Promise<Ran> => runProgram('npm', words, { cwd, env });
const npx = (...words: readonly string[]): Promise<Ran> =>
  npm(folder, 'exec', '--offline', '--', 'vestibule', ...words);

/** Packs the sources with the project's own `prepack`, and installs the package where there is nothing else. */
beforeAll(async () => {
  bench = await mkdtemp(join(tmpdir(), 'vestibule-package-'));
  closeAfterwards(() => rm(bench, { recursive: true, force: true }));
  house = join(bench, 'house');
  await mkdir(house);
  for (const name of [...sources, ...alsoNeeded]) await cp(join(root, name), join(house, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  const packed = await npm(house, 'pack', '--pack-destination', bench);
  expect(packed, packed.stderr).toMatchObject({ exitCode: 0 });
  folder = join(bench, 'empty');
  await mkdir(folder);
  await npm(folder, 'init', '--yes');
  const file = join(bench, packed.stdout.trim().split('\n').at(-1) ?? '');
  const installed = await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', file);
  expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
}, 180_000);

test('npx vestibule --help teaches', async () => {
  const { exitCode, stdout } = await npx('--help');
  expect([exitCode, stdout.includes('vestibule serve')]).toEqual([0, true]);
});

test('the package prints the schema that is committed', async () => {
  const { stdout } = await npx('schema', 'print');
  expect(stdout).toBe(await readFile(join(root, 'schema/schema.graphql'), 'utf8'));
});

test('the package holds no sources and no tests', async () => {
  const inPackage = (path: string) =>
    stat(join(folder, 'node_modules/@vestibule/server', path)).then(
      () => true,
      () => false,
    );
  expect(await inPackage('dist/src/cli/main.js')).toBe(true);
  for (const path of ['src', 'test', 'node_modules', 'docs']) expect(await inPackage(path), path).toBe(false);
});

test('the client package is one of its own, and asks with nothing else installed', async () => {
  const packed = await npm(join(house, 'packages/client'), 'pack', '--pack-destination', bench);
  const file = join(bench, packed.stdout.trim().split('\n').at(-1) ?? '');
  const page = join(bench, 'page');
  await mkdir(page);
  await npm(page, 'init', '--yes');
  const installed = await npm(page, 'install', '--prefer-offline', '--no-audit', '--no-fund', file);
  expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
  const script = `
    import { createClient } from '@vestibule/client';
    const asked = [];
    const fetch = async (url) => { asked.push(url); return Response.json({ data: { access: { level: 'FULL' } } }); };
    const { level } = await createClient({ url: 'https://meet.example.com/', fetch }).access({ roomName: 'weekly' });
    console.log(level, ...asked);`;
  const ran = await runProgram(process.execPath, ['--input-type=module', '--eval', script], { cwd: page, env });
  // The figures keep a room at one process, and tell nobody its name.
  expect(ran.stdout).toMatch(/^FULL https:\/\/meet\.example\.com\/graphql\?a=[0-9a-f]{16}\n$/);
});

test('the package serves: an empty database is migrated, a room is made, and SIGTERM ends it with 0', async () => {
  const database = await createTestDatabase('template1');
  const port = await findFreePort();
  const key = `vk_packagetest_${'Ab1-'.repeat(11)}`;
  const child = spawn(join(folder, 'node_modules/.bin/vestibule'), ['serve'], {
    cwd: folder,
    env: { ...env, ...settingsFor(database.url), PORT: String(port), BOOTSTRAP_API_KEY: key, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closeAfterwards(() => child.kill('SIGKILL'));
  await awaitGreeting(child);
  const { body } = await graphqlClient(
    `http://127.0.0.1:${port}`,
    key,
  )('mutation { createRoom(input: { name: "weekly" }) { __typename ... on Room { name } ... on Refusal { code } } }');
  expect(body.data).toEqual({ createRoom: { __typename: 'Room', name: 'weekly' } });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

async function awaitGreeting(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const text of child.stdout ?? []) {
    said += text;
    if (said.includes('Vestibule is at')) return;
  }
  throw new Error(`the service ended: ${said}`);
}
