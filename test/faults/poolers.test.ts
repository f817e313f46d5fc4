import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { probeWay } from '../../src/storage/postgres/way.ts';
import { reachDatabase } from '../../src/wiring/store.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPgbouncer } from '../support/pgbouncer.ts';
import { findProgram } from '../support/programs.ts';
import { seed } from '../support/seed.ts';
import { type ServerProcess, spawnServer, startServer, type TestServer } from '../support/server.ts';
import { anybodyAt, attempt, backendOf, mutations, patience, until } from './fault-kit.ts';

// The real pgbouncer before the database, in each of its modes. What it keeps is found out at the start; what the service needs and is not
// kept is refused, or has a second way.

const pgbouncer = await findProgram('pgbouncer');
const failure = z.object({ error: z.object({ code: z.string() }) });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await (await startServer({ databaseUrl: database.url })).stop();
});

/** A pooler as it comes, and one that is told to let the settings of sessions pass by. */
const settings = {
  'as it comes': {},
  'which ignores settings': {
    ignore_startup_parameters:
      'statement_timeout, lock_timeout, idle_in_transaction_session_timeout, idle_session_timeout, extra_float_digits',
  },
};
const poolers = Object.entries(settings);

/** Somebody knocks at one process, an owner at another hears of it and lets them in, and they come in at the first. */
async function expectMeeting(one: TestServer, other: TestServer): Promise<void> {
  const room = await seed(other).waitingRoom();
  const query = 'query ($name: String!) { room(name: $name) { cursor } }';
  const { body } = await backendOf(other)<{ room: { cursor: string } }>(query, { name: room.name });
  const socket = seed(other).ws();
  const events = await socket.subscribe<{ roomEvents: { __typename: string } }>(
    'subscription ($room: String!, $after: String) { roomEvents(roomName: $room, after: $after) { __typename } }',
    { room: room.name, after: body.data?.room.cursor },
  );
  const knocked = await anybodyAt(one)<{ knock: { knockToken: string; knockRequest: { id: string } } }>(
    `mutation ($input: KnockInput!) { knock(input: $input) { ... on Knocked { knockToken knockRequest { id } } } }`,
    { input: { roomName: room.name, userName: 'Nora' } },
  );
  expect((await events.next(20_000)).data?.roomEvents.__typename).toBeDefined();
  const knock = knocked.body.data?.knock;
  await attempt(backendOf(other), mutations.admit, {
    id: knock?.knockRequest.id,
  });
  const joined = await attempt(anybodyAt(one), mutations.join, {
    input: { roomName: room.name, knockToken: knock?.knockToken },
  });
  expect(joined).toMatchObject({ __typename: 'Joined' });
  await socket.close();
}

describe.skipIf(pgbouncer === null).each(poolers)('pgbouncer %s', (_name, ini) => {
  const start = (mode: 'session' | 'transaction' | 'statement') =>
    startPgbouncer(pgbouncer ?? '', database.url, { mode, settings: ini });

  test('in transaction mode is refused without a second way, by the service and by every command', async () => {
    const databaseUrl = await start('transaction');
    await expect(startServer({ databaseUrl })).rejects.toMatchObject({ code: 'SESSION_NEEDED' });
    for (const words of [['migrate'], ['key', 'list']]) {
      const ran = await vestibuleWith(settingsFor(databaseUrl))(...words, '--json');
      expect([ran.exitCode, failure.parse(JSON.parse(ran.stderr)).error.code]).toEqual([1, 'SESSION_NEEDED']);
    }
  });

  test('in transaction mode carries two processes that have a second way', patience, async () => {
    const databaseUrl = await start('transaction');
    const env = { DATABASE_DIRECT_URL: database.url, LOG_LEVEL: 'warn', MIGRATE_ON_START: 'true' };
    const [one, other]: ServerProcess[] = await Promise.all([
      spawnServer({ databaseUrl, env }),
      spawnServer({ databaseUrl, env }),
    ]);
    if (one === undefined || other === undefined) throw new Error('two were started');
    for (const _time of [1, 2, 3]) await expectMeeting(one, other);
    const said = one.output().match(/prepared statements/g);
    const { keepsPrepared } = await probeWay(databaseUrl, 'DATABASE_URL');
    // A process that finds others at the pooler as it looks is in doubt, and does without.
    expect(keepsPrepared ? [0, 1] : [1]).toContain(said?.length ?? 0);
    // No lock of a session stays with a connection that somebody else is lent.
    await until(
      () => database.sql`select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database
        where datname = ${database.name})`,
      ({ length }) => length === 0,
    );
    const { sql } = database;
    const running = await sql`select 1 from pg_stat_activity where datname = ${database.name} and query ~* '^listen'`;
    expect(running.length).toBeGreaterThanOrEqual(2);
  });

  test('in session mode carries the service as it is', async () => {
    const databaseUrl = await start('session');
    const one = await startServer({ databaseUrl });
    await expectMeeting(one, one);
    expect(await probeWay(databaseUrl, 'DATABASE_URL')).toMatchObject({ keepsSession: true, keepsPrepared: true });
    const told: string[] = [];
    const { way } = await reachDatabase({ databaseUrl, databaseDirectUrl: null }, (sentence) => told.push(sentence));
    expect(told).toEqual(way.boundsStatements ? [] : [expect.stringContaining('alter role')]);
  });

  test('in statement mode is refused by name', async () => {
    const databaseUrl = await start('statement');
    await expect(startServer({ databaseUrl })).rejects.toMatchObject({ code: 'STATEMENT_POOLING' });
    const direct = startServer({ databaseUrl, databaseDirectUrl: database.url });
    await expect(direct).rejects.toMatchObject({ code: 'STATEMENT_POOLING' });
  });

  test('is no second way itself', async () => {
    const databaseUrl = await start('transaction');
    const pooled = startServer({ databaseUrl, databaseDirectUrl: databaseUrl });
    await expect(pooled).rejects.toMatchObject({
      code: 'SESSION_NEEDED',
      message: expect.stringContaining('DATABASE_DIRECT_URL'),
    });
  });
});

test('a second way that leads to another database is refused', async () => {
  const other = await createTestDatabase();
  const start = startServer({ databaseUrl: database.url, databaseDirectUrl: other.url });
  await expect(start).rejects.toMatchObject({ code: 'OTHER_DATABASE' });
});

test('without a pooler everything is kept, and the server bounds what takes too long', async () => {
  expect(await probeWay(database.url, 'DATABASE_URL')).toMatchObject({
    takesSettings: true,
    keepsSession: true,
    keepsPrepared: true,
    boundsStatements: true,
  });
});
