import type { Cost } from './per-use.ts';

export const parts = [
  'room',
  'token',
  'knock',
  'admission',
  'join',
  'attendance',
  'leave',
  'delivery',
  'webhook',
  'budget',
] as const;
export type Part = (typeof parts)[number];

/** All that the simulation takes from the measurement. */
export interface Costs {
  readonly each: Readonly<Record<Part, Cost>>;
  /** How much more processor time a knock takes when its owner watches on another process: what is written there is read here. */
  readonly crossing: { readonly server: number; readonly postgres: number };
  /** Resident memory of each idle subscription on a socket of its own. Bytes. */
  readonly subscriptionBytes: number;
  /** Of a process that does nothing, in each second: sweeps, leases, polls. */
  readonly idle: { readonly serverUs: number; readonly postgresUs: number };
  /** Of each room that a process watches, in each second: its share of the poll. */
  readonly watchedRoom: { readonly serverUs: number; readonly postgresUs: number };
}

/** The traffic that is played: assumptions, not measurements. Change them here, and run again. */
export const model = {
  rooms: 1_000_000,
  /** Whose rooms they are: the n-th largest domain has a share of them in proportion to 1 / n. */
  domains: 2_000,
  seed: 20_260_401,
  /** Share of the day's rooms that open in each hour, of one time zone; they are scaled to one. */
  hours: [1, 1, 1, 1, 1, 2, 5, 20, 70, 110, 115, 95, 60, 85, 110, 105, 85, 55, 30, 20, 15, 8, 3, 2],
  /** So many open at a full or half hour, within two minutes of it; the rest at any time. */
  onTheHour: 0.7,
  /** Who comes besides the owner: 1 and more, geometrically, at most 500. */
  meanGuests: 4,
  maxGuests: 500,
  /** Of the guests, those who knock and are admitted; the rest come with meeting tokens. */
  knocking: 0.4,
  /** From the opening until a guest comes, and how long the room is used: exponentially. Seconds. */
  meanArrivalSeconds: 120,
  meanDurationSeconds: 2_400,
  maxDurationSeconds: 14_400,
  /** How often each participant's connection breaks and comes back in an hour. */
  reconnectsPerHour: 1,
  /** Media switched, and what else everybody in the room is shown, for each participant in an hour. Written and delivered. */
  updatesPerHour: 6,
  /** Of the domains' rooms, those whose backend is told by webhook of knocks, joins and leaves. */
  webhooks: 0.5,
  retentionDays: 30,
} as const;

/** What one machine is taken for. The limits are those of the room that is left for bursts. */
export const machine = {
  /** Of each core, for processes and for PostgreSQL alike. */
  utilisation: 0.6,
  processMemory: 1.5 * 2 ** 30,
  processBase: 150 * 2 ** 20,
  /** At least so much for each subscription, as P8 found with 10,000: the thousand of a short run are too few to tell. */
  subscriptionBytes: 20 * 2 ** 10,
  postgresCores: 32,
  walPerSecond: 200 * 10 ** 6,
  connections: 1_000,
  /** `POOL_SIZE`, and what comes beside it. */
  connectionsPerProcess: 14,
  diskBytes: 8 * 10 ** 12,
  /** What all processes together let go of each table in a minute, see `src/storage/retention.ts`. */
  sweptPerMinute: 60_000,
} as const;

/** PostgreSQL spread by domain, as Citus does it (docs/scaling.md). Each node and the coordinator is a machine as above. */
export const cluster = {
  nodes: [2, 3, 4, 6, 8, 16],
  /** Domains lie in so many parts by chance, and the parts on the nodes in turn: Citus's own default. */
  shards: 32,
  /** Processor time of a statement on all machines together, of what one PostgreSQL takes: from a trial by hand. */
  dearer: 2.8,
  /** Of that time, what the coordinator takes, through which every statement goes: 0.30 to 0.35 of knocks in a trial by hand. */
  ofCoordinator: 0.3,
} as const;

/** Parts after which other processes read what was written. */
const crossed: readonly Part[] = ['knock', 'admission', 'join', 'attendance', 'leave'];

/** What each part costs where people of one room sit on several processes: as dear as a knock was found to become there. */
export function crossedCosts({ each, crossing }: Costs): Costs['each'] {
  const dearer = crossed.map((part) => {
    const { serverUs, postgresUs, ...written } = each[part];
    const cost = { ...written, serverUs: serverUs * crossing.server, postgresUs: postgresUs * crossing.postgres };
    return [part, cost] as const;
  });
  return { ...each, ...Object.fromEntries(dearer) };
}
