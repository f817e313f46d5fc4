import type { ProcessId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';

export interface ProcessStorage {
  /** The database's clock, which decides whatever this machine's own says. */
  readonly readClock: () => Promise<{ readonly clock: Date }>;
  readonly register: (id: ProcessId) => Promise<void>;
  /** Renews the lease. False: the process was declared dead, and stays so. */
  readonly renew: (id: ProcessId) => Promise<boolean>;
  /** Declares dead whose lease ran out; answers all whose things were not let go of yet, with their last renewal. */
  readonly buryDead: (leaseSeconds: number) => Promise<readonly { readonly id: ProcessId; readonly renewedAt: Date }[]>;
  /** All that hung on it was let go of. */
  readonly markSwept: (id: ProcessId) => Promise<void>;
  /** Ends the lease in good order: nothing hangs on it any more. */
  readonly retire: (id: ProcessId) => Promise<void>;
}

/** Leases of processes. @throws DatabaseError */
export function createProcessStorage(database: Database): ProcessStorage {
  const run = async (text: string, params: readonly (string | number)[]) =>
    database.query<{ id: ProcessId; renewedAt: Date }>(text, params);
  return {
    readClock: async () => {
      const [row] = await database.query<{ clock: Date }>('select app_now() as clock', []);
      if (row === undefined) throw new Error('a select without a table answers one row');
      return row;
    },
    register: async (id) => {
      await run('insert into processes (id, started_at, renewed_at) values ($1::uuid, app_now(), app_now())', [id]);
    },
    renew: async (id) => {
      const text = 'update processes set renewed_at = app_now() where id = $1::uuid and dead_at is null returning id';
      return (await run(text, [id])).length > 0;
    },
    buryDead: (leaseSeconds) =>
      run(
        `with dead as (update processes set dead_at = app_now()
           where dead_at is null and renewed_at < app_now() - make_interval(secs => $1::int) returning id, renewed_at)
         select id, renewed_at as "renewedAt" from dead
         union all select id, renewed_at from processes where dead_at is not null and swept_at is null`,
        [leaseSeconds],
      ),
    markSwept: async (id) => {
      await run('update processes set swept_at = app_now() where id = $1::uuid', [id]);
    },
    retire: async (id) => {
      await run('update processes set dead_at = app_now() where id = $1::uuid and dead_at is null', [id]);
    },
  };
}
