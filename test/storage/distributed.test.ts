import { expect, test } from 'vitest';
import { distribute, keepDistributed, refuseNoCluster, spreadByDomain } from '../../src/storage/spread-by-domain.ts';
import { StartRefusal } from '../../src/storage/start-refusal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { allTables } from './statement-judge.ts';

// A coordinator, played: its catalogs, and functions that note what was asked of them. What a cluster makes of it is tried by hand.

const catalogs = `
  insert into pg_extension select 99999, 'citus', 10, 11, true, '1', null, null;
  create table pg_dist_local_group (groupid int);
  insert into pg_dist_local_group values (0);
  create table pg_dist_node (groupid int, noderole text, isactive boolean);
  insert into pg_dist_node values (0, 'primary', true), (1, 'primary', true);
  create table pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
  create table pg_dist_object (classid oid, objid oid, distribution_argument_index int);
  create function column_to_column_name(regclass, text) returns text language sql as 'select $2';
  create function create_reference_table(t text) returns void language sql as
    $$ insert into pg_dist_partition values (t::regclass, 'n', null, 1, 't') $$;
  create function create_distributed_table(t text, by text, colocate_with text default 'default') returns void language sql as
    $$ insert into pg_dist_partition values (t::regclass, 'h', by, 2, 's') $$;
  create function create_distributed_function(f text, by text default null, beside text default null) returns void language sql as
    $$ insert into pg_dist_object values ('pg_proc'::regclass, f::regprocedure, case when by is not null then 0 end) $$;`;

async function playedCluster(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.sql.unsafe(`set allow_system_table_mods = on; ${catalogs}`);
  return database;
}

/** The code of the refusal, and that nothing was changed before it. */
async function refusalOf(database: TestDatabase): Promise<string> {
  const look = () =>
    database.sql`select conname, conrelid::regclass::text as table from pg_constraint where contype = 'f' order by 1, 2`;
  const spread = () => database.sql`select to_regproc('spread_by_domain') is null as none`;
  const before = [await look(), await spread()];
  const refused = await distribute(database.url).then(
    () => 'NOTHING',
    (error: unknown) => (error instanceof StartRefusal ? error.code : String(error)),
  );
  expect([await look(), await spread()]).toEqual(before);
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
  expect(await keepDistributed(database.url)).toMatchObject({ references: [], ofDomains: ['bans'] });
});

test('a plain database is refused, and left alone by migrations', async () => {
  const database = await createTestDatabase();
  expect(await refusalOf(database)).toBe('NOT_A_CLUSTER');
  await expect(refuseNoCluster(database.url)).rejects.toMatchObject({ code: 'NOT_A_CLUSTER' });
  expect(await keepDistributed(database.url)).toBeNull();
});

test.each([
  ['a worker', 'NOT_A_CLUSTER', 'update pg_dist_local_group set groupid = 1'],
  ['a coordinator without workers', 'NO_WORKERS', 'delete from pg_dist_node where groupid = 1'],
  ['a coordinator whose workers are switched off', 'NO_WORKERS', 'update pg_dist_node set isactive = groupid = 0'],
  ['a coordinator that no worker can reach', 'NO_WORKERS', 'delete from pg_dist_node where groupid = 0'],
  ['a half of the tables', 'HALF_DISTRIBUTED', `select create_distributed_table('rooms', 'domain_id')`],
  ['a table by another column', 'HALF_DISTRIBUTED', `select create_distributed_table('bans', 'room_id')`],
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
