import type { TestDatabase } from '../support/database.ts';

/** Keeps whoever writes one of these rooms waiting, until the returned function is called. */
export async function lockRoom(
  database: Pick<TestDatabase, 'sql'>,
  ...roomNames: string[]
): Promise<() => Promise<void>> {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const over = database.sql.begin(async (sql) => {
    await sql`select 1 from rooms where name = any(${roomNames}) for update`;
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  return async () => {
    release.resolve();
    await over;
  };
}

/** How many statements wait for a row at this moment. Locks for turns are not counted. */
export async function countLockWaits(database: Pick<TestDatabase, 'sql' | 'name'>): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
    where datname = ${database.name} and wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')`;
  return row?.count ?? 0;
}
