import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startReceiver } from '../webhooks/webhook-kit.ts';

const unexpected = (error: unknown) => expect.unreachable(String(error));

// A year of traffic is played by the clock, while retention runs: no table is larger in its second half than it was in the first. Signing keys
// are rotated by the service itself.

const days = 30;
/** The year is played as seven stretches, each longer than anything is kept. */
const daysOfStretch = 55;
const stretches = 7;

/** What grows as people make it by hand, by how much each time, and why it is not forgotten. */
const byHand: Readonly<Record<string, { readonly eachTime: number; readonly because: string }>> = {
  api_keys: { eachTime: 1, because: 'a key that was revoked is on record, and what it did refers to it' },
  self_signing_keys: { eachTime: 1, because: 'a key that was revoked must go on to open nothing' },
  revocations: { eachTime: 1, because: 'a token that never expires may turn up at any time' },
};

const database = await createTestDatabase();
const { sql } = database;

type Asked = Readonly<Record<string, unknown>>;

/** Carries out a mutation that must succeed, by its field and its arguments. */
async function perform(caller: Pick<Seed, 'ask'>, field: string, selection = ''): Promise<Asked> {
  const text = `mutation { done: ${field} { __typename ${selection} ... on Refusal { code } } }`;
  const { body } = await caller.ask<{ done: Asked }>(text);
  const done = body.data?.done;
  if (done === undefined || 'code' in done) throw new Error(`${field} was answered with ${JSON.stringify(body)}`);
  return done;
}

const idOf = (made: unknown): string => JSON.stringify(Object(made).id);

/** What people and the backend do in one stretch: whatever begins ends, but for the room that is there all the time. */
async function playStretch(backend: Seed, standing: RoomSeed, receiverUrl: string): Promise<void> {
  await playPeople(backend, standing);
  await playTokens(backend, standing);
  const stream = `startLiveStream(input: { roomName: "${standing.name}", destinations: ["rtmp://a.example/b"] })`;
  const started = await perform(backend, stream, '... on LiveStream { id }');
  await perform(backend, `stopLiveStream(liveStreamId: ${idOf(started)})`);
  await playKeys(backend);
  await playWebhook(backend, receiverUrl, standing);
  const passing = await backend.waitingRoom();
  await passing.knocker();
  await playMedia();
  await perform(backend, `deleteRoom(input: { roomName: "${passing.name}" })`);
}

async function playPeople(backend: Seed, standing: RoomSeed): Promise<void> {
  const { knockId } = await standing.knocker({ userName: 'Rude' });
  await perform(backend, `denyKnock(input: { knockId: "${knockId}", ban: true })`);
  const listed = await backend.ask<{ room: { bans: { nodes: readonly { id: string }[] } } }>(
    `{ room(name: "${standing.name}") { bans { nodes { id } } } }`,
  );
  for (const { id } of listed.body.data?.room.bans.nodes ?? []) await perform(backend, `liftBan(banId: "${id}")`);
  const guest = await standing.guest({ exp: await inADay(), maxUses: 2, userId: 'u-1' });
  await perform(backend, `returnToLobby(input: { participantId: "${guest.id}" })`);
  const waiting = await backend.ask<{ knockRequests: { nodes: readonly { id: string }[] } }>(
    `{ knockRequests(roomName: "${standing.name}", status: [PENDING]) { nodes { id } } }`,
  );
  for (const { id } of waiting.body.data?.knockRequests.nodes ?? [])
    await perform(backend, `admitKnock(input: { knockId: "${id}" })`);
}

async function playTokens(backend: Seed, standing: RoomSeed): Promise<void> {
  const { meetingToken } = await standing.token({ exp: await inADay() });
  await perform(backend, `revokeMeetingTokens(input: { jtis: ["${meetingToken.jti}"] })`);
  await perform(backend, 'revokeMeetingTokens(input: { userId: "u-2" })');
}

async function playKeys(backend: Seed): Promise<void> {
  const made = await perform(
    backend,
    'createApiKey(input: { name: "once", scopes: [READ] })',
    '... on CreatedApiKey { apiKey { id } }',
  );
  await perform(backend, `revokeApiKey(apiKeyId: ${idOf(made.apiKey)})`);
  const added = await perform(
    backend,
    'addSelfSigningKey(input: { algorithm: HS256 })',
    '... on AddedSelfSigningKey { selfSigningKey { id } }',
  );
  await perform(backend, `revokeSelfSigningKey(selfSigningKeyId: ${idOf(added.selfSigningKey)})`);
}

async function playWebhook(backend: Seed, url: string, standing: RoomSeed): Promise<void> {
  const { webhook } = await perform(
    backend,
    `createWebhook(input: { url: "${url}", events: [KNOCK_REQUESTED] })`,
    '... on CreatedWebhook { webhook { id } }',
  );
  const knocker = await standing.knocker();
  await until(
    () => sql`select 1 from webhook_deliveries where ended_at is null`,
    (open) => open.length === 0,
    30_000,
  );
  await perform(knocker, 'cancelKnock');
  await perform(backend, `deleteWebhook(webhookId: ${idOf(webhook)})`);
}

/** What a media server leaves behind. Each time a new server has replaced the one before. */
async function playMedia(): Promise<void> {
  await sql`insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, state, created_at, ended_at)
    select id, gen_random_uuid(), 'LIVEKIT', 'wss://a.example', 'key', 'x', 'OK', app_now(), app_now() from domains`;
  await sql`insert into media_rooms (domain_id, room_id, media_server_id, look_at)
    select m.domain_id, r.id, m.id, app_now() from media_servers m join rooms r on r.domain_id = m.domain_id
    where m.created_at > app_now() - interval '1 day' and not exists (select 1 from media_rooms o where o.room_id = r.id)`;
  await sql`insert into media_webhooks (domain_id, id, seen_at) select id, gen_random_uuid(), app_now() from domains`;
}

/** The processes of before are cleaned up after. */
async function awaitBurials(): Promise<void> {
  await until(
    () => sql`select 1 from processes where dead_at is not null and swept_at is null`,
    (dead) => dead.length === 0,
    30_000,
  );
}

/** By the clock that decides. */
async function inADay(): Promise<string> {
  const [row] = await sql<{ day: Date }[]>`select app_now() + interval '1 day' as day`;
  return row?.day.toISOString() ?? '';
}

/** As the service does once a minute. */
async function forget(): Promise<void> {
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  await createRetentionStorage(pool, days, unexpected).sweep();
  await createWebhookOutbox(pool).forget(days, 1_000);
}

const tables = (await sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`).map(
  ({ name }) => name,
);

/** Of every table. */
type Sizes = Readonly<Record<string, number>>;

async function countRows(): Promise<Sizes> {
  const counted = tables.map(async (name) => {
    const [row] = await sql<{ rows: number }[]>`select count(*)::int as rows from ${sql(name)}`;
    return [name, row?.rows ?? Number.NaN];
  });
  return Object.fromEntries(await Promise.all(counted));
}

const sizes: Sizes[] = [];

beforeAll(async () => {
  const receiver = await startReceiver();
  // Each time the service is restarted at the same address.
  const port = await findFreePort();
  let standing: RoomSeed | null = null;
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    await moveClock(database, { seconds: stretch * daysOfStretch * 86_400 });
    const server = await startServer({ databaseUrl: database.url, port });
    const backend = seed(server);
    standing ??= await backend.waitingRoom({ knockCooldownSeconds: 0 });
    await playStretch(backend, standing, receiver.url);
    await awaitBurials();
    await server.stop();
    await forget();
    sizes.push(await countRows());
  }
}, 900_000);

test.each(tables)('%s is filled, and is never larger in the second half of the year than in the first', (table) => {
  const rows = sizes.map((size) => size[table] ?? Number.NaN);
  const half = Math.ceil(stretches / 2);
  const [most, later] = [Math.max(...rows.slice(0, half)), Math.max(...rows.slice(half))];
  expect(most).toBeGreaterThan(0);
  expect(later).toBeLessThanOrEqual(most + (stretches - half) * (byHand[table]?.eachTime ?? 0));
});
