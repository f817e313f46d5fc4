import { readFile, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { findFreePort } from '../../free-port.ts';
import { keepSecret } from '../kept-secret.ts';
import { checkDatabaseFolder, preparePrivateFolder } from '../private-data.ts';
import { StartRefusal } from '../start-refusal.ts';
import { driverTarget } from './driver-target.ts';
import { hasErrorCode } from './error.ts';
import { clearDrafts, initialise, type PostgresCluster } from './new-cluster.ts';
import {
  awaitEnd,
  chooseRunAs,
  findPostgresPrograms,
  letGo,
  type Program,
  refuseWithoutLibraries,
  startProgram,
} from './programs.ts';
import { withScramOnly } from './scram-only.ts';
import { watchOver } from './watch-over.ts';

/** A running PostgreSQL that this process uses. */
export type EmbeddedPostgres = {
  readonly url: string;
  /** Stops the server and waits until it has ended; leaves it running where another process uses it. May be called twice. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** The server's files go to `postgres` in this folder, its password beside them. */
  readonly dataDir: string;
  /** Is called with each line that the server writes. */
  readonly log: (line: string) => void;
  /** Is told what was changed on the machine, in a sentence. */
  readonly onChange?: (sentence: string) => void;
  /** Is called, once, where the server ends before `stop`. Nobody starts another. */
  readonly onLost?: (error: StartRefusal) => void;
  /** Settings of the server in place of its defaults, for example `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** The server that runs on the data, and a connection by which others see that it is in use. */
type Server = Running & { readonly lease: postgres.Sql; readonly child: Program | null };

type Running = { readonly pid: number; readonly port: number };

const databaseName = 'vestibule';
// Held shared by every process that uses the server, and exclusively by the one that stops it.
const usersLock = 7_283_019;
const startTimeoutMs = 60_000;
const signalTimeoutMs = 4000;
/** When a connection to whoever is silent is given up, and when the start is. Seconds. */
const silenceSeconds = 5;
const maxSilences = 2;

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 and any free port, or joins the one that another process started on the same folder.
 * What a killed process left behind, be it a lock file or a running server, is taken over.
 * @throws {StartRefusal} where others may read or replace what lies in the folder, or whoever listens in its place says nothing
 * @throws {Error} with the server's last words where it does not come up within a minute.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installation = await install(options);
  const server = await joinOrStart(installation, options);
  await createDatabase(server.lease);
  let stopped: Promise<void> | null = null;
  const { folder } = installation;
  const isThere = async () => (await findRunning(folder))?.pid === server.pid;
  const endWatch = watchOver(isThere, () => options.onLost?.(lost(folder, server.pid)));
  return {
    url: urlOf(installation, server.port, databaseName),
    stop() {
      endWatch();
      if (server.child !== null) letGo(server.child);
      stopped ??= leave(installation, server);
      return stopped;
    },
  };
}

/** Another one has another port, which this process does not know: both begin anew. */
function lost(folder: string, pid: number): StartRefusal {
  return new StartRefusal('DATABASE_LOST', {
    found: `PostgreSQL, process ${pid}, has ended while the service used it`,
    needed: 'The next start starts it again. The system may say who ended it',
    command: `journalctl --since -1h | grep -i -e 'out of memory' -e ${pid}; ls -l ${folder}`,
  });
}

function urlOf(installation: Pick<PostgresCluster, 'password'>, port: number, database: string): string {
  return `postgres://postgres:${installation.password}@127.0.0.1:${port}/${database}`;
}

async function install({ log, onChange, ...options }: EmbeddedPostgresOptions): Promise<PostgresCluster> {
  const dataDir = resolve(options.dataDir);
  const state = await preparePrivateFolder(dataDir);
  if (state === 'WAS_CLOSED')
    onChange?.(`Other users of this machine had access to ${dataDir}. The service has now closed it to them`);
  const folder = `${dataDir}/postgres`;
  const password = Buffer.from(await keepSecret(`${dataDir}/postgres-password`)).toString('base64url');
  const programs = await findPostgresPrograms();
  const runAs = await chooseRunAs(folder, [programs.postgres, `${dataDir}/postgres-password`]);
  const installation = { folder, password, programs, runAs };
  await clearDrafts(folder);
  if ((await readIfThere(`${folder}/PG_VERSION`)) === null) {
    log('preparing the database, once');
    await initialise(installation);
  }
  await checkDatabaseFolder(folder);
  return installation;
}

async function joinOrStart(installation: PostgresCluster, options: EmbeddedPostgresOptions): Promise<Server> {
  const deadline = Date.now() + startTimeoutMs;
  let lastWords = '';
  let child: Program | null = null;
  let refusedSince: number | null = null;
  let silences = 0;
  while (Date.now() < deadline) {
    const running = await findRunning(installation.folder);
    if (running === null) {
      const launched = await launch(installation, options);
      if (typeof launched === 'string') lastWords = launched;
      else child = launched;
      await pause(20);
      continue;
    }
    const joined = await join(installation, running);
    if (typeof joined !== 'string') {
      return { ...running, lease: joined, child: child?.pid === running.pid ? child : null };
    }
    lastWords = joined;
    silences = joined === 'CONNECT_TIMEOUT' ? silences + 1 : 0;
    if (silences === maxSilences) throw silent(installation, running);
    refusedSince = isAbandoned(joined) ? (refusedSince ?? Date.now()) : null;
    // Nobody listens there, or somebody else does: the number in the lock file belongs to some other program by now.
    if (refusedSince !== null && Date.now() - refusedSince > 1000)
      await rm(`${installation.folder}/postmaster.pid`, { force: true });
    await pause(50);
  }
  throw new Error(`PostgreSQL did not start: ${lastWords}`);
}

/** It may be our server, which hangs: a second one on the same data would destroy it. */
function silent({ folder }: PostgresCluster, { pid, port }: Running): StartRefusal {
  return new StartRefusal('SILENT', {
    found: `The program on port ${port} accepts connections, but does not answer. According to ${folder}/postmaster.pid it is PostgreSQL, process ${pid}`,
    needed: 'If it is PostgreSQL, end it (kill -INT). If it is another program, remove that file. To find out, run',
    command: `ps -fp ${pid}`,
  });
}

/** As long as our server runs, nobody else can listen on its port; and it knows its password. */
function isAbandoned(code: string): boolean {
  return ['ECONNREFUSED', 'NOT_OUR_SERVER', 'SASL_SIGNATURE_MISMATCH'].includes(code);
}

/** The server that the lock file names, if a process of that number is alive. */
async function findRunning(folder: string): Promise<Running | null> {
  const lines = (await readIfThere(`${folder}/postmaster.pid`))?.split('\n') ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : null;
}

/** Whoever listens there is asked for its proof before it is told anything. */
function connectTo(installation: PostgresCluster, port: number): postgres.Sql {
  const { url, options } = driverTarget(withScramOnly(urlOf(installation, port, 'postgres')));
  return postgres(url, {
    ...options,
    max: 1,
    connect_timeout: silenceSeconds,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => undefined,
  });
}

/** A connection that counts as a user of the server, or the code of what went wrong. */
async function join(installation: PostgresCluster, { port }: Running): Promise<postgres.Sql | string> {
  const lease = connectTo(installation, port);
  try {
    await lease`select pg_advisory_lock_shared(${usersLock})`;
    return lease;
  } catch (error) {
    await lease.end({ timeout: 1 });
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** The server that came up, or the last words of one that did not. */
async function launch(installation: PostgresCluster, options: EmbeddedPostgresOptions): Promise<Program | string> {
  const { folder, programs, runAs } = installation;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(await findFreePort('127.0.0.1')),
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = startProgram(programs.postgres, ['-D', folder, ...parameters], runAs);
  const ended = awaitEnd(child);
  const ready = awaitReady(child, options.log);
  const outcome = await Promise.race([ready, ended]);
  if (outcome !== 'ready') {
    refuseWithoutLibraries(programs.postgres, outcome.output);
    return outcome.output;
  }
  // Neither the server nor its messages keep this process alive.
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return child;
}

function awaitReady(child: Program, log: (line: string) => void): Promise<'ready'> {
  return new Promise((settle) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log(line);
      if (line.includes('ready to accept connections')) settle('ready');
    });
  });
}

async function createDatabase(sql: postgres.Sql): Promise<void> {
  const found = await sql`select 1 from pg_database where datname = ${databaseName}`;
  if (found.length > 0) return;
  await sql`create database ${sql(databaseName)}`.catch((error: unknown) => {
    // 42P04, or 23505 when both were at it in the same moment: another process has made it.
    if (!hasErrorCode(error, '42P04') && !hasErrorCode(error, '23505')) throw error;
  });
}

async function leave(installation: PostgresCluster, server: Server): Promise<void> {
  await server.lease.end({ timeout: 1 });
  if (!isAlive(server.pid)) return;
  const last = connectTo(installation, server.port);
  try {
    const rows = await last<{ free: boolean }[]>`select pg_try_advisory_lock(${usersLock}) as free`.catch(() => []);
    // A server that does not answer is stopped as well.
    if (rows[0]?.free === false) return;
    await end(installation.folder, server.pid);
  } finally {
    await last.end({ timeout: 1 });
  }
}

/** SIGINT is PostgreSQL's fast shutdown: it ends its connections, writes out what it has, and goes. SIGQUIT leaves that to the next start. */
async function end(folder: string, pid: number): Promise<void> {
  // The lock file goes last. The process may stay behind as a zombie, where nobody reaps what a killed process has left.
  const isRunning = async () => (await findRunning(folder))?.pid === pid;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    for (const deadline = Date.now() + signalTimeoutMs; Date.now() < deadline; await pause(20)) {
      if (!(await isRunning())) return;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive, too.
    return hasErrorCode(error, 'EPERM');
  }
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  });
}
