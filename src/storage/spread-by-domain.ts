import type { PgTable } from 'drizzle-orm/pg-core';
import { isDistributed, requireCluster } from './postgres/cluster.ts';
import { columnsOf } from './postgres/columns.ts';
import { type Query, takeMigrationLock, withMigrationLock, withSession } from './postgres/migrate.ts';
import {
  findLocalFunctions,
  readKinds,
  refuseHindrances,
  type Spread,
  type SpreadDone,
  spreadOver,
} from './postgres/spread.ts';
import { storedFunctions } from './stored-functions.ts';
import * as tables from './tables/index.ts';

/** Few rows, which statements of every domain may ask: each machine has all of them. What bumps a domain is among them. */
export const sharedTables: readonly PgTable[] = [
  tables.domains,
  tables.apiKeys,
  tables.signingKeys,
  tables.selfSigningKeys,
];
/** What the processes share. It stays on the coordinator. */
const ofNoDomain: readonly PgTable[] = [tables.budgets, tables.installationKeys, tables.processes];

/** How the service's tables lie on a cluster: all that have a domain lie by it. */
export const spreadByDomain: Spread = {
  references: sharedTables.map((table) => columnsOf(table).table),
  ofDomains: [tables.rooms, ...Object.values(tables).filter(isOfDomain)].map((table) => columnsOf(table).table),
  functions: storedFunctions,
};

function isOfDomain(table: PgTable): boolean {
  return table !== tables.rooms && !sharedTables.includes(table) && !ofNoDomain.includes(table);
}

/** @throws StartRefusal where `distribute` would refuse this database, as far as its tables are there already. It changes nothing */
export function refuseUnready(url: string): Promise<void> {
  return withMigrationLock(url, async (sql) => {
    await requireCluster(sql);
    await refuseHindrances(sql, spreadByDomain);
  });
}

/** Spreads tables and functions over the cluster; a second time it finds nothing to do. @throws StartRefusal; then nothing was changed */
export function distribute(url: string): Promise<SpreadDone> {
  return withMigrationLock(url, async (sql) => {
    await requireCluster(sql);
    return spreadOver(sql, spreadByDomain);
  });
}

/**
 * Spreads what migrations have made, if the database is spread: also those of a process that was ended before it came to this. Where
 * another process does it at this moment, this one waits. Null: the database is not spread, and nobody is waited for.
 */
export function keepDistributed(url: string): Promise<SpreadDone | null> {
  return withSession(url, async (sql) => {
    if (!(await isDistributed((text) => sql.unsafe(text)))) return null;
    await takeMigrationLock(sql);
    return spreadOver(sql, spreadByDomain);
  });
}

/** What of a spread database the coordinator still has to itself. Null: the database is not spread. */
export async function findUnspread(query: Query): Promise<readonly string[] | null> {
  if (!(await isDistributed(query))) return null;
  const kinds = await readKinds(query);
  const { references, ofDomains } = spreadByDomain;
  const tables = [...references, ...ofDomains].filter((table) => !kinds.has(table));
  return [...tables, ...(await findLocalFunctions(query, spreadByDomain))];
}
