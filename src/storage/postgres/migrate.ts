import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { hasErrorCode } from './error.ts';
import { drizzleOverPostgres, readMigrationFiles, runMigrations } from './orm.ts';
import { driverTarget } from './scram-only.ts';

// Any number, as long as every version of this service uses the same one.
const migrationLock = 7_283_018;
/** Whoever takes the connection and says nothing is given up after so long. Seconds. */
const connectSeconds = 10;

/** The folder `drizzle`, found upwards from here: the same in the sources, in the compiled package, and from any working directory. */
export function findMigrationsFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'drizzle');
    if (existsSync(join(candidate, 'meta', '_journal.json'))) return candidate;
  }
  throw new Error('the folder drizzle, with its migrations, is missing from this installation');
}

/**
 * Brings the database to the newest migration. Any number of processes may call this at once: one migrates, the others wait for it
 * and find nothing to do. All migrations are one transaction, so that an interrupted one leaves the database as it was.
 */
export async function migrate(url: string, folder: string = findMigrationsFolder()): Promise<void> {
  // A connection of its own: the lock belongs to the session and goes with it, however this ends.
  const target = driverTarget(url);
  const sql = postgres(target.url, {
    ...target.options,
    max: 1,
    connect_timeout: connectSeconds,
    max_lifetime: null,
    onnotice: () => undefined,
  });
  try {
    await sql`select pg_advisory_lock(${migrationLock})`;
    await runMigrations(drizzleOverPostgres(sql), { migrationsFolder: folder });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

type Query = (text: string) => PromiseLike<readonly object[]>;

/** How many migrations the database lacks. None where a newer version of the service has migrated it already. */
export async function pendingMigrations(query: Query, folder: string = findMigrationsFolder()): Promise<number> {
  const newest = await findNewestMigration(query);
  return readMigrationFiles({ migrationsFolder: folder }).filter(({ folderMillis }) => folderMillis > newest).length;
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
