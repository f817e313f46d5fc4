import { type Costs, machine, model } from './model.ts';
import type { Played } from './simulate.ts';

/** What the played day needs. */
export interface Need {
  readonly processes: {
    readonly forCpu: number;
    readonly forMemory: number;
    readonly forRetention: number;
    readonly all: number;
  };
  /** Cores in the busiest minute, of these so many for polls and sweeps. */
  readonly postgresCores: number;
  readonly idleCores: number;
  readonly limits: readonly Limit[];
}

/** One of PostgreSQL's limits; `roomsPerDay`: where it is met, if everything grows in step. */
export interface Limit {
  readonly name: string;
  readonly needed: number;
  readonly available: number;
  readonly unit: string;
  readonly roomsPerDay: number;
}

export function reckon(played: Played, costs: Costs): Need {
  const { peak, counts } = played;
  const swept = machine.sweptPerMinute * 1_440;
  const forRetention = Math.ceil(Math.max(counts.token, counts.room) / swept);
  const forMemory = Math.ceil(
    (peak.subscriptions * Math.max(costs.subscriptionBytes, machine.subscriptionBytes)) /
      (machine.processMemory - machine.processBase),
  );
  // Each process polls what it watches, and the more there are, the more of them watch the same room.
  let forCpu = 1;
  while (serverSeconds(played, costs, forCpu) / forCpu > machine.utilisation && forCpu < 10_000) forCpu += 1;
  const all = Math.max(forCpu, forMemory, forRetention);
  const watching = peak.openRooms * watchers(all);
  const idleCores = (all * costs.idle.postgresUs + watching * costs.watchedRoom.postgresUs) / 1e6;
  const postgresCores = peak.minute.postgres + idleCores;
  const limit = (name: string, needed: number, available: number, unit: string): Limit => ({
    name,
    needed,
    available,
    unit,
    roomsPerDay: model.rooms * (available / needed),
  });
  return {
    processes: { forCpu, forMemory, forRetention, all },
    postgresCores,
    idleCores,
    limits: [
      limit('processor in the busiest minute', postgresCores, machine.postgresCores * machine.utilisation, 'cores'),
      limit('write-ahead log in the busiest second', peak.second.wal / 1e6, machine.walPerSecond / 1e6, 'MB/s'),
      limit('connections', all * machine.connectionsPerProcess, machine.connections, ''),
      limit(
        `disk, ${model.retentionDays} days kept`,
        (played.storedBytes * model.retentionDays) / 1e12,
        machine.diskBytes / 1e12,
        'TB',
      ),
    ].toSorted((a, b) => a.roomsPerDay - b.roomsPerDay),
  };
}

/** On how many of so many processes a room's people sit, when each is sent to any of them. */
function watchers(processes: number): number {
  return processes * (1 - (1 - 1 / processes) ** (model.meanGuests + 1));
}

/** Processor seconds of all processes together in each second of the busiest minute. */
function serverSeconds({ peak }: Played, costs: Costs, processes: number): number {
  const watching = peak.openRooms * watchers(processes) * costs.watchedRoom.serverUs;
  return peak.minute.server + (processes * costs.idle.serverUs + watching) / 1e6;
}
