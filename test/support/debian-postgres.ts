import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { oldestPostgres } from '../../src/storage/postgres/way.ts';
import { closeAfterwards } from './closers.ts';
import { findFreePort } from './server.ts';
import { until } from './until.ts';

const run = promisify(execFile);

const installed = '/usr/lib/postgresql';

/** The folder with the programs of the oldest PostgreSQL that Debian has brought and that is supported; null: this machine has none. */
export async function findDebianPostgres(): Promise<string | null> {
  const versions = (await readdir(installed).catch(() => []))
    .map(Number)
    .filter((version) => version >= oldestPostgres);
  return versions.length === 0 ? null : join(installed, String(Math.min(...versions)), 'bin');
}

export type DebianPostgres = {
  readonly port: number;
  readonly url: string;
  readonly ask: <Row extends object>(statement: string) => Promise<readonly Row[]>;
  /** As a machine ends that loses its power. */
  readonly kill: () => Promise<void>;
  /** Makes a standby the primary. */
  readonly promote: () => Promise<void>;
  /** One more server that follows this one, as `pg_basebackup` makes it. */
  readonly follow: (name: string) => Promise<DebianPostgres>;
};

/** PostgreSQL refuses to run as root. */
async function runAs(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const ask = async (option: string) => Number((await run('id', [option, 'nobody'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-debian-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const { uid, gid } = await runAs();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

/** Starts a server of its own, with these settings. */
export async function startDebianPostgres(
  programs: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<DebianPostgres> {
  const data = join(await newFolder(), 'data');
  const words = ['-D', data, '-U', 'vestibule', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
  await run(join(programs, 'initdb'), words, { ...(await runAs()), cwd: '/' });
  return startOn(programs, data, settings);
}

async function startOn(
  programs: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): Promise<DebianPostgres> {
  const port = await findFreePort();
  const own = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...settings,
  };
  const lines = Object.entries(own).map(([name, value]) => `${name} = '${value}'`);
  await appendFile(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
  const child = spawn(join(programs, 'postgres'), ['-D', data], { ...(await runAs()), cwd: '/', stdio: 'ignore' });
  closeAfterwards(() => end(child, 'SIGINT'));
  const url = `postgres://vestibule@127.0.0.1:${port}/postgres`;
  const ask = <Row extends object>(statement: string) => askOnce<Row>(url, statement);
  await until(
    () => ask('select 1').catch(() => []),
    (rows) => rows.length === 1,
    30_000,
  );
  return {
    port,
    url,
    ask,
    kill: () => end(child, 'SIGKILL'),
    promote: async () => void (await ask('select pg_promote()')),
    follow: async (name) => {
      const copy = join(await newFolder(), 'data');
      const from = `host=127.0.0.1 port=${port} user=vestibule application_name=${name}`;
      await run(join(programs, 'pg_basebackup'), ['-D', copy, '-R', '-d', from, '--checkpoint=fast'], {
        ...(await runAs()),
        cwd: '/',
      });
      return startOn(programs, copy, settings);
    },
  };
}

async function askOnce<Row extends object>(url: string, statement: string): Promise<readonly Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await sql.unsafe<Row[]>(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
