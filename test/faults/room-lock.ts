import type { TestDatabase } from '../support/database.ts';

type Sql = TestDatabase['sql'];

/** Holds what this statement takes in a transaction, until the returned function is called. */
export async function hold(
  { sql }: Pick<TestDatabase, 'sql'>,
  take: (sql: Pick<Sql, 'unsafe'>) => PromiseLike<unknown>,
): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const over = sql.begin(async (transaction) => {
    await take(transaction);
    taken.resolve();
    await release.promise;
  });
  await taken.promise;
  return async () => {
    release.resolve();
    await over;
  };
}

/** Keeps whoever writes one of these rooms waiting, until the returned function is called. */
export function lockRoom(database: Pick<TestDatabase, 'sql'>, ...roomNames: string[]): Promise<() => Promise<void>> {
  return hold(database, (sql) => sql.unsafe('select 1 from rooms where name = any($1) for update', [roomNames]));
}

/** How many statements wait for a row, or for a domain, at this moment. Locks for turns are not counted. */
export async function countLockWaits(database: Pick<TestDatabase, 'sql' | 'name'>): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
    where datname = ${database.name} and wait_event_type = 'Lock' and (wait_event in ('transactionid', 'tuple') or pid in (
      select l.pid from pg_locks l join domains d on hashtextextended(d.id::text, 1) = (l.classid::bigint << 32) | l.objid::bigint
      where l.locktype = 'advisory' and not l.granted))`;
  return row?.count ?? 0;
}
