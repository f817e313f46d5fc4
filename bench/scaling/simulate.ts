import { randomFrom, shardsOf } from './chance.ts';
import { type Costs, cluster, crossedCosts, model, type Part, parts } from './model.ts';
import type { Cost } from './per-use.ts';

const day = 86_400;
const minutes = day / 60;

/** What a day of the model asks for, given what each part costs. */
export interface Played {
  readonly guests: number;
  readonly counts: Readonly<Record<Part, number>>;
  readonly peak: {
    /** The busiest minute, and the busiest second: processor seconds in each second, or bytes in each second. */
    readonly minute: Load;
    readonly second: Load;
    readonly openRooms: number;
    readonly subscriptions: number;
  };
  /** PostgreSQL's processor seconds in each second, in each minute of the day, by the part of the domains that asks for them. */
  readonly byShard: readonly Float64Array[];
  /** By parts, of the whole day. Processor seconds. */
  readonly dayOf: Readonly<Record<Part, { readonly server: number; readonly postgres: number }>>;
  readonly storedBytes: number;
  readonly walBytes: number;
}

export interface Load {
  readonly server: number;
  readonly postgres: number;
  readonly wal: number;
}

function countersOf(length: number): Record<Part, Uint32Array> {
  // Built from the list of parts itself, which the type of `fromEntries` forgets.
  return Object.fromEntries(parts.map((part) => [part, new Uint32Array(length)])) as Record<Part, Uint32Array>;
}

/** Counts of each part in each second of the day; what runs over midnight comes back in the morning, as every day does. */
class Day {
  readonly counts: Record<Part, Uint32Array>;
  readonly countsOfShards = Array.from({ length: cluster.shards }, () => countersOf(minutes));
  /** Where what happens belongs. */
  shard = 0;
  readonly #open = { ROOM: new Open(), SUBSCRIPTION: new Open() };

  constructor() {
    this.counts = countersOf(day);
  }

  add(part: Part, at: number, times = 1): void {
    const counts = this.counts[part];
    const second = Math.floor(at) % day;
    counts[second] = (counts[second] ?? 0) + times;
    const ofShard = this.countsOfShards[this.shard]?.[part];
    const minute = Math.floor(second / 60);
    if (ofShard) ofShard[minute] = (ofShard[minute] ?? 0) + times;
  }

  open(from: number, to: number, kind: 'ROOM' | 'SUBSCRIPTION'): void {
    this.#open[kind].add(Math.floor(from) % day, Math.floor(to) % day);
  }

  peaks(): { readonly openRooms: number; readonly subscriptions: number } {
    return { openRooms: this.#open.ROOM.most(), subscriptions: this.#open.SUBSCRIPTION.most() };
  }
}

/** How many of something are open at once. */
class Open {
  readonly #changes = new Int32Array(day);
  #atMidnight = 0;

  add(from: number, to: number): void {
    this.#changes[from] = (this.#changes[from] ?? 0) + 1;
    this.#changes[to] = (this.#changes[to] ?? 0) - 1;
    if (to < from) this.#atMidnight += 1;
  }

  most(): number {
    let open = this.#atMidnight;
    let most = open;
    for (const change of this.#changes) {
      open += change;
      most = Math.max(most, open);
    }
    return most;
  }
}

/** Plays the model's day. Deterministic: the seed is the model's. */
export function play(costs: Costs): Played {
  const random = randomFrom(model.seed);
  const today = new Day();
  const openAt = openingTimes(random);
  const shardAt = shardsOf(randomFrom(model.seed + 1));
  let guests = 0;
  for (let room = 0; room < model.rooms; room += 1) {
    today.shard = shardAt();
    guests += playRoom(today, random, openAt());
  }
  return { guests, ...addUp(today, costs) };
}

function openingTimes(random: () => number): () => number {
  const total = model.hours.reduce((a: number, b) => a + b, 0);
  return () => {
    let left = random() * total;
    const hour = model.hours.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    if (random() >= model.onTheHour) return (hour + random()) * 3_600;
    const half = random() < 0.7 ? 0 : 1_800;
    return (hour * 3_600 + half + (random() - 0.5) * 240 + day) % day;
  };
}

/** One room from its making to the last one's leaving. The number of its guests. */
function playRoom(today: Day, random: () => number, opensAt: number): number {
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;
  const geometric = Math.ceil(Math.log(1 - random()) / Math.log(1 - 1 / model.meanGuests));
  const guests = Math.min(model.maxGuests, Math.max(1, geometric));
  const lasts = Math.min(model.maxDurationSeconds, 300 + exponential(model.meanDurationSeconds - 300));
  const closesAt = opensAt + lasts;
  const tells = random() < model.webhooks;
  today.add('room', opensAt);
  today.open(opensAt, closesAt, 'ROOM');
  for (let person = 0; person <= guests; person += 1) {
    const comesAt = person === 0 ? opensAt : opensAt + Math.min(lasts * 0.9, exponential(model.meanArrivalSeconds));
    playPerson(today, random, {
      comesAt,
      leavesAt: closesAt,
      others: guests,
      knocks: person > 0 && random() < model.knocking,
      tells,
    });
  }
  return guests;
}

interface Person {
  readonly comesAt: number;
  readonly leavesAt: number;
  readonly others: number;
  readonly knocks: boolean;
  readonly tells: boolean;
}

function playPerson(today: Day, random: () => number, { comesAt, leavesAt, others, knocks, tells }: Person): void {
  const tell = (at: number) => tells && today.add('webhook', at);
  const joinsAt = knocks ? comesAt + 15 : comesAt;
  if (knocks) {
    // The owner is shown the knock, the knocker the decision; one reads on a socket that ends with the joining.
    today.add('knock', comesAt);
    today.add('budget', comesAt);
    today.add('attendance', comesAt);
    today.add('admission', joinsAt);
    today.add('delivery', joinsAt, 2);
    tell(comesAt);
    tell(joinsAt);
  } else {
    today.add('token', comesAt);
  }
  today.add('budget', joinsAt);
  today.add('join', joinsAt);
  today.add('delivery', joinsAt, others);
  tell(joinsAt);
  const hours = (leavesAt - joinsAt) / 3_600;
  today.add('attendance', joinsAt);
  today.open(joinsAt, Math.max(joinsAt, leavesAt), 'SUBSCRIPTION');
  for (let back = 0; back < Math.floor(model.reconnectsPerHour * hours + random()); back += 1) {
    today.add('attendance', joinsAt + random() * (leavesAt - joinsAt));
  }
  for (let update = 0; update < Math.floor(model.updatesPerHour * hours + random()); update += 1) {
    const at = joinsAt + random() * (leavesAt - joinsAt);
    // Written as an admission is: one guarded statement, one changed row, one event.
    today.add('admission', at);
    today.add('delivery', at, others + 1);
  }
  today.add('leave', leavesAt + random() * 20);
  today.add('delivery', leavesAt, others);
  tell(leavesAt);
}

function addUp(today: Day, costs: Costs): Omit<Played, 'guests'> {
  const each = crossedCosts(costs);
  const totals = parts.map((part) => [part, today.counts[part].reduce((a, b) => a + b, 0)] as const);
  const cost = (pick: (cost: Cost) => number) =>
    totals.reduce((total, [part, count]) => total + count * pick(each[part]), 0);
  const dayOf = totals.map(([part, count]) => {
    const { serverUs, postgresUs } = each[part];
    return [part, { server: (count * serverUs) / 1e6, postgres: (count * postgresUs) / 1e6 }] as const;
  });
  const seconds = loadBySecond(today, each);
  return {
    // Built from the list of parts itself, which the type of `fromEntries` forgets.
    counts: Object.fromEntries(totals) as Played['counts'],
    dayOf: Object.fromEntries(dayOf) as Played['dayOf'],
    byShard: today.countsOfShards.map((counts) => postgresByMinute(counts, each)),
    peak: { second: busiest(seconds, 1), minute: busiest(seconds, 60), ...today.peaks() },
    storedBytes: cost(({ stored }) => stored),
    walBytes: cost(({ wal }) => wal),
  };
}

function postgresByMinute(counts: Readonly<Record<Part, Uint32Array>>, each: Costs['each']): Float64Array {
  const load = new Float64Array(minutes);
  for (const part of parts) {
    counts[part].forEach((count, minute) => {
      load[minute] = (load[minute] ?? 0) + (count * each[part].postgresUs) / 1e6 / 60;
    });
  }
  return load;
}

type BySecond = Readonly<Record<keyof Load, Float64Array>>;

function loadBySecond(today: Day, each: Costs['each']): BySecond {
  const load = { server: new Float64Array(day), postgres: new Float64Array(day), wal: new Float64Array(day) };
  for (const part of parts) {
    const { serverUs, postgresUs, wal } = each[part];
    today.counts[part].forEach((count, second) => {
      load.server[second] = (load.server[second] ?? 0) + (count * serverUs) / 1e6;
      load.postgres[second] = (load.postgres[second] ?? 0) + (count * postgresUs) / 1e6;
      load.wal[second] = (load.wal[second] ?? 0) + count * wal;
    });
  }
  return load;
}

function busiest(load: BySecond, window: number): Load {
  const most = (values: Float64Array) => {
    let highest = 0;
    for (let from = 0; from < day; from += window) {
      const total = values.subarray(from, from + window).reduce((a, b) => a + b, 0);
      highest = Math.max(highest, total / window);
    }
    return highest;
  };
  return { server: most(load.server), postgres: most(load.postgres), wal: most(load.wal) };
}
