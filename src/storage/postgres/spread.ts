import type postgres from 'postgres';
import { z } from 'zod';
import { StartRefusal } from '../start-refusal.ts';
import { isDistributed, shell } from './cluster.ts';
import type { Query } from './migrate.ts';
import type { StoredFunction } from './stored-function.ts';

/** How tables and functions are to lie on a cluster. */
export interface Spread {
  /** The same on every machine. */
  readonly references: readonly string[];
  /** By their domain. The first is the one beside which all others lie. */
  readonly ofDomains: readonly string[];
  readonly functions: readonly StoredFunction[];
}

/** What was done. Nothing: it was so already. */
export interface SpreadDone {
  readonly references: readonly string[];
  readonly ofDomains: readonly string[];
  readonly functions: readonly string[];
}

type SpreadSession = postgres.Sql | postgres.TransactionSql;

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly parent: string;
  /** By which a row `c` finds its parent `p`. */
  readonly join: string;
}

const kindRows = z.array(z.object({ table: z.string(), kind: z.string() }));

/**
 * How each table lies now: `REFERENCE`, `DOMAIN`, or in words what else. Tables that are not spread are left out, also those that lie whole on
 * the coordinator and are in its catalog all the same: a foreign key to a table that every machine has brings a new table there by itself.
 */
export async function readKinds(query: Query): Promise<ReadonlyMap<string, string>> {
  const rows = await query(`
    select p.logicalrelid::regclass::text as table, case when p.partmethod = 'n' and p.repmodel = 't' then 'REFERENCE'
        when p.partmethod = 'h' and column_to_column_name(p.logicalrelid, p.partkey) = 'domain_id'
          and p.colocationid = (select r.colocationid from pg_dist_partition r where r.logicalrelid = to_regclass('rooms')) then 'DOMAIN'
        else 'spread in another way' end as kind
    from pg_dist_partition p where not (p.partmethod = 'n' and p.repmodel <> 't' and p.colocationid = 0)`);
  return new Map(kindRows.parse(rows).map(({ table, kind }) => [table, kind]));
}

/** @throws StartRefusal where somebody else has spread some of the tables, or one in another way */
async function findMissing(sql: SpreadSession, { references, ofDomains }: Spread) {
  const kinds = await readKinds((text) => sql.unsafe(text));
  const wanted = [...references.map((table) => [table, 'REFERENCE']), ...ofDomains.map((table) => [table, 'DOMAIN'])];
  const missing = wanted.flatMap(([table = '']) => (kinds.has(table) ? [] : [table]));
  const others = wanted.flatMap(([table = '', kind]) => (kinds.has(table) && kinds.get(table) !== kind ? [table] : []));
  const isOurs = await isDistributed((text) => sql.unsafe(text));
  const isHalf = !isOurs && missing.length > 0 && missing.length < wanted.length;
  if (others.length > 0 || isHalf) {
    const [which, table = ''] =
      others.length > 0 ? ['are spread in another way', others[0]] : ['are not spread', missing[0]];
    const list = (others.length > 0 ? others : missing).join(', ');
    throw new StartRefusal('HALF_DISTRIBUTED', {
      found: `Some of the tables are spread over the cluster, but not by this command: ${list} ${which}`,
      needed:
        'Stop the service, and bring every table of it back to the coordinator: this takes along all that foreign keys connect. Then run this again',
      command: shell(
        `select undistribute_table('${others[0] ?? [...kinds.keys()][0] ?? table}', cascade_via_foreign_keys => true)`,
      ),
    });
  }
  return new Set(missing);
}

/**
 * The foreign keys between tables of which one is not spread yet. Tables that do not exist yet have none.
 * @throws StartRefusal where a row has no parent, or another table refers to one of these
 */
async function readForeignKeys(
  sql: SpreadSession,
  { references, ofDomains }: Spread,
  missing: ReadonlySet<string>,
): Promise<readonly ForeignKey[]> {
  const tables = [...references, ...ofDomains];
  const keys = await sql<ForeignKey[]>`
    select c.conrelid::regclass::text as table, quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition,
      c.confrelid::regclass::text as parent,
      (select string_agg(format('p.%I = c.%I', t.attname, f.attname), ' and ')
        from unnest(c.conkey, c.confkey) as k(own, other)
          join pg_attribute f on f.attrelid = c.conrelid and f.attnum = k.own
          join pg_attribute t on t.attrelid = c.confrelid and t.attnum = k.other) as join
    from pg_constraint c where c.contype = 'f' and c.conparentid = 0 and c.confrelid in
      (select to_regclass(t)::oid from unnest(${tables}::text[]) as t)`;
  const stranger = keys.find(({ table }) => !tables.includes(table));
  if (stranger !== undefined)
    throw new StartRefusal('TABLE_IN_THE_WAY', {
      found: `The table ${stranger.table} is none of this version, and refers to ${stranger.parent}, which is to be spread`,
      needed: 'Remove its foreign key, or the table if an earlier version left it',
      command: shell(`alter table ${stranger.table} drop constraint ${stranger.name}`),
    });
  const remade = keys.filter(({ table, parent }) => missing.has(table) || missing.has(parent));
  for (const { table, parent, join } of remade) await requireParents(sql, { table, parent, join });
  return remade;
}

/** Looks for what would be in the way of `spreadOver`, also before migrations have made all tables. @throws StartRefusal */
export async function refuseHindrances(sql: postgres.Sql, spread: Spread): Promise<void> {
  await readForeignKeys(sql, spread, await findMissing(sql, spread));
}

async function requireParents(
  sql: SpreadSession,
  { table, parent, join }: Pick<ForeignKey, 'table' | 'parent' | 'join'>,
): Promise<void> {
  const without = `from ${table} c where not exists (select from ${parent} p where ${join})`;
  const [found] = await sql.unsafe<{ count: number }[]>(`select count(*)::int as count ${without}`);
  if (found === undefined || found.count === 0) return;
  throw new StartRefusal('ROWS_WITHOUT_PARENT', {
    found: `Rows of ${table} belong to no row of ${parent} (${found.count}): an earlier version, or a restored backup, has left them`,
    needed: 'Look at them, and remove them',
    command: shell(`select * ${without}`),
  });
}

/**
 * Spreads what is not spread yet. Everything is one transaction: an error leaves the database as it was.
 * @param sql a connection of the coordinator that no other spreads at this time
 * @throws StartRefusal where something is in the way
 */
export function spreadOver(sql: postgres.Sql, spread: Spread): Promise<SpreadDone> {
  return sql.begin(async (session) => {
    await session.unsafe(`set local citus.multi_shard_modify_mode = 'sequential'`);
    const missing = await findMissing(session, spread);
    const done = {
      references: spread.references.filter((table) => missing.has(table)),
      ofDomains: spread.ofDomains.filter((table) => missing.has(table)),
      functions: await findLocalFunctions((text) => session.unsafe(text), spread),
    };
    const keys = await readForeignKeys(session, spread, missing);
    if (missing.size > 0) await spreadTables(session, keys, spread.ofDomains[0] ?? '', done);
    for (const { name, signature } of spread.functions.filter(({ name }) => done.functions.includes(name)))
      await session`select create_distributed_function(${`${name}(${signature})`}, 'p_domain', ${spread.ofDomains[0] ?? ''})`;
    for (const called of done.functions.length > 0 ? ['app_now()', 'next_version(uuid, bigint)'] : [])
      await session`select create_distributed_function(${called})`;
    // Whoever finds nothing to do writes nothing: every start comes by here.
    if (!(await isDistributed((text) => session.unsafe(text))))
      await session.unsafe(
        `create or replace function spread_by_domain() returns boolean language sql immutable as $$ select true $$`,
      );
    return done;
  });
}

/** A foreign key between a table that is spread and one that is not yet cannot be: they are taken away, and made again at the end. */
async function spreadTables(
  session: postgres.TransactionSql,
  keys: readonly ForeignKey[],
  first: string,
  done: SpreadDone,
): Promise<void> {
  for (const { table, name } of keys) await session.unsafe(`alter table ${table} drop constraint ${name}`);
  for (const table of done.references) await session`select create_reference_table(${table})`;
  for (const table of done.ofDomains) {
    if (table === first) await session`select create_distributed_table(${table}, 'domain_id')`;
    else await session`select create_distributed_table(${table}, 'domain_id', colocate_with => ${first})`;
  }
  for (const { table, name, definition } of keys)
    await session.unsafe(`alter table ${table} add constraint ${name} ${definition}`);
}

const nameRows = z.array(z.object({ name: z.string() }));

/** The functions of a domain that the coordinator still runs itself. */
export async function findLocalFunctions(
  query: Query,
  { functions }: Pick<Spread, 'functions'>,
): Promise<readonly string[]> {
  const rows = await query(`
    select p.proname as name from pg_dist_object o join pg_proc p on p.oid = o.objid
    where o.classid = 'pg_proc'::regclass and o.distribution_argument_index is not null`);
  const spread = new Set(nameRows.parse(rows).map(({ name }) => name));
  return functions.flatMap(({ name, isOfDomain }) => (isOfDomain && !spread.has(name) ? [name] : []));
}
