import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { z } from 'zod';
import { StartRefusal } from '../start-refusal.ts';
import { driverTarget } from './driver-target.ts';
import { findDatabaseCode, hasErrorCode } from './error.ts';
import { drizzleOverPostgres, readMigrationFiles, runMigrations } from './orm.ts';

// Any number, as long as every version of this service uses the same one.
const migrationLock = 7_283_018;
/** When whoever takes the connection and says nothing is given up. Seconds. */
const connectSeconds = 10;
/** How long another process may take to migrate, and a table may be locked. Milliseconds. */
const patienceMs = 60_000;
const lookAgainMs = 100;
/**
 * How long a migration that waits for a table stands before all who come after it, and then lets them pass: well below the lease of a
 * process, which would else count as dead. Milliseconds.
 */
const tableLockMs = 2_000;

/** The folder `drizzle`, found upwards from here: the same in the sources, in the compiled package, and from any working directory. */
export function findMigrationsFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'drizzle');
    if (existsSync(join(candidate, 'meta', '_journal.json'))) return candidate;
  }
  throw new Error('the folder drizzle, with its migrations, is missing from this installation');
}

export interface MigrateOptions {
  /** Is told, once, that another session migrates. */
  readonly onWait?: (sentence: string) => void;
  readonly patienceMs?: number;
}

/**
 * Brings the database to the newest migration. Any number of processes may call this at once: one migrates, the others wait for it
 * and find nothing to do. All migrations are one transaction, so that an interrupted one leaves the database as it was. Where nothing is
 * missing, it only reads.
 * @returns whether it has migrated anything itself
 * @throws StartRefusal where another session holds the lock for too long
 */
export async function migrate(
  url: string,
  folder: string = findMigrationsFolder(),
  options: MigrateOptions = {},
): Promise<boolean> {
  return withSession(url, async (sql) => {
    if (!(await takeTurn(sql, folder, options))) return false;
    // Says nothing to a plain database. A cluster otherwise refuses to change shards and functions in one transaction.
    await sql.unsafe(`set citus.multi_shard_modify_mode = 'sequential'`);
    await runPatiently(sql, folder, options.patienceMs ?? patienceMs);
    return true;
  });
}

/** However long somebody else reads a table, as a backup does. */
async function runPatiently(sql: postgres.Sql, folder: string, forMs: number): Promise<void> {
  const deadline = performance.now() + forMs;
  await sql.unsafe(`set lock_timeout = ${tableLockMs}`);
  for (;;) {
    try {
      return await runMigrations(drizzleOverPostgres(sql), { migrationsFolder: folder });
    } catch (error) {
      if (findDatabaseCode(error) !== '55P03' || performance.now() > deadline) throw error;
      await pause(tableLockMs);
    }
  }
}

/** Does this while no other process migrates. */
export function withMigrationLock<Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  return withSession(url, async (sql) => {
    await takeMigrationLock(sql);
    return work(sql);
  });
}

/** From here to the end of the session no other process migrates. */
export async function takeMigrationLock(sql: postgres.Sql): Promise<void> {
  await sql`select pg_advisory_lock(${migrationLock})`;
}

/** What a role may begin its sessions with, so that statements of the service end: an index over a large table takes longer than those. */
const unbound = `select set_config(name, '0', false) from pg_settings where name in
  ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')`;

/** Lends a connection of its own: a lock belongs to the session and goes with it, however this ends. */
export async function withSession<Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const target = driverTarget(url);
  const sql = postgres(target.url, {
    connect_timeout: connectSeconds,
    ...target.options,
    connection: target.session,
    max: 1,
    max_lifetime: null,
    onnotice: () => undefined,
  });
  try {
    await sql.unsafe(`set lock_timeout = ${patienceMs}`);
    await sql.unsafe(unbound);
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** True: this session has the lock. False: there is nothing to do, or no more. */
async function takeTurn(sql: postgres.Sql, folder: string, options: MigrateOptions): Promise<boolean> {
  const deadline = performance.now() + (options.patienceMs ?? patienceMs);
  for (let isTold = false; ; isTold = true) {
    if ((await pendingMigrations((text) => sql.unsafe(text), folder)) === 0) return false;
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${migrationLock}) as taken`;
    if (row?.taken) return true;
    const holder = await findHolder(sql);
    if (performance.now() > deadline) throw lockRefusal(holder);
    if (!isTold) options.onWait?.(`${describeHolder(holder)}, so this process waits`);
    await pause(lookAgainMs);
  }
}

interface Holder {
  readonly pid: number;
  readonly name: string;
}

async function findHolder(sql: postgres.Sql): Promise<Holder | null> {
  const [holder] = await sql<Holder[]>`
    select a.pid, a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${migrationLock}
      and l.database = (select oid from pg_database where datname = current_database())`;
  return holder ?? null;
}

const describeHolder = (holder: Holder | null) =>
  `Another session migrates the database${holder === null ? '' : ` (process ${holder.pid} of PostgreSQL)`}`;

function lockRefusal(holder: Holder | null): StartRefusal {
  const pid = holder?.pid ?? 'PID';
  return new StartRefusal('MIGRATION_LOCKED', {
    found: `${describeHolder(holder)}, or holds the lock for it without doing anything`,
    needed: 'Wait until it is done; if nobody migrates, end that session',
    command: `psql "$DATABASE_URL" -c "select pg_terminate_backend(${pid})"`,
  });
}

export type Query = (text: string) => PromiseLike<readonly object[]>;

/** How many migrations the database lacks. None where a newer version of the service has migrated it already. */
export async function pendingMigrations(query: Query, folder?: string): Promise<number> {
  return (await countMigrations(query, folder)).pending;
}

/** How many migrations the database lacks, of how many. */
export async function countMigrations(
  query: Query,
  folder: string = findMigrationsFolder(),
): Promise<{ readonly pending: number; readonly all: number }> {
  const newest = await findNewestMigration(query);
  const all = readMigrationFiles({ migrationsFolder: folder });
  return { pending: all.filter(({ folderMillis }) => folderMillis > newest).length, all: all.length };
}

async function findNewestMigration(query: Query): Promise<number> {
  try {
    const [row] = await query('select max(created_at)::text as newest from drizzle.__drizzle_migrations');
    return row !== undefined && 'newest' in row ? Number(row.newest ?? 0) : 0;
  } catch (error) {
    // 42P01: the table is not there before the first migration, nor 3F000 its schema.
    if (hasErrorCode(error, '42P01') || hasErrorCode(error, '3F000')) return 0;
    throw error;
  }
}

const journalForm = z.object({ entries: z.array(z.object({ tag: z.string() })) });

function readTags(folder: string): readonly string[] {
  const text = readFileSync(join(folder, 'meta', '_journal.json'), 'utf8');
  return journalForm.parse(JSON.parse(text)).entries.map(({ tag }) => tag);
}

/**
 * Is this code known to work on the database? A newer version may have migrated it, and each migration records the oldest code that may
 * still run.
 * @throws StartRefusal where this code is older than that
 */
export async function refuseOldCode(query: Query, folder: string = findMigrationsFolder()): Promise<void> {
  const needed = await findOldestCode(query);
  if (needed === null || readTags(folder).includes(needed)) return;
  throw new StartRefusal('CODE_TOO_OLD', {
    found: `A newer version has migrated this database, and only versions with the migration ${needed} may run on it`,
    needed: 'Install that version, or restore the backup from before the upgrade; to see what was applied',
    command: `psql "$DATABASE_URL" -c "select * from drizzle.__drizzle_migrations"`,
  });
}

async function findOldestCode(query: Query): Promise<string | null> {
  try {
    const [row] = await query('select oldest_code() as code');
    return row !== undefined && 'code' in row ? String(row.code) : null;
  } catch (error) {
    // 42883: the database has not come so far.
    if (hasErrorCode(error, '42883')) return null;
    throw error;
  }
}
