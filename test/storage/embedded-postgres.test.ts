import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.ts';
import { closeAfterwards } from '../support/closers.ts';

async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vestibule-data-'));
  closeAfterwards(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

let prepared: Promise<string> | undefined;

/** A folder that has seen its first start, for tests of what comes after. Preparing one takes longest, so they have copies of one. */
async function makeUsedDataDir(): Promise<string> {
  prepared ??= makeDataDir().then(async (dataDir) => {
    await (await start(dataDir)).stop();
    return dataDir;
  });
  const dataDir = await makeDataDir();
  // With owners and modes, which the server is strict about.
  await promisify(execFile)('cp', ['-a', `${await prepared}/.`, dataDir]);
  return dataDir;
}

async function start(dataDir: string) {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  closeAfterwards(server.stop);
  return server;
}

async function ask(url: string, query: string): Promise<readonly unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await sql.unsafe(query).values();
  } finally {
    await sql.end();
  }
}

/** Another process that starts the server and lives until it is killed. */
async function startElsewhere(dataDir: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../src/storage/embedded-postgres.ts'))};
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => undefined });
    process.stdout.write(server.url + '\\n');
    process.stdin.once('end', () => void server.stop()).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closeAfterwards(() => child.kill('SIGKILL'));
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, url: String(url) };
}

test('what was written before a stop is there after the next start, within three seconds', async () => {
  const dataDir = await makeUsedDataDir();
  const first = await start(dataDir);
  await ask(first.url, 'create table notes (text text)');
  await ask(first.url, `insert into notes values ('ä → 🚪')`);
  await first.stop();

  const begun = performance.now();
  const second = await start(dataDir);
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(await ask(second.url, 'select text from notes')).toEqual([['ä → 🚪']]);
  await second.stop();
  await expect(ask(second.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('text is UTF-8 and sorts alike on every machine', async () => {
  const { url } = await start(await makeUsedDataDir());
  expect(await ask(url, `select current_setting('server_encoding'), current_setting('TimeZone')`)).toEqual([
    ['UTF8', 'UTC'],
  ]);
  expect(
    await ask(url, `select string_agg(t, '' order by t), upper('é') from unnest(array['b','B','a','Ä']) t`),
  ).toEqual([['BabÄ', 'É']]);
});

test('only its own user may read the password and the data', async () => {
  const dataDir = await makeDataDir();
  const { url } = await start(dataDir);
  const modes = await Promise.all(['postgres-password', 'postgres'].map((name) => stat(join(dataDir, name))));
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['600', '700']);
  const stranger = new URL(url);
  stranger.password = 'guess';
  await expect(ask(stranger.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a folder that nobody else may enter will do', async () => {
  const dataDir = await makeDataDir();
  await chmod(dataDir, 0o700);
  const { url } = await start(join(dataDir, 'within'));
  expect(await ask(url, 'select 1')).toEqual([[1]]);
});

test('a server left running by a killed process is taken over, and stopped in the end', async () => {
  const dataDir = await makeUsedDataDir();
  const { child, url } = await startElsewhere(dataDir);
  await ask(url, 'create table kept (id int)');
  child.kill('SIGKILL');
  await once(child, 'close');

  const server = await start(dataDir);
  expect(await ask(server.url, 'select count(*)::int from kept')).toEqual([[0]]);
  await server.stop();
  await expect(stat(join(dataDir, 'postgres', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a killed server starts again with all that was committed', async () => {
  const dataDir = await makeUsedDataDir();
  const server = await start(dataDir);
  await ask(server.url, 'create table kept as select 7 as id');
  const lock = join(dataDir, 'postgres', 'postmaster.pid');
  process.kill(Number.parseInt(await readFile(lock, 'utf8'), 10), 'SIGKILL');
  await server.stop();

  expect(await ask((await start(dataDir)).url, 'select id from kept')).toEqual([[7]]);
});

test('a stale lock file whose number now belongs to another program does not keep it from starting', async () => {
  const dataDir = await makeUsedDataDir();
  // Port 1 is nobody's; the number is this test's own process.
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n`,
  );
  expect(await ask((await start(dataDir)).url, 'select 1')).toEqual([[1]]);
});

test('two processes share one server, and the last to stop puts it out', async () => {
  const dataDir = await makeUsedDataDir();
  const elsewhere = await startElsewhere(dataDir);
  const here = await start(dataDir);
  expect(here.url).toBe(elsewhere.url);

  elsewhere.child.stdin?.end();
  expect(await once(elsewhere.child, 'close')).toEqual([0, null]);
  expect(await ask(here.url, 'select 1')).toEqual([[1]]);
  await here.stop();
  await expect(ask(here.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('many first starts at once make one database', async () => {
  const dataDir = await makeDataDir();
  const servers = await Promise.all([1, 2, 3].map(() => start(dataDir)));
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
});

test('signals stay with the process that uses it', async () => {
  const count = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit'].map((name) => process.listenerCount(name));
  const before = count();
  await start(await makeUsedDataDir());
  expect(count()).toEqual(before);
});
