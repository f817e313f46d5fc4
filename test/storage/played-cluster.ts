import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// A coordinator, played: its catalogs, and functions that note what was asked of them. What a cluster makes of it is tried by hand.

/** Afterwards the database says that it has the extension. */
export const hasCitus = `set allow_system_table_mods = on;
  insert into pg_extension select 99999, 'citus', 10, 11, true, '1', null, null;`;

const catalogs = `
  create table pg_dist_local_group (groupid int);
  insert into pg_dist_local_group values (0);
  create table pg_dist_node (groupid int, noderole text, isactive boolean);
  insert into pg_dist_node values (0, 'primary', true), (1, 'primary', true);
  create table pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
  create table pg_dist_object (classid oid, objid oid, distribution_argument_index int);
  create function run_command_on_workers(text) returns table (nodename text, nodeport int, success boolean, result text) language sql as
    $$ select 'worker', 5432, true, (extract(epoch from clock_timestamp()) * 1000)::bigint::text $$;
  create function column_to_column_name(regclass, text) returns text language sql as 'select $2';
  create function create_reference_table(t text) returns void language sql as
    $$ insert into pg_dist_partition values (t::regclass, 'n', null, 1, 't') $$;
  create function create_distributed_table(t text, by text, colocate_with text default 'default') returns void language sql as
    $$ insert into pg_dist_partition values (t::regclass, 'h', by, 2, 's') $$;
  create function create_distributed_function(f text, by text default null, beside text default null) returns void language sql as
    $$ insert into pg_dist_object values ('pg_proc'::regclass, f::regprocedure, case when by is not null then 0 end) $$;`;

/** A database of this test's own that looks like a coordinator with a worker, and is not spread yet. */
export async function playedCluster(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.sql.unsafe(`${hasCitus} ${catalogs}`);
  return database;
}
