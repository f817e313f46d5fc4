import postgres from 'postgres';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { acrossRounds, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { inParallel, range } from '../pace.ts';
import { operations, ServiceClient, waitingRoom } from '../service-client.ts';
import { median } from '../statistics.ts';

/** Knocking and joining after a year of use with retention running, against a database in which nothing has happened yet. */
export const afterAYear: Figure = { name: 'P17', measure };

const retentionDays = 30;
/** Each longer than anything is kept. */
const daysOfStretch = 55;
const rooms = range(20).map((index) => `standing-${index}`);

async function measure(ground: Ground): Promise<Findings> {
  const [used, fresh] = [await ground.createDatabase(), await ground.createDatabase()];
  const stretches = ground.isQuick ? 2 : 7;
  for (const stretch of range(stretches)) {
    await moveClock(used, stretch * daysOfStretch);
    await playStretch(ground, used, ground.isQuick ? 40 : 200);
    await forget(used);
  }
  // The people of the last stretch have gone by then, and are no part of what is measured.
  await moveClock(used, stretches * daysOfStretch);
  await moveClock(fresh, 0);
  const sides = await Promise.all(
    [used, fresh].map(async (url) => {
      const service = await ground.startService(url);
      return { service, client: new ServiceClient(service, 8), knocks: [] as number[], joins: [] as number[] };
    }),
  );
  await emptied(used);
  for (const { client } of sides) await makeRooms(client, 'measured');
  for (const round of range(ground.isQuick ? 3 : 9)) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const times = await timeRound(side.client, round);
      // The first round warms both.
      if (round === 0) continue;
      side.knocks.push(times.knockMs);
      side.joins.push(times.joinMs);
    }
  }
  for (const { client, service } of sides) {
    client.close();
    await service.stop();
  }
  const [year, empty] = sides;
  const row = (what: string, key: 'knocks' | 'joins') =>
    acrossRounds('P17', what, { ours: year?.[key] ?? [], floor: empty?.[key] ?? [], unit: 'ms' }, { atMost: 1.15 });
  return {
    rows: [
      row('a knock after a year of use with retention, against an empty database: p50', 'knocks'),
      row('the same: joinRoom with a meeting token', 'joins'),
    ],
    faults: [],
  };
}

async function makeRooms(client: ServiceClient, prefix: string): Promise<void> {
  await inParallel(rooms, 8, (name) =>
    client.createRoom(`${prefix}-${name}`, { ...waitingRoom, knockCooldownSeconds: 0 }),
  );
}

/** So many days from now on, by the clock that all decisions are made by. */
async function moveClock(databaseUrl: string, days: number): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create or replace function app_now() returns timestamptz language sql volatile
    as $$ select date_trunc('milliseconds', clock_timestamp()) + make_interval(days => ${days}) $$`);
  await sql.end();
}

/** Until the service has noticed that everybody is gone. */
async function emptied(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const someLeft = async () => (await sql`select 1 from participants where left_at is null limit 1`).length > 0;
  while (await someLeft()) await new Promise((resolve) => setTimeout(resolve, 200));
  await sql.end();
}

async function playStretch(ground: Ground, databaseUrl: string, people: number): Promise<void> {
  const service = await ground.startService(databaseUrl);
  const client = new ServiceClient(service, 16);
  if ((await client.post(operations.room, { name: `year-${rooms[0]}` }, client.apiKey)).body.includes('"room":null')) {
    await makeRooms(client, 'year');
  }
  await inParallel(range(people), 16, (index) =>
    playPerson(client, service, `year-${rooms[index % rooms.length]}`, index),
  );
  const passing = `passing-${Date.now()}`;
  await client.createRoom(passing);
  await inParallel(range(people / 4), 16, (index) => client.knock(passing, `passer-by-${index}`));
  await client.deleteRoom(passing);
  client.close();
  await service.stop();
}

const revoke =
  'mutation ($input: RevokeMeetingTokensInput!) { revokeMeetingTokens(input: $input) { __typename ... on Refusal { code message } } }';
const deny = `mutation ($input: DenyKnockInput!) { denyKnock(input: $input) { __typename ... on Refusal { code message } } }`;

/** One is denied, one is let in and joins, one joins with a token, and tokens are revoked. */
async function playPerson(client: ServiceClient, { apiKey }: Service, roomName: string, index: number): Promise<void> {
  const denied = await client.knock(roomName, `denied-${index}`);
  await client.post(deny, { input: { knockId: denied.knockRequest.id } }, apiKey);
  const { knockRequest, knockToken } = await client.knock(roomName, `guest-${index}`);
  await client.post(operations.admitKnock, { input: { knockId: knockRequest.id } }, apiKey);
  await client.join({ roomName, knockToken });
  const userId = `user-${Date.now() % 1_000_000}-${index}`;
  await client.join({ roomName, token: await client.createToken(roomName, { userId }) });
  await client.post(revoke, { input: { userId } }, apiKey);
}

/** As the service does once a minute, as often as it takes. */
async function forget(databaseUrl: string): Promise<void> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 });
  const retention = createRetentionStorage(database, retentionDays, (error) => {
    throw error;
  });
  for (const _ of range(4)) await retention.sweep();
  await database.close();
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`vacuum analyze`;
  await sql.end();
}

const perRound = 40;

/** One after the other: what each takes, not how many there can be. */
async function timeRound(client: ServiceClient, round: number) {
  const [knocks, joins]: [number[], number[]] = [[], []];
  for (const index of range(perRound)) {
    const roomName = `measured-${rooms[index % rooms.length]}`;
    const token = await client.createToken(roomName, { userId: `measured-${round}-${index}` });
    const beganAt = performance.now();
    await client.knock(roomName, `measured-${round}-${index}`);
    const knockedAt = performance.now();
    await client.join({ roomName, token });
    knocks.push(knockedAt - beganAt);
    joins.push(performance.now() - knockedAt);
  }
  return { knockMs: median(knocks), joinMs: median(joins) };
}
