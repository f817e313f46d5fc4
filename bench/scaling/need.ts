import { range } from '../pace.ts';
import { sum } from '../statistics.ts';
import { type Costs, cluster, machine, model } from './model.ts';
import type { Played } from './simulate.ts';

/** What the played day needs. */
export interface Need {
  readonly processes: {
    readonly forCpu: number;
    readonly forMemory: number;
    readonly all: number;
  };
  /** Cores in the busiest minute, of these so many for polls and sweeps. */
  readonly postgresCores: number;
  readonly idleCores: number;
  readonly limits: readonly Limit[];
  /** On clusters of several sizes. */
  readonly clusters: readonly ClusterNeed[];
}

/** What the busiest minute asks of a cluster. */
export interface ClusterNeed {
  readonly nodes: number;
  /** Cores of the busiest node, and of the coordinator. */
  readonly nodeCores: number;
  readonly coordinatorCores: number;
  /** Where the first of them is full. */
  readonly roomsPerDay: number;
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
  const forMemory = Math.ceil(
    (peak.subscriptions * Math.max(costs.subscriptionBytes, machine.subscriptionBytes)) /
      (machine.processMemory - machine.processBase),
  );
  // Each process polls what it watches, and the more there are, the more of them watch the same room.
  let forCpu = 1;
  while (serverSeconds(played, costs, forCpu) / forCpu > machine.utilisation && forCpu < 10_000) forCpu += 1;
  const all = Math.max(forCpu, forMemory);
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
    processes: { forCpu, forMemory, all },
    postgresCores,
    idleCores,
    limits: [
      limit('processor in the busiest minute', postgresCores, machine.postgresCores * machine.utilisation, 'cores'),
      limit('write-ahead log in the busiest second', peak.second.wal / 1e6, machine.walPerSecond / 1e6, 'MB/s'),
      // Of the rows that each table lets go of, the events are the most.
      limit('rows let go of in a day', eventsOf(counts) / 1e6, (machine.sweptPerMinute * 1_440) / 1e6, 'million'),
      limit('connections', all * machine.connectionsPerProcess, machine.connections, ''),
      limit(
        `disk, ${model.retentionDays} days kept`,
        (played.storedBytes * model.retentionDays) / 1e12,
        machine.diskBytes / 1e12,
        'TB',
      ),
    ].toSorted((a, b) => a.roomsPerDay - b.roomsPerDay),
    clusters: cluster.nodes.map((nodes) => onCluster(nodes, played, idleCores)),
  };
}

/** Rooms of a domain lie on one node, so that some nodes have more to do than others. Looks and polls begin at the coordinator. */
function onCluster(nodes: number, { byShard, peak }: Played, idleCores: number): ClusterNeed {
  const { dearer, ofCoordinator } = cluster;
  const busiest = range(nodes).map((node) => {
    const own = byShard.filter((_shard, index) => index % nodes === node);
    return Math.max(...range(1_440).map((minute) => sum(own.map((shard) => shard[minute] ?? 0))));
  });
  const nodeCores = dearer * (1 - ofCoordinator) * Math.max(...busiest);
  const coordinatorCores = dearer * ofCoordinator * (peak.minute.postgres + idleCores);
  const available = machine.postgresCores * machine.utilisation;
  const roomsPerDay = model.rooms * (available / Math.max(nodeCores, coordinatorCores));
  return { nodes, nodeCores, coordinatorCores, roomsPerDay };
}

function eventsOf(counts: Played['counts']): number {
  const { room, knock, admission, join, attendance, leave } = counts;
  return room + knock + admission + join + attendance + leave;
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
