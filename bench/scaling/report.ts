import type { Measured } from './measure.ts';
import { type Costs, machine, model, parts } from './model.ts';
import type { Need } from './need.ts';
import type { Played } from './simulate.ts';

/** The tables of the measurement and of the day that was played, as Markdown. */
export function showMeasured({ carried, oneRoom, joinsPerSecond, costs }: Measured): string {
  return [
    '',
    table(
      [
        'processes',
        'knocks/s at most',
        'at a fixed rate',
        'p50',
        'p99',
        'server CPU per knock',
        'PostgreSQL CPU per knock',
      ],
      carried.map(({ processes, knocksPerSecond, at }) => [
        String(processes),
        round(knocksPerSecond),
        `${at.perSecond}/s`,
        `${round(at.p50Ms)} ms`,
        `${round(at.p99Ms)} ms`,
        `${round(at.knock.serverUs)} µs`,
        `${round(at.knock.postgresUs)} µs`,
      ]),
    ),
    '',
    table(
      ['processes that write one room', 'knocks/s, 64 clients', 'share of each'],
      oneRoom.map(({ processes, knocksPerSecond, shares }) => [
        String(processes),
        round(knocksPerSecond),
        shares.map((share) => `${Math.round(100 * share)} %`).join(', '),
      ]),
    ),
    '',
    `One process: ${round(joinsPerSecond)} joins/s from 8 at a time; ${round(costs.subscriptionBytes / 1024)} KiB for each idle subscription.`,
    '',
    showCosts(costs),
  ].join('\n');
}

function showCosts({ each, idle, watchedRoom, crossing }: Costs): string {
  const rows = parts.map((part) => {
    const { serverUs, postgresUs, wal, stored } = each[part];
    return [part, `${round(serverUs)} µs`, `${round(postgresUs)} µs`, `${round(wal)} B`, `${round(stored)} B`];
  });
  const everySecond = (name: string, cost: Costs['idle']) => [
    `${name}, each second`,
    `${round(cost.serverUs)} µs`,
    `${round(cost.postgresUs)} µs`,
    '',
    '',
  ];
  return table(
    ['part', 'server CPU', 'PostgreSQL CPU', 'WAL', 'stored'],
    [...rows, everySecond('an idle process', idle), everySecond('a watched room', watchedRoom)],
  ).concat(
    `\n\nCrossing between processes: ${round(crossing.server)} times the server CPU, ${round(crossing.postgres)} times PostgreSQL's.`,
  );
}

export function showPlayed({ guests, counts, peak, dayOf, storedBytes, walBytes }: Played, need: Need): string {
  const { forCpu, forMemory, all } = need.processes;
  const [first] = need.limits;
  return [
    '',
    `${model.rooms.toLocaleString('en')} rooms in a day, seed ${model.seed}: ${guests.toLocaleString('en')} guests, at most ${peak.openRooms.toLocaleString('en')} rooms and ${peak.subscriptions.toLocaleString('en')} subscriptions at once.`,
    '',
    table(
      ['part', 'times', 'server CPU', 'PostgreSQL CPU'],
      parts.map((part) => [
        part,
        counts[part].toLocaleString('en'),
        `${round(dayOf[part].server / 3_600)} h`,
        `${round(dayOf[part].postgres / 3_600)} h`,
      ]),
    ),
    '',
    `Busiest minute: ${round(peak.minute.server)} cores of processes, ${round(need.postgresCores)} of PostgreSQL (${round(need.idleCores)} of them polls and sweeps). Busiest second: ${round(peak.second.server)} and ${round(peak.second.postgres)}.`,
    `Processes: ${all} (${forCpu} for the processor at ${100 * machine.utilisation} %, ${forMemory} for memory).`,
    `Written: ${round(walBytes / 1e9)} GB of WAL and ${round(storedBytes / 1e9)} GB of rows and indexes a day.`,
    '',
    table(
      ['limit of one PostgreSQL', 'needed', 'assumed', 'met at rooms/day'],
      need.limits.map(({ name, needed, available, unit, roomsPerDay }) => [
        name,
        `${round(needed)} ${unit}`,
        `${round(available)} ${unit}`,
        `${round(roomsPerDay / 1e6)} million`,
      ]),
    ),
    '',
    `First limit: ${first?.name ?? 'none'}.`,
    '',
    table(
      ['nodes, and a coordinator', 'cores of the busiest node', 'of the coordinator', 'full at rooms/day'],
      need.clusters.map(({ nodes, nodeCores, coordinatorCores, roomsPerDay }) => [
        String(nodes),
        round(nodeCores),
        round(coordinatorCores),
        `${round(roomsPerDay / 1e6)} million`,
      ]),
    ),
  ].join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function round(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const figures = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(figures);
}
