import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findCollector, startCollector } from '../metrics/collector.ts';
import { startSpanReceiver } from '../metrics/span-receiver.ts';
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
const collector = await findCollector();
const newestSdk = '0.301.0';
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
}, 600_000);

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

type Settings = Readonly<Record<string, string>>;

/** Runs the installed package on an empty database, makes a room there, and ends it with SIGTERM. */
async function serve(
  place: string,
  [program = '', ...words]: readonly string[],
  settings: Settings = {},
): Promise<void> {
  const database = await createTestDatabase('template1');
  const port = await findFreePort();
  const key = `vk_packagetest_${'Ab1-'.repeat(11)}`;
  const own = { PORT: String(port), BOOTSTRAP_API_KEY: key, LOG_LEVEL: 'warn' };
  const child = spawn(program, words, {
    cwd: place,
    env: { ...env, ...settingsFor(database.url), ...own, ...settings },
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
}

test('the package serves: an empty database is migrated, a room is made, and SIGTERM ends it with 0', async () => {
  await serve(folder, ['node_modules/.bin/vestibule', 'serve']);
});

describe('an SDK of OpenTelemetry that is installed beside it, as the docs say', () => {
  const program = 'node_modules/@vestibule/server/dist/src/cli/main.js';
  const serveTraced = (place: string, url: string, settings: Settings) =>
    serve(place, [process.execPath, '--import', './tracing.mjs', program, 'serve'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ...settings,
    });

  const installed = new Map<string, Promise<{ readonly place: string; readonly ran: Ran }>>();

  /** A copy of what is installed, with this SDK beside it; one for each version, since two tests take the same. */
  async function install(version: string): Promise<{ readonly place: string; readonly ran: Ran }> {
    const place = await mkdtemp(join(bench, `sdk-${version}-`));
    await cp(folder, place, { recursive: true, verbatimSymlinks: true });
    await cp(join(root, 'examples/operating/tracing.mjs'), join(place, 'tracing.mjs'));
    const words = ['install', '--prefer-offline', '--no-audit', '--no-fund', `@opentelemetry/sdk-node@${version}`];
    return { place, ran: await npm(place, ...words) };
  }

  /**
   * A folder with the package and this SDK. Without the registry nothing is known of an SDK: where it cannot be reached,
   * this is not tested.
   */
  async function installSdk(version: string, skip: (why: string) => never): Promise<string> {
    const making = installed.get(version) ?? install(version);
    installed.set(version, making);
    const { place, ran } = await making;
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(ran.stderr)) skip('npm has no registry here');
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    return place;
  }

  // One stands for those that ask for the API package below 1.10, and one for those that ask for it from there on.
  test.for(['0.220.0', newestSdk])(
    '%s gets the spans of operations and their statements',
    { timeout: 300_000 },
    async (version, { skip }) => {
      const place = await installSdk(version, skip);
      const { url, spans } = await startSpanReceiver();
      await serveTraced(place, url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
      const operation = spans.find(({ name }) => name === 'mutation createRoom');
      const parts = spans.filter(({ parentSpanId }) => parentSpanId === operation?.spanId).map(({ name }) => name);
      expect(parts).toContainEqual(expect.stringMatching(/^postgresql \w+$/));
    },
  );

  test.skipIf(collector === null)('a real collector takes them', { timeout: 300_000 }, async ({ skip }) => {
    const place = await installSdk(newestSdk, skip);
    const { url, said } = await startCollector(collector ?? '');
    await serveTraced(place, url, {});
    expect(said()).toMatch(/Name\s+: mutation createRoom/);
    expect(said()).toMatch(/service\.name: Str\(vestibule\)/);
  });
});

async function awaitGreeting(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const text of child.stdout ?? []) {
    said += text;
    if (said.includes('Vestibule is at')) return;
  }
  throw new Error(`the service ended: ${said}`);
}
