import type postgres from 'postgres';
import { StartRefusal } from '../start-refusal.ts';
import type { Query } from './migrate.ts';

export const shell = (text: string) => `psql "$DATABASE_URL" -c "${text}"`;

/**
 * Is this database spread over a cluster by `vestibule migrate --distributed`? The mark alone says that it once was: a dump that is restored
 * into a plain PostgreSQL brings it along.
 */
export async function isDistributed(query: Query): Promise<boolean> {
  const [row] = await query(`select to_regproc('spread_by_domain') is not null
    and exists (select from pg_extension where extname = 'citus') as found`);
  return row !== undefined && 'found' in row && row.found === true;
}

/** @throws StartRefusal where this is not a coordinator that knows its workers. Nothing was changed. */
export async function requireCluster(sql: postgres.Sql | postgres.TransactionSql): Promise<void> {
  const [extension] = await sql`select 1 from pg_extension where extname = 'citus'`;
  if (extension === undefined)
    throw new StartRefusal('NOT_A_CLUSTER', {
      found: 'The database in DATABASE_URL is a plain PostgreSQL: it has no extension citus',
      needed: 'Run vestibule migrate without --distributed, or create the extension on every node first',
      command: shell('create extension citus'),
    });
  const [node] = await sql<{ group: number; workers: number; knowsItself: boolean }[]>`
    select (select groupid from pg_dist_local_group) as "group",
      (select count(*)::int from pg_dist_node where groupid <> 0 and noderole = 'primary' and isactive) as workers,
      exists (select from pg_dist_node where groupid = 0) as "knowsItself"`;
  if (node?.group !== 0)
    throw new StartRefusal('NOT_A_CLUSTER', {
      found: 'The database in DATABASE_URL is a worker of a cluster',
      needed: 'Name the coordinator in DATABASE_URL; this shows the nodes',
      command: shell('select nodename, nodeport, groupid from pg_dist_node'),
    });
  if (node.workers === 0)
    throw new StartRefusal('NO_WORKERS', {
      found: 'The coordinator does not know any worker',
      needed: 'Tell it every worker',
      command: shell(`select citus_add_node('HOST', 5432)`),
    });
  if (!node.knowsItself)
    throw new StartRefusal('NO_WORKERS', {
      found: 'The workers do not know how to reach the coordinator',
      needed: 'Tell them its address, as they see it',
      command: shell(`select citus_set_coordinator_host('HOST', 5432)`),
    });
}
