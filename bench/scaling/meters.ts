import { readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import type { Service } from '../ground.ts';
import { sum } from '../statistics.ts';

/** What a piece of work used, in all processes of each kind together. */
export interface Spent {
  readonly seconds: number;
  /** Processor time of the service's processes. Milliseconds, in steps of ten. */
  readonly serverMs: number;
  /** Processor time of PostgreSQL: backends, writers, checkpoints, those that ended too. Milliseconds, in steps of ten. */
  readonly postgresMs: number;
  /** Write-ahead log, whole-page images among it. Bytes. */
  readonly wal: number;
  /** What tables and indexes grew by. Bytes, in steps of 8 KiB. */
  readonly stored: number;
}

/** Tells what a piece of work used on this database, whose server runs nothing else. */
export interface Meters {
  /** Begins to count; the returned function tells what was used since. */
  readonly start: () => Promise<() => Promise<Spent>>;
  readonly during: <Made>(work: () => Promise<Made>) => Promise<{ readonly made: Made; readonly spent: Spent }>;
  readonly close: () => Promise<void>;
}

export async function openMeters(databaseUrl: string, services: readonly Service[]): Promise<Meters> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const postmaster = statOf(row?.pid ?? 0).parent;
  const read = async () => {
    const [found] = await sql<{ wal: number; stored: number }[]>`
      select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal,
        (select sum(pg_total_relation_size(relid))::float8 from pg_stat_user_tables) as stored`;
    if (found === undefined) throw new Error('PostgreSQL did not say how much it has written');
    const serverMs = sum(services.map((service) => service.cpuMs()));
    return { ...found, at: performance.now(), serverMs, postgresMs: cpuOfTree(postmaster) };
  };
  const start = async () => {
    const before = await read();
    return async (): Promise<Spent> => {
      const after = await read();
      return {
        seconds: (after.at - before.at) / 1000,
        serverMs: after.serverMs - before.serverMs,
        postgresMs: after.postgresMs - before.postgresMs,
        wal: after.wal - before.wal,
        stored: after.stored - before.stored,
      };
    };
  };
  return {
    start,
    during: async (work) => {
      const stop = await start();
      const made = await work();
      return { made, spent: await stop() };
    },
    close: () => sql.end({ timeout: 5 }),
  };
}

// Linux counts in hundredths of a second, whatever the processor.
const tickMs = 10;

interface Stat {
  readonly parent: number;
  /** Its own. Milliseconds. */
  readonly cpuMs: number;
  /** That of its children which have ended and were waited for. Milliseconds. */
  readonly endedMs: number;
}

function statOf(pid: number): Stat {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; what follows it is in fixed order.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (...places: readonly number[]) => sum(places.map((place) => Number(fields[place]))) * tickMs;
  return { parent: Number(fields[1]), cpuMs: ticks(11, 12), endedMs: ticks(13, 14) };
}

function cpuOfTree(postmaster: number): number {
  const { cpuMs, endedMs } = statOf(postmaster);
  let total = cpuMs + endedMs;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = statOf(Number(name));
      if (stat.parent === postmaster) total += stat.cpuMs;
    } catch {
      // It ended between being listed and being read: the postmaster counts it.
    }
  }
  return total;
}
