import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findMigrationsFolder,
  migrate,
  pendingMigrations,
  withMigrationLock,
} from '../../src/storage/postgres/migrate.ts';
import { hold } from '../faults/room-lock.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { until } from '../support/until.ts';

/** A folder as drizzle-kit writes it, with one file a statement list. */
async function migrationsOf(...files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-migrations-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const entries = files.map((_, idx) => ({
    idx,
    version: '7',
    when: 1000 + idx,
    tag: `000${idx}_test`,
    breakpoints: true,
  }));
  await mkdir(join(folder, 'meta'));
  await writeFile(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  await Promise.all(files.map((statements, idx) => writeFile(join(folder, `000${idx}_test.sql`), statements)));
  return folder;
}

/** A database without the service's tables. */
const emptyDatabase = () => createTestDatabase('template0');

test('eight processes that migrate at once do it once', async () => {
  const database = await emptyDatabase();
  const folder = await migrationsOf('create table doors (id int)', 'insert into doors values (1)');
  expect(await pendingMigrations((text) => database.sql.unsafe(text), folder)).toBe(2);
  await Promise.all(Array.from({ length: 8 }, () => migrate(database.url, folder)));
  expect(await database.sql`select id from doors`).toEqual([{ id: 1 }]);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), folder)).toBe(0);
});

test('a migration takes longer than the role lets statements and sessions take', async () => {
  const database = await emptyDatabase();
  const role = `slow_${randomBytes(6).toString('hex')}`;
  await database.sql.unsafe(`create role ${role} login superuser password 'slow'`);
  closeAfterwards(() => database.sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`));
  for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout'])
    await database.sql.unsafe(`alter role ${role} set ${setting} = '300ms'`);
  const url = Object.assign(new URL(database.url), { username: role, password: 'slow' }).href;
  const folder = await migrationsOf(`create table doors as select current_user::text as by from pg_sleep(0.8)`);
  const elsewhere = await database.sql.reserve();
  await elsewhere`select pg_advisory_lock(7283018)`;
  const locked = withMigrationLock(url, async () => {});
  await until(
    () => database.sql`select 1 from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())
      and pid in (select pid from pg_stat_activity where now() - query_start > interval '0.8 seconds')`,
    (rows) => rows.length > 0,
  );
  await elsewhere`select pg_advisory_unlock(7283018)`;
  elsewhere.release();
  await locked;
  await migrate(url, folder);
  expect(await database.sql`select by from doors`).toEqual([{ by: role }]);
});

test('a migration that fails leaves the database as it was, and the next try starts afresh', async () => {
  const database = await emptyDatabase();
  const bad = await migrationsOf('create table doors (id int)', 'create table doors (id int)');
  await expect(migrate(database.url, bad)).rejects.toThrow();
  expect(await database.sql`select to_regclass('doors') as doors`).toEqual([{ doors: null }]);

  const good = await migrationsOf('create table doors (id int)');
  await migrate(database.url, good);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), good)).toBe(0);
});

test('only what is new is done, and an older process finds nothing pending', async () => {
  const database = await emptyDatabase();
  const older = await migrationsOf('create table doors (id int)');
  const newer = await migrationsOf('create table doors (id int)', 'create table bells (id int)');
  await migrate(database.url, older);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), newer)).toBe(1);
  await migrate(database.url, newer);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), older)).toBe(0);
});

test('a migration that waits for a table lets others pass again and again, and is done once it is free', async () => {
  const database = await emptyDatabase();
  const older = await migrationsOf('create table doors (id int)');
  const newer = await migrationsOf('create table doors (id int)', 'alter table doors add column bell int');
  await migrate(database.url, older);
  // As a backup does.
  const endBackup = await hold(database, (sql) => sql.unsafe('select id from doors'));
  const migrating = migrate(database.url, newer);
  await until(
    () => database.sql`select 1 from pg_stat_activity where datname = ${database.name} and wait_event = 'relation'`,
    (waiting) => waiting.length === 1,
  );
  // It stands behind the migration, and is answered while the backup goes on.
  expect(await database.sql`select id from doors`).toEqual([]);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), newer)).toBe(1);
  await endBackup();
  expect(await migrating).toBe(true);
  expect(await pendingMigrations((text) => database.sql.unsafe(text), newer)).toBe(0);
});

test('no connection stays behind', async () => {
  const database = await emptyDatabase();
  await migrate(database.url, await migrationsOf('create table doors (id int)'));
  const [row] = await database.sql`
    select count(*)::int as others from pg_stat_activity where datname = ${database.name} and pid <> pg_backend_pid()`;
  expect(row).toEqual({ others: 0 });
});

test('the migrations are found from any working directory, and a test database has them all', async () => {
  expect(findMigrationsFolder()).toBe(join(import.meta.dirname, '..', '..', 'drizzle'));
  const database = await createTestDatabase();
  expect(await pendingMigrations((text) => database.sql.unsafe(text))).toBe(0);
});

test('test databases do not meet, and each has a clock of its own', async () => {
  const [ahead, plain] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await ahead.sql`create table only_here (id int)`;
  expect(await plain.sql`select to_regclass('only_here') as found`).toEqual([{ found: null }]);

  await moveClock(ahead, { seconds: 3600 });
  const offset = `select round(extract(epoch from app_now() - clock_timestamp()))::int as seconds`;
  expect(await ahead.sql.unsafe(offset)).toEqual([{ seconds: 3600 }]);
  expect(await plain.sql.unsafe(offset)).toEqual([{ seconds: 0 }]);
  await moveClock(ahead, { seconds: -60 });
  expect(await ahead.sql.unsafe(offset)).toEqual([{ seconds: -60 }]);
});

describe('each migration', () => {
  const folder = findMigrationsFolder();
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  // The first that said it.
  const saying = files.filter((name) => name >= '0014');

  test.each(saying)('%s records the oldest code that may still run, which is no newer than itself', async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    const said = [
      ...text.matchAll(/FUNCTION oldest_code\(\) RETURNS text LANGUAGE sql IMMUTABLE AS \$\$ SELECT '(\w+)' \$\$/g),
    ];
    const oldest = said.map(([, tag]) => `${tag}.sql`);
    expect(oldest).toHaveLength(1);
    expect(files.filter((file) => file < name)).toEqual(expect.arrayContaining(oldest));
  });

  test.each(files)('%s works in whatever schema the role has first', async (name) => {
    expect(await readFile(join(folder, name), 'utf8')).not.toContain('"public".');
  });
});
