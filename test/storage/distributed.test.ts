import { expect, test } from 'vitest';
import { writeRoom } from '../../src/storage/room-write.ts';
import { distribute, keepDistributed, spreadByDomain } from '../../src/storage/spread-by-domain.ts';
import { StartRefusal } from '../../src/storage/start-refusal.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';
import { playedCluster } from './played-cluster.ts';
import { allTables } from './statement-judge.ts';

const findForeignKeys = (database: TestDatabase) => database.sql<{ oid: number; table: string }[]>`
  select oid::int, conrelid::regclass::text as table from pg_constraint where contype = 'f' order by oid`;

/** What refuses it, and that nothing was changed before: by the command too, which has a migration to apply. */
async function refusalOf(database: TestDatabase): Promise<string> {
  await database.sql`delete from drizzle.__drizzle_migrations where created_at =
    (select max(created_at) from drizzle.__drizzle_migrations)`;
  const spread = () => database.sql`select to_regproc('spread_by_domain') is null as none`;
  const applied = () => database.sql`select count(*)::int from drizzle.__drizzle_migrations`;
  const look = async () => [await findForeignKeys(database), await spread(), await applied()];
  const before = await look();
  const refused = await distribute(database.url).then(
    () => 'NOTHING',
    (error: unknown) => (error instanceof StartRefusal ? error.code : String(error)),
  );
  const vestibule = vestibuleWith(settingsFor(database.url));
  for (const more of [['--dry-run'], []]) {
    const { exitCode, stderr } = await vestibule('migrate', '--distributed', '--json', ...more);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(refused)]);
  }
  expect(await look()).toEqual(before);
  return refused;
}

test('every table is the same everywhere, lies by its domain, or stays on the coordinator', () => {
  const { references, ofDomains } = spreadByDomain;
  const left = allTables.filter(({ table }) => ![...references, ...ofDomains].includes(table));
  expect(left.map(({ table }) => table).toSorted()).toEqual(['budgets', 'installation_keys', 'processes']);
  const named = new Set(
    allTables.flatMap(({ table, columns }) => (columns.some(({ name }) => name === 'domain_id') ? [table] : [])),
  );
  expect(ofDomains.filter((table) => !named.has(table))).toEqual([]);
  expect(ofDomains[0]).toBe('rooms');
});

test('tables and functions are spread, with the foreign keys as they were; a second time there is nothing to do', async () => {
  const database = await playedCluster();
  const count = () => database.sql`select count(*)::int as keys from pg_constraint where contype = 'f'`;
  const before = await count();
  const done = await distribute(database.url);
  expect(done.references).toEqual(spreadByDomain.references);
  expect(done.ofDomains).toEqual(spreadByDomain.ofDomains);
  const ofDomain = spreadByDomain.functions.filter(({ isOfDomain }) => isOfDomain);
  expect(done.functions).toEqual(ofDomain.map(({ name }) => name));
  expect(await count()).toEqual(before);
  const nothing = { references: [], ofDomains: [], functions: [] };
  expect(await distribute(database.url)).toEqual(nothing);
  expect(await keepDistributed(database.url)).toEqual(nothing);
});

test('what a later version adds is spread where the rest is', async () => {
  const database = await playedCluster();
  await distribute(database.url);
  await database.sql`delete from pg_dist_partition where logicalrelid = 'bans'::regclass`;
  const before = await findForeignKeys(database);
  expect(await keepDistributed(database.url)).toMatchObject({ references: [], ofDomains: ['bans'] });
  const ofOthers = (keys: typeof before) => keys.filter(({ table }) => table !== 'bans');
  const after = await findForeignKeys(database);
  expect(ofOthers(after)).toEqual(ofOthers(before));
  expect(after).toHaveLength(before.length);
});

test('a new table that its foreign key to domains has brought into the catalog is spread, and does not count as spread in another way', async () => {
  const database = await playedCluster();
  await distribute(database.url);
  await database.sql`update pg_dist_partition set partmethod = 'n', partkey = null, colocationid = 0 where logicalrelid = 'bans'::regclass`;
  expect(await keepDistributed(database.url)).toMatchObject({ references: [], ofDomains: ['bans'] });
});

test('what a command that was ended has not spread is spread by the next one, though no migration is missing', async () => {
  const database = await playedCluster();
  await distribute(database.url);
  const vestibule = vestibuleWith(settingsFor(database.url));
  const cluster = async () => {
    const { stdout } = await vestibule('doctor');
    return /^(\w+) +cluster: (.*)$/m.exec(stdout)?.slice(1);
  };
  const marked = () => database.sql`select xmin::text from pg_proc where proname = 'spread_by_domain'`;
  const before = await marked();
  expect(JSON.parse((await vestibule('migrate', '--json')).stdout)).toMatchObject({ migrated: 0, functions: [] });
  const { name } = writeRoom;
  await database.sql`delete from pg_dist_object where objid = ${name}::regproc`;
  await database.sql`delete from pg_dist_partition where logicalrelid = 'bans'::regclass`;
  expect(await cluster()).toEqual(['PROBLEM', `not spread: bans, ${name}`]);
  expect((await vestibule('migrate')).stdout).toContain(`Spread by domain: bans.\nRun where the domain is: ${name}.`);
  expect(await cluster()).toEqual(['OK', 'tables and functions are spread by domain']);
  expect(await marked()).toEqual(before);
});

test('doctor tells of nodes that are away, and of clocks that differ', async () => {
  const database = await playedCluster();
  await distribute(database.url);
  const vestibule = vestibuleWith(settingsFor(database.url));
  const found = async () => {
    const { stdout } = await vestibule('doctor');
    return [...stdout.matchAll(/^(\w+) +nodes: (.*)$/gm)].map(([, ...parts]) => parts.join(' '));
  };
  expect(await found()).toEqual(['OK 1 answer, and their clocks agree']);
  await database.sql.unsafe(`create or replace function run_command_on_workers(text)
    returns table (nodename text, nodeport int, success boolean, result text) language sql as $$
      select 'one', 5432, false, 'could not connect' union all
      select 'two', 5432, true, (extract(epoch from clock_timestamp() - interval '3 seconds') * 1000)::bigint::text union all
      select 'three', 5432, true, (extract(epoch from clock_timestamp() + interval '9 seconds') * 1000)::bigint::text $$`);
  const [away, clocks, ...others] = await found();
  expect([away, others]).toEqual(['PROBLEM away: one:5432', []]);
  expect(clocks).toMatch(/^WARNING clocks .*: three:5432 by (8\.9|9\.0) s, two:5432 by (2\.9|3\.0) s$/);
});

test('so it is by a start that migrates', async () => {
  const database = await playedCluster();
  await distribute(database.url);
  await database.sql`delete from pg_dist_object`;
  const server = await startServer({ databaseUrl: database.url, migrateOnStart: true });
  await server.stop();
  expect(await keepDistributed(database.url)).toMatchObject({ functions: [] });
});

test('a database that was spread once, and is a plain PostgreSQL again, is one', async () => {
  const database = await createTestDatabase();
  await database.sql.unsafe(`create function spread_by_domain() returns boolean language sql as 'select true'`);
  expect(await keepDistributed(database.url)).toBeNull();
  const { exitCode } = await vestibuleWith(settingsFor(database.url))('migrate');
  expect(exitCode).toBe(0);
});

test('a plain database is refused, and left alone by migrations', async () => {
  const database = await createTestDatabase();
  expect(await refusalOf(database)).toBe('NOT_A_CLUSTER');
  expect(await keepDistributed(database.url)).toBeNull();
});

test.each([
  ['a worker', 'NOT_A_CLUSTER', 'update pg_dist_local_group set groupid = 1'],
  ['a coordinator without workers', 'NO_WORKERS', 'delete from pg_dist_node where groupid = 1'],
  ['a coordinator whose workers are switched off', 'NO_WORKERS', 'update pg_dist_node set isactive = groupid = 0'],
  ['a coordinator that no worker can reach', 'NO_WORKERS', 'delete from pg_dist_node where groupid = 0'],
  ['a half of the tables', 'HALF_DISTRIBUTED', `select create_distributed_table('rooms', 'domain_id')`],
  ['a table by another column', 'HALF_DISTRIBUTED', `select create_distributed_table('bans', 'room_id')`],
  [
    'a table that lies whole on one worker',
    'HALF_DISTRIBUTED',
    `insert into pg_dist_partition values ('bans'::regclass, 'n', null, 3, 's')`,
  ],
  ['a table of another kind', 'HALF_DISTRIBUTED', `select create_reference_table('rooms')`],
  [
    'a table of an earlier version',
    'TABLE_IN_THE_WAY',
    'create table old_notes (domain_id uuid references domains (id))',
  ],
  [
    'rows that an earlier version left',
    'ROWS_WITHOUT_PARENT',
    `set session_replication_role = replica;
     insert into revocations (domain_id, id, jti, revoked_at) values (gen_random_uuid(), gen_random_uuid(), 'jti', now())`,
  ],
])('%s is refused with %s, and nothing is changed', async (_what, code, statement) => {
  const database = await playedCluster();
  await database.sql.unsafe(statement);
  expect(await refusalOf(database)).toBe(code);
});
