import type { ProcessId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';
import { and, eq, isNull, sql } from './postgres/orm.ts';
import { processes } from './tables/index.ts';

export interface ProcessStorage {
  /** The database's clock. It decides, whatever this machine's own clock says. */
  readonly readClock: () => Promise<{ readonly clock: Date }>;
  /** Answers since when the service has been there without a break: since other processes say that live, or since now. */
  readonly register: (id: ProcessId, leaseSeconds: number) => Promise<{ readonly since: Date }>;
  /**
   * Renews the lease, notes since when the service has been there as this process knows, and answers how many other processes have a lease,
   * and the database's clock. Null: the process was declared dead, and stays dead.
   */
  readonly renew: (id: ProcessId, since: Date) => Promise<{ readonly others: number; readonly clock: Date } | null>;
  /** Declares processes dead whose lease ran out. Returns all dead processes that nobody has cleaned up after, with their last renewal. */
  readonly buryDead: (leaseSeconds: number) => Promise<readonly { readonly id: ProcessId; readonly renewedAt: Date }[]>;
  /** Notes that everything that the process held was released. */
  readonly markSwept: (id: ProcessId) => Promise<void>;
  /** Takes the lookout for this time, or keeps it, unless another process has it. Nothing is written where another one has. */
  readonly keepLookout: (id: ProcessId, seconds: number) => Promise<boolean>;
  /** Gives it up: another process may have it at once. */
  readonly leaveLookout: (id: ProcessId) => Promise<void>;
  /** Ends the lease in good order: the process holds nothing any more. */
  readonly retire: (id: ProcessId) => Promise<void>;
}

const registerText = `insert into processes (id, started_at, renewed_at)
  select $1::uuid, coalesce((select min(started_at) from processes
    where dead_at is null and renewed_at > (select app_now() - make_interval(secs => $2::int))), at), at
  from (select app_now() as at) t returning started_at as since`;

const buryText = `with dead as (update processes set dead_at = app_now()
    where dead_at is null and renewed_at < (select app_now() - make_interval(secs => $1::int)) returning id, renewed_at)
  select id, renewed_at as "renewedAt" from dead
  union all select id, renewed_at from processes where dead_at is not null and swept_at is null`;

// Two that ask at the same instant may both have it. The one whose id comes first keeps it. A lease that ends later than any does was made before
// the database's clock was set back, and holds nobody up.
const keepLookoutText = `
  update processes p set lookout_until = (select app_now() + make_interval(secs => $2::float8))
  where p.id = $1::uuid and p.dead_at is null and not exists (
    select from processes o where o.id <> $1::uuid and o.dead_at is null
      and o.lookout_until > (select app_now()) and o.lookout_until < (select app_now() + make_interval(secs => $2::float8 + 2))
      and (o.id < $1::uuid or p.lookout_until is null or p.lookout_until <= (select app_now())))
  returning p.id`;

/** Leases of processes. @throws DatabaseError */
export function createProcessStorage({ query, orm }: Pick<Database, 'query' | 'orm'>): ProcessStorage {
  const now = sql`app_now()`;
  const isAlive = (id: ProcessId) => and(eq(processes.id, id), isNull(processes.deadAt));
  return {
    readClock: async () => {
      const [row] = await query<{ clock: Date }>('select app_now() as clock', []);
      if (row === undefined) throw new Error('a select without a table answers one row');
      return row;
    },
    register: async (id, leaseSeconds) => {
      const [row] = await query<{ since: Date }>(registerText, [id, leaseSeconds]);
      if (row === undefined) throw new Error('an insert answers its row');
      return row;
    },
    renew: async (id, startedAt) => {
      const others = sql<number>`(select count(*)::int - 1 from processes where dead_at is null)`;
      const [renewed] = await orm
        .update(processes)
        .set({ renewedAt: now, startedAt })
        .where(isAlive(id))
        .returning({ others, clock: processes.renewedAt });
      return renewed ?? null;
    },
    buryDead: (leaseSeconds) => query(buryText, [leaseSeconds]),
    markSwept: async (id) => {
      await orm.update(processes).set({ sweptAt: now }).where(eq(processes.id, id));
    },
    keepLookout: async (id, seconds) => (await query(keepLookoutText, [id, seconds])).length > 0,
    leaveLookout: async (id) => {
      await orm.update(processes).set({ lookoutUntil: null }).where(eq(processes.id, id));
    },
    retire: async (id) => {
      await orm.update(processes).set({ deadAt: now }).where(isAlive(id));
    },
  };
}
