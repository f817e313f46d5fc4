import { z } from 'zod';
import { type BudgetStorage, createBudgetStorage } from '../../src/storage/budget.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createEventLog } from '../../src/storage/room-event.ts';
import type { RoomRef } from '../../src/storage/room-store.ts';
import type { Ground, Service } from '../ground.ts';
import { LiveSocket } from '../live-socket.ts';
import { inParallel, range, until } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { crossingTarget } from './crossing-target.ts';
import { knockInLanes, meterKnocks } from './knocks.ts';
import { type Meters, openMeters } from './meters.ts';
import type { Costs } from './model.ts';
import { knockAtOne, type OneRoom } from './one-room.ts';
import { meterPeople } from './people.ts';
import { type Cost, perUse } from './per-use.ts';
import { openReceiver } from './receiver.ts';

/** What so many processes carried on one database. */
export interface Carried {
  readonly processes: number;
  /** Knocks in each second, when as many are answered as can be. */
  readonly knocksPerSecond: number;
  /** Knocks at a fixed rate: from due until both answered and shown. */
  readonly at: { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly knock: Cost };
}

export interface Measured {
  readonly carried: readonly Carried[];
  readonly oneRoom: readonly OneRoom[];
  readonly joinsPerSecond: number;
  readonly costs: Costs;
  readonly faults: readonly string[];
}

const rate = { perSecond: 200, rooms: 40 } as const;

/** Everything that the simulation needs, on one database, within a minute or so. */
export async function measure(ground: Ground, seconds: number): Promise<Measured> {
  const databaseUrl = await ground.createDatabase();
  const first = await ground.startService(databaseUrl, { WEBHOOK_ALLOW_PRIVATE: 'true' });
  const alone = await openMeters(databaseUrl, [first]);
  // A process that has done nothing yet is dearer than one that has: what is measured is compiled before.
  await warmUp([first], seconds);
  const one = await carry(alone, [first], seconds);
  const people = await meterPeople(alone, first, 80 * seconds);
  const told = await meterDecisions(alone, first, 40 * seconds);
  const budget = await meterBudget(alone, databaseUrl, 300 * seconds);
  const second = await ground.startService(databaseUrl);
  const both = await openMeters(databaseUrl, [first, second]);
  const idle = await meterIdle(both, first, second, seconds);
  const watchedRoom = await meterPoll(both, databaseUrl, seconds);
  await warmUp([first, second], seconds);
  const two = await carry(both, [first, second], seconds);
  await both.close();
  await alone.close();
  const oneRoom = await meterOneRoom(ground, databaseUrl, [first, second], seconds);
  const { room, token, join, attendance, delivery, leave } = people;
  const each = { room, token, join, attendance, delivery, leave, ...told, budget, knock: one.carried.at.knock };
  return {
    carried: [one.carried, two.carried],
    oneRoom,
    joinsPerSecond: people.joinsPerSecond,
    costs: { each, ...idle, watchedRoom, crossing: ratio(two.carried.at.knock, one.carried.at.knock) },
    faults: [...one.faults, ...people.faults, ...two.faults],
  };
}

function warmUp(services: readonly [Service, ...Service[]], seconds: number) {
  return knockInLanes(crossingTarget(services), { lanes: 16, seconds: Math.min(3, seconds), rooms: 20 });
}

/** One process, two and four that write to the same room; the third and fourth are started for it. */
async function meterOneRoom(
  ground: Ground,
  databaseUrl: string,
  [first, second]: readonly [Service, Service],
  seconds: number,
): Promise<readonly OneRoom[]> {
  const alone = await knockAtOne([first], seconds);
  const two = await knockAtOne([first, second], seconds);
  const more = await inParallel(range(2), 2, () => ground.startService(databaseUrl));
  return [alone, two, await knockAtOne([first, second, ...more], seconds)];
}

function ratio(crossed: Cost, whole: Cost): Costs['crossing'] {
  return { server: crossed.serverUs / whole.serverUs, postgres: crossed.postgresUs / whole.postgresUs };
}

async function carry(meters: Meters, services: readonly [Service, ...Service[]], seconds: number) {
  const target = crossingTarget(services);
  const { result, spent, faults } = await meterKnocks(meters, target, { ...rate, seconds });
  const most = await knockInLanes(target, { lanes: 32, seconds, rooms: rate.rooms });
  const carried: Carried = {
    processes: services.length,
    knocksPerSecond: most.perSecond,
    at: { perSecond: rate.perSecond, p50Ms: result.p50, p99Ms: result.p99, knock: perUse(spent, result.offered) },
  };
  const isWhole = most.shown === most.done;
  return { carried, faults: isWhole ? faults : [...faults, `${most.done} knocks answered, ${most.shown} shown`] };
}

const createWebhook =
  'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename ... on Refusal { code message } } }';

/** Knocks of one room are admitted; those of another are told to an endpoint, which is what they cost more. */
async function meterDecisions(meters: Meters, service: Service, count: number) {
  const client = new ServiceClient(service, 8);
  const receiver = await openReceiver();
  await client.createRoom('decided');
  const owner = await client.joinAsOwner('decided');
  // Told of from the first thing that a process knows of the room.
  await client.createRoom('told');
  const hook = { url: receiver.url, events: ['KNOCK_REQUESTED'], roomName: 'told' };
  await client.ask(
    createWebhook,
    { input: hook },
    z.object({ __typename: z.literal('CreatedWebhook') }),
    service.apiKey,
  );
  await client.joinAsOwner('told');
  const knockAt = (roomName: string) =>
    meters.during(() =>
      inParallel(range(count), 8, (index) => client.knock(roomName, `guest-${index}`)).then(async (knocks) => {
        if (roomName === 'told') await until(() => receiver.received() >= count, 10_000);
        return knocks;
      }),
    );
  const untold = await knockAt('decided');
  const admitted = await meters.during(() =>
    inParallel(untold.made, 8, ({ knockRequest }) =>
      client.post(operations.admitKnock, { input: { knockId: knockRequest.id } }, owner),
    ),
  );
  const told = await knockAt('told');
  const received = receiver.received();
  client.close();
  await receiver.close();
  if (received < count) throw new Error(`${received} webhooks came where ${count} were due`);
  const more = (pick: (cost: Cost) => number) =>
    Math.max(0, pick(perUse(told.spent, count)) - pick(perUse(untold.spent, count)));
  const webhook: Cost = {
    serverUs: more(({ serverUs }) => serverUs),
    postgresUs: more(({ postgresUs }) => postgresUs),
    wal: more(({ wal }) => wal),
    stored: more(({ stored }) => stored),
  };
  return { admission: perUse(admitted.spent, count), webhook };
}

/** Budgets are switched off in the measured processes, whose load comes from one address; what one costs is measured by itself. */
async function meterBudget(meters: Meters, databaseUrl: string, count: number): Promise<Cost> {
  const database = openDatabase({ url: databaseUrl, poolSize: 4 });
  const budgets: BudgetStorage = createBudgetStorage(database);
  const take = (index: number) =>
    budgets.take({ key: `address-${index}`, depth: 60, initial: 60, perSecond: 1, floors: [1] }).then(() => undefined);
  await inParallel(range(50), 4, (index) => take(index));
  const before = process.cpuUsage();
  const { spent } = await meters.during(() => inParallel(range(count, 50), 4, (index) => take(index)));
  const used = process.cpuUsage(before);
  await database.close();
  // Kept for an hour and then swept: it does not add up.
  return { ...perUse(spent, count), serverUs: (used.user + used.system) / count, stored: 0 };
}

const watchedRooms = 200;
/** What the first sockets cost once is not theirs alone. */
const uncounted = 200;

async function meterIdle(meters: Meters, first: Service, second: Service, seconds: number) {
  const setup = new ServiceClient(first, 16);
  await inParallel(range(watchedRooms), 16, (index) => setup.createRoom(`watched-${index}`));
  setup.close();
  const rest = () => new Promise<void>((resolve) => setTimeout(resolve, Math.min(4, seconds) * 1_000));
  await rest();
  const { spent } = await meters.during(rest);
  const open = async (index: number) => {
    const socket = await LiveSocket.open(second.url, second.apiKey);
    const roomName = `watched-${index % watchedRooms}`;
    socket.subscribe(operations.roomEvents, { roomName }, { next: () => undefined });
    return socket;
  };
  const warm = await inParallel(range(uncounted), 20, open);
  await rest();
  const rssBefore = second.rss();
  const counted = await inParallel(range(200 * seconds, uncounted), 20, open);
  await rest();
  const bytes = (second.rss() - rssBefore) / counted.length;
  for (const socket of [...warm, ...counted]) socket.cut();
  const each = (ms: number) => (ms * 1_000) / spent.seconds / 2;
  return {
    subscriptionBytes: bytes,
    idle: { serverUs: each(spent.serverMs), postgresUs: each(spent.postgresMs) },
  };
}

/** What the hub asks for all watched rooms twice a second, asked without a pause: in a quiet process it is too little to count. */
async function meterPoll(meters: Meters, databaseUrl: string, seconds: number): Promise<Costs['watchedRoom']> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 });
  const refs = await database.query<RoomRef>(
    `select domain_id as "domainId", id as "roomId" from rooms where name like 'watched-%'`,
    [],
  );
  const log = createEventLog(database);
  const polls = 60 * seconds;
  const before = process.cpuUsage();
  const { spent } = await meters.during(async () => {
    for (let poll = 0; poll < polls; poll += 1) await log.versionsOf(refs);
  });
  const used = process.cpuUsage(before);
  await database.close();
  const perSecond = (us: number) => (2 * us) / (polls * refs.length);
  return { serverUs: perSecond(used.user + used.system), postgresUs: perSecond(spent.postgresMs * 1_000) };
}
