import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { explainStartFailure } from '../../src/app.ts';
import { commands } from '../../src/cli/commands.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { type Ran, settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';

// What two processes must have in common is compared, and what the database is not or has not is said in words: at the start, and by
// every command that would go on without.

const failure = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });
const errorOf = ({ stderr }: Ran) => failure.parse(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).error;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await (await startServer({ databaseUrl: database.url })).stop();
});

const strangeKey = randomBytes(32);

/** Every row of the database, so that a refusal shows that it changed nothing. */
async function dump({ sql }: TestDatabase): Promise<string> {
  const tables = await sql<
    { name: string }[]
  >`select tablename as name from pg_tables where schemaname = 'public' order by 1`;
  const rows = await Promise.all(
    tables.map(({ name }) => sql`select ${name} as of, t::text from ${sql(name)} t order by 2`),
  );
  return JSON.stringify(rows.filter((of) => of[0]?.of !== 'processes'));
}

describe('another master key', () => {
  test('ends the start, and nothing is written with it', async () => {
    const before = await dump(database);
    const start = startServer({ databaseUrl: database.url, masterKey: new Uint8Array(strangeKey) });
    await expect(start).rejects.toMatchObject({ code: 'SECRETS_LOCKED' });
    expect(await dump(database)).toBe(before);
  });

  /** The words that a command needs beside its name; a new command that works on the service has its row here. */
  const words: Readonly<Record<string, readonly string[]>> = {
    'domain create': ['acme'],
    'domain list': [],
    'room show': ['standup'],
    'knock list': [],
    'public-url': ['https://other.example'],
    'key create': [],
    'key list': [],
    'key revoke': ['vk_unknown'],
    'key rotate': [],
    'key rotate-master': [],
    'token sign': ['--any-room'],
    'page show': [],
    'page set': ['--brand-name', 'Acme'],
    'media set': [
      '--kind',
      'JITSI',
      '--url',
      'https://meet.example',
      '--api-key',
      'app',
      '--secret-file',
      'package.json',
    ],
    'media show': [],
    'media check': [],
    'media remove': [],
  };
  // It says what is wrong beside everything else.
  const withoutService = [
    'dev knock',
    'dev webhook',
    'doctor',
    'serve',
    'migrate',
    'settings print',
    'schema print',
    'schema reference',
  ];

  test('every command is one that opens the service or one that does not', () => {
    expect([...Object.keys(words), ...withoutService].toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  test.each(Object.entries(words))('ends vestibule %s', async (name, more) => {
    const vestibule = vestibuleWith({ ...settingsFor(database.url), MASTER_KEY: strangeKey.toString('base64') });
    const ran = await vestibule(...name.split(' '), ...more, '--json');
    expect([ran.exitCode, errorOf(ran).code], ran.stderr).toEqual([1, 'SECRETS_LOCKED']);
  });

  test('is not written down where an earlier version kept secrets and no value to compare', async () => {
    const older = await createTestDatabase();
    const first = await startServer({ databaseUrl: older.url });
    await seed(first).ask('mutation { addSelfSigningKey(input: { algorithm: HS256 }) { __typename } }');
    await first.stop();
    await older.sql`delete from installation_keys`;
    const start = startServer({ databaseUrl: older.url, masterKey: new Uint8Array(strangeKey) });
    await expect(start).rejects.toMatchObject({ code: 'SECRETS_LOCKED' });
    expect(await older.sql`select 1 from installation_keys`).toEqual([]);
    await (await startServer({ databaseUrl: older.url })).stop();
    expect((await older.sql`select 1 from installation_keys`).length).toBe(2);
  });
});

describe('PUBLIC_URL', () => {
  test('is recorded where it was set first; another one ends the start until it is recorded', async () => {
    const own = await createTestDatabase();
    const [first, second] = ['https://first.example', 'https://second.example'];
    const start = (publicUrl: string) => startServer({ databaseUrl: own.url, publicUrl });
    await (await start(first)).stop();
    await expect(start(second)).rejects.toMatchObject({
      code: 'OTHER_PUBLIC_URL',
      message: expect.stringContaining(first),
    });
    await (await start(first)).stop();
    const ran = await vestibuleWith(settingsFor(own.url))('public-url', second, '--json');
    expect(JSON.parse(ran.stdout)).toEqual({ publicUrl: second, before: first });
    await expect(start(first)).rejects.toMatchObject({ code: 'OTHER_PUBLIC_URL' });
    // Who is told none goes by the recorded one.
    const unset = await startServer({ databaseUrl: own.url });
    const { body } = await seed(unset).ask<{ createRoom: { url: string } }>(
      'mutation { createRoom(input: {}) { ... on Room { url } } }',
    );
    expect(body.data?.createRoom.url).toMatch(/^https:\/\/second\.example\//);
  });

  test.each(['https://meet.example.com/vestibule', 'not a url'])('%s cannot be recorded', async (url) => {
    const ran = await vestibuleWith(settingsFor(database.url))('public-url', url, '--json');
    expect([ran.exitCode, errorOf(ran).code]).toEqual([2, 'USAGE']);
  });

  test('two processes that were never told one take each other’s tokens', async () => {
    const own = await createTestDatabase();
    const [one, other] = [await startServer({ databaseUrl: own.url }), await startServer({ databaseUrl: own.url })];
    const room = await seed(one).waitingRoom();
    const { jwt } = await room.token();
    const { body } = await callerOf(other).ask(
      'mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }',
      { input: { roomName: room.name, token: jwt } },
    );
    expect(body.data).toEqual({ joinRoom: { __typename: 'Joined' } });
  });
});

describe('the version', () => {
  test('that is older than the database allows ends the start, and every command', async () => {
    const own = await createTestDatabase();
    await own.sql.unsafe(
      `create or replace function oldest_code() returns text language sql as $$ select '9999_future' $$`,
    );
    const start = startServer({ databaseUrl: own.url });
    await expect(start).rejects.toMatchObject({
      code: 'CODE_TOO_OLD',
      message: expect.stringContaining('9999_future'),
    });
    const ran = await vestibuleWith(settingsFor(own.url))('key', 'list', '--json');
    expect(errorOf(ran).code).toBe('CODE_TOO_OLD');
  });

  test('that is older than the newest migration runs where the migrations allow it', async () => {
    const own = await createTestDatabase();
    await own.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', 9999999999999)`;
    const server = await startServer({ databaseUrl: own.url });
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  });
});

describe('the lock of migrations', () => {
  test('that another session holds is told at once, and waited for only so long', async () => {
    const empty = await createTestDatabase('template0');
    const holder = await empty.sql.reserve();
    await holder`select pg_advisory_lock(7283018)`;
    const [{ pid } = { pid: 0 }] = await holder<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const told: string[] = [];
    const migrating = migrate(empty.url, undefined, { onWait: (sentence) => told.push(sentence), patienceMs: 500 });
    await expect(migrating).rejects.toMatchObject({
      code: 'MIGRATION_LOCKED',
      message: expect.stringContaining(`(${pid})`),
    });
    expect(told).toEqual([expect.stringContaining(String(pid))]);
    const later = migrate(empty.url, undefined, {
      onWait: () => void holder`select pg_advisory_unlock(7283018)`.execute(),
    });
    await later;
    holder.release();
  });

  test('is not needed where nothing is missing', async () => {
    const holder = await database.sql.reserve();
    await holder`select pg_advisory_lock(7283018)`;
    await migrate(database.url);
    await holder`select pg_advisory_unlock(7283018)`;
    holder.release();
  });
});

/** A role of this test's own, with a password. */
async function makeRole(on: TestDatabase, password: string): Promise<string> {
  const role = `role_${randomBytes(6).toString('hex')}`;
  await on.sql.unsafe(`create role ${role} login password '${password}'`);
  closeAfterwards(() => on.sql.unsafe(`drop owned by ${role}; drop role ${role}`));
  return Object.assign(new URL(on.url), { username: role, password }).href;
}

describe('what is wrong with the database is said in words, without a password', () => {
  type Wrong = { readonly url: string; readonly env?: Readonly<Record<string, string>> };
  const wrongs: Readonly<Record<string, readonly [string, RegExp, () => Promise<Wrong>]>> = {
    'nobody listens': [
      'DATABASE',
      /nothing listens.*ECONNREFUSED/,
      async () => ({ url: `postgres://u:hunter2@127.0.0.1:${await findFreePort()}/db` }),
    ],
    'an unknown host': ['DATABASE', /host name/, async () => ({ url: 'postgres://u:hunter2@database.invalid/db' })],
    'no such database': [
      'DATABASE',
      /does not exist.*3D000/,
      async () => ({ url: Object.assign(new URL(database.url), { pathname: 'nowhere' }).href }),
    ],
    'a wrong password': [
      'DATABASE',
      /password.*28P01/,
      async () => ({ url: Object.assign(new URL(await makeRole(database, 'right')), { password: 'hunter2' }).href }),
    ],
    'a role with no connection left': [
      'DATABASE',
      /no connection left.*53300/,
      async () => {
        const url = await makeRole(database, 'hunter2');
        await database.sql.unsafe(`alter role ${new URL(url).username} connection limit 0`);
        return { url };
      },
    ],
    'an empty database that nobody may migrate': [
      'MIGRATIONS_MISSING',
      /is empty/,
      async () => ({ url: (await createTestDatabase('template0')).url, env: { MIGRATE_ON_START: 'false' } }),
    ],
    'a role that may not make tables': [
      'DATABASE',
      /Permission denied.*42501/,
      async () => ({
        url: await makeRole(await createTestDatabase('template0'), 'hunter2'),
        env: { MIGRATE_ON_START: 'true' },
      }),
    ],
    'a role that may not read': [
      'DATABASE',
      /Permission denied.*42501/,
      async () => ({ url: await makeRole(await createTestDatabase(), 'hunter2') }),
    ],
    'a database that only reads': [
      'DATABASE',
      /only reads.*25006/,
      async () => {
        const own = await createTestDatabase();
        await own.sql.unsafe(`alter database ${own.name} set default_transaction_read_only = on`);
        return { url: own.url };
      },
    ],
  };

  test.each(Object.entries(wrongs))('%s', async (_what, [code, words, make]) => {
    const { url, env = {} } = await make();
    const start = startServer({ databaseUrl: url, migrateOnStart: env.MIGRATE_ON_START === 'true' });
    const said = explainStartFailure(
      await start.then(
        () => null,
        (error: unknown) => error,
      ),
    );
    expect(said).toMatch(words);
    if (code === 'DATABASE' && env.MIGRATE_ON_START === undefined) {
      const ran = await vestibuleWith(settingsFor(url))('domain', 'create', 'acme', '--json');
      const error = errorOf(ran);
      expect([ran.exitCode, error.code]).toEqual([1, code]);
      expect(error.message).toMatch(words);
      expect(ran.stderr).not.toContain('hunter2');
    }
    expect(said).not.toContain('hunter2');
  });
});
