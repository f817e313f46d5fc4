import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded.ts';
import { DatabaseError } from '../../src/storage/postgres/error.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { withScramOnly } from '../../src/storage/postgres/scram-only.ts';
import { closeAfterwards } from '../support/closers.ts';
import { onThisMachine } from '../support/timing.ts';

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
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../src/storage/postgres/embedded.ts'))};
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
  expect(performance.now() - begun).toBeLessThan(onThisMachine(3000));
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

test.concurrent('a server left running by a killed process is taken over, and stopped in the end', async () => {
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

test.concurrent('a killed server starts again with all that was committed', async () => {
  const dataDir = await makeUsedDataDir();
  const server = await start(dataDir);
  await ask(server.url, 'create table kept as select 7 as id');
  const lock = join(dataDir, 'postgres', 'postmaster.pid');
  process.kill(Number.parseInt(await readFile(lock, 'utf8'), 10), 'SIGKILL');
  await server.stop();

  expect(await ask((await start(dataDir)).url, 'select id from kept')).toEqual([[7]]);
});

test.concurrent('a stale lock file whose number now belongs to another program does not keep it from starting', async () => {
  const dataDir = await makeUsedDataDir();
  // Port 1 is nobody's; the number is this test's own process.
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n`,
  );
  expect(await ask((await start(dataDir)).url, 'select 1')).toEqual([[1]]);
});

/** What a server may say to be told a password, or to be taken for one that has it. */
const request = (type: number, rest = '') => {
  const message = Buffer.alloc(9 + rest.length);
  message.write('R');
  message.writeUInt32BE(8 + rest.length, 1);
  message.writeUInt32BE(type, 5);
  message.write(rest, 9, 'latin1');
  return message;
};
const sasl = request(10, 'SCRAM-SHA-256\0\0');

/** Listens in the place of a server that has gone, says these one after the other, and keeps what it is sent. */
async function impersonate(answers: readonly Buffer[], pieces = 1) {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    const left = [...answers];
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (chunk) => {
      heard.push(chunk);
      const answer = left.shift();
      if (answer === undefined) return;
      const size = Math.ceil(answer.length / pieces);
      socket.setNoDelay(true);
      for (let start = 0; start < answer.length; start += size) socket.write(answer.subarray(start, start + size));
    });
  }).listen(0, '127.0.0.1');
  closeAfterwards(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { port: address.port, heard };
}

const challenge = (iterations: number) =>
  request(11, `r=${'x'.repeat(24)},s=${Buffer.from('salt').toString('base64')},i=${iterations}`);

// They wait for most of their time: for servers that start and stop, and for deadlines.
test.concurrent.each([
  ['asks for it in clear', [request(3)], 1],
  ['asks for it in clear, a few bytes at a time', [request(3)], 5],
  ['asks for an MD5 hash of it', [request(5, 'salt')], 1],
  ['says that all is well, and hears no statement', [request(0)], 1],
  ['names SCRAM, and then asks for it in clear', [sasl, request(3)], 1],
  ['names SCRAM, and then says that all is well', [sasl, request(0)], 1],
  ['wants a year of work', [sasl, challenge(2_000_000_000)], 1],
  ['has no proof', [sasl, challenge(4096), request(12, 'v=none')], 1],
  ['is a web server', [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 1],
] as const)(
  'whoever listens in the place of our server, and %s, is never told the password',
  async (_what, answers, pieces) => {
    const dataDir = await makeUsedDataDir();
    const password = await readFile(join(dataDir, 'postgres-password'), 'utf8');
    const { port, heard } = await impersonate(answers, pieces);
    const lock = [process.pid, `${dataDir}/postgres`, 1, port, '', '127.0.0.1', ''].join('\n');
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), lock);
    // The file is stale: our own comes up on a port of its own.
    const server = await start(dataDir);
    expect(await ask(server.url, 'select 1')).toEqual([[1]]);
    await server.stop();
    const sent = Buffer.concat(heard).toString('latin1');
    expect(sent).not.toBe('');
    expect(sent).not.toContain(password.trim());
    expect(sent).not.toMatch(/md5[0-9a-f]{32}|pg_advisory_lock/);
  },
);

test.concurrent('a silent listener there ends the start within a quarter of a minute, and the lock file stays', async () => {
  const dataDir = await makeUsedDataDir();
  const { port } = await impersonate([]);
  const path = join(dataDir, 'postgres', 'postmaster.pid');
  const lock = [process.pid, `${dataDir}/postgres`, 1, port, '', '127.0.0.1', ''].join('\n');
  await writeFile(path, lock);
  const begun = performance.now();
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'SILENT', command: `ps -fp ${process.pid}` });
  expect(performance.now() - begun).toBeLessThan(onThisMachine(15_000));
  // It may be a server that hangs: a second one would destroy its data.
  expect(await readFile(path, 'utf8')).toBe(lock);
});

test('nor does a program that takes the port while the service runs', async () => {
  const { port, heard } = await impersonate([request(3), request(0)]);
  const url = withScramOnly(`postgres://postgres:the-password@127.0.0.1:${port}/vestibule`);
  const database = openDatabase({ url, poolSize: 1 });
  closeAfterwards(database.close);
  await expect(database.query('select 1', [])).rejects.toBeInstanceOf(DatabaseError);
  await expect(migrate(url)).rejects.toMatchObject({ code: 'NOT_OUR_SERVER' });
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('the-password');
});

test('a pool that may only use SCRAM finds its server again after a restart', async () => {
  const dataDir = await makeUsedDataDir();
  const server = await start(dataDir);
  const database = openDatabase({ url: withScramOnly(server.url), poolSize: 2 });
  closeAfterwards(database.close);
  expect(await database.query('select 1 as one', [])).toEqual([{ one: 1 }]);
  const lost = database.query('select pg_terminate_backend(pg_backend_pid())', []);
  await expect(lost).rejects.toBeInstanceOf(DatabaseError);
  expect(await database.query('select 2 as two', [])).toEqual([{ two: 2 }]);
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
