import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { closeAfterwards } from './closers.ts';

/** A database of this test's own, with a connection to look into it. */
export type TestDatabase = {
  readonly name: string;
  readonly url: string;
  readonly sql: postgres.Sql;
  /** Drops it, whoever is still connected. Done by itself after the file's tests. */
  drop(): Promise<void>;
};

/** Clones the migrated template, or another database of the run's server that nobody is connected to. */
export async function createTestDatabase(template?: string): Promise<TestDatabase> {
  const database = await cloneDatabase(template);
  closeAfterwards(database.drop);
  return database;
}

/** The same, for as long as the run goes on. */
export async function cloneDatabase(template = 'test_template'): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const server = connectToServer();
  // A copy of the files takes half of what a copy block by block through the log does.
  await server`create database ${server(name)} template ${server(template)} strategy file_copy`;
  const url = new URL(findServer());
  url.pathname = name;
  const sql = postgres(url.href, { max: 4, onnotice: () => undefined });
  const drop = async () => {
    await sql.end({ timeout: 1 });
    await server`drop database if exists ${server(name)} with (force)`;
  };
  return { name, url: url.href, sql, drop };
}

let serverConnection: postgres.Sql | undefined;

/** One connection for all databases that this process makes: a new one costs the server as much as a drop. It closes when nobody asks. */
function connectToServer(): postgres.Sql {
  serverConnection ??= postgres(findServer(), { max: 1, idle_timeout: 2, onnotice: () => undefined });
  return serverConnection;
}

/**
 * Sets the clock by which the service decides, in this database alone, so many seconds ahead of the real one, or behind it.
 * A second call counts from the real clock again. `areAlive`: processes have renewed their leases meanwhile, as they do where time passes
 * by itself; one that is just between renewing its own and looking for the dead would find itself among them.
 */
export async function moveClock(
  database: TestDatabase,
  { seconds, areAlive = false }: { readonly seconds: number; readonly areAlive?: boolean },
): Promise<void> {
  await database.sql.unsafe(`
    create or replace function app_now() returns timestamptz language sql volatile
    as $$ select clock_timestamp() + make_interval(secs => ${Number(seconds)}) $$;
    update processes set renewed_at = app_now() where ${areAlive} and dead_at is null`);
}

/** The run's PostgreSQL, which the tests of the project `pure` go without (test/support/projects.ts). */
export function findServer(): string {
  const url = inject('postgresUrl');
  if (url === undefined) throw new Error('this file runs among the pure tests, which have no database');
  return url;
}
