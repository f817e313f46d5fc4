import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { pendingMigrations } from '../../src/storage/postgres/migrate.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { attempt, backendOf, spawnOne, until, upTo } from './fault-kit.ts';

const emptyDatabase = () => createTestDatabase('template0');
const migrating = { MIGRATE_ON_START: 'true' };

const pending = (database: TestDatabase) => pendingMigrations((text) => database.sql.unsafe(text));

test('processes that start at once on an empty database migrate it once, and all come up', async () => {
  const database = await emptyDatabase();
  const servers = await Promise.all(upTo(3).map(() => spawnOne(database.url, migrating)));
  expect(await pending(database)).toBe(0);
  expect(await database.sql`select count(*)::int as count from domains`).toEqual([{ count: 1 }]);
  const create = 'mutation { createRoom(input: {}) { __typename ... on Refusal { code message } } }';
  for (const server of servers) expect(await attempt(backendOf(server), create)).toMatchObject({ __typename: 'Room' });
});

test('killed in the middle of it, a migration leaves nothing behind, and the next start makes it whole', async () => {
  const database = await emptyDatabase();
  const proxy = await startTcpProxy(database.url);
  const goOn = await haltMigration(database);
  const child = startMigration(proxy.url);
  await until(
    () => database.sql`select 1 from pg_locks where locktype = 'advisory' and objid = ${haltLock} and not granted`,
    (rows) => rows.length > 0,
    25_000,
  );
  proxy.hold('answers');
  child.kill('SIGKILL');
  await once(child, 'close');
  // The network tells the server that nobody is there any more.
  proxy.cut();
  proxy.release();
  await goOn();
  await until(
    () => database.sql`select 1 from pg_stat_activity where datname = ${database.name} and pid <> pg_backend_pid()
      and application_name = 'postgres.js' and state <> 'idle'`,
    (rows) => rows.length === 0,
  );
  expect(await database.sql`select to_regclass('rooms') as rooms`).toEqual([{ rooms: null }]);
  await database.sql.unsafe('drop event trigger halt; drop function halt()');
  await spawnOne(database.url, migrating);
  expect(await pending(database)).toBe(0);
});

const haltLock = 4_711;

/** Keeps a migration in its middle, with some tables made and others not, until the returned function is called. */
async function haltMigration({ sql }: TestDatabase): Promise<() => Promise<void>> {
  await sql.unsafe(`
    create function halt() returns event_trigger language plpgsql as $$ begin
      if to_regclass('public.rooms') is not null then perform pg_advisory_xact_lock(${haltLock}); end if;
    end $$;
    create event trigger halt on ddl_command_end when tag in ('CREATE TABLE') execute function halt()`);
  const session = await sql.reserve();
  await session`select pg_advisory_lock(${haltLock})`;
  return async () => {
    await session`select pg_advisory_unlock(${haltLock})`;
    session.release();
  };
}

/** Nothing but the migration, in a process of its own that can be killed. */
function startMigration(url: string): ChildProcess {
  const script = `import { migrate } from ${JSON.stringify(`${import.meta.dirname}/../../src/storage/postgres/migrate.ts`)}; await migrate(${JSON.stringify(url)});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  closeAfterwards(() => child.kill('SIGKILL'));
  return child;
}
