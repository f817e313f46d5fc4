import { createHash, randomUUID } from 'node:crypto';
import type { DomainId } from '../src/rules/ids.ts';
import { createSecretBox, type SecretBox } from '../src/tokens/secret-box.ts';
import { makeSelfSigningKey } from '../src/tokens/self-signing-key.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { type Seed, seed } from './support/seed.ts';
import { type ServerProcess, spawnServer } from './support/server.ts';
import { forge } from './tokens/token-kit.ts';
import { startReceiver } from './webhooks/webhook-kit.ts';

const hashOf = (text: string) => createHash('sha256').update(text);

/** Master keys, of which each service has one; the last is that of nobody. */
export const masterKeys = ['one', 'two', 'three', 'nobody'].map((who) => hashOf(`master key of ${who}`).digest());
export const boxes: readonly SecretBox[] = masterKeys.map((key) => createSecretBox(key));
export const apiKeys = ['one', 'two', 'three'].map((who) => `vk_${who}_${hashOf(who).digest('base64url')}`);

/** What lies in a service's database before it starts. */
export type Ground = {
  readonly database: TestDatabase;
  readonly domainId: DomainId;
  /** A meeting token, signed with a secret that is sealed with nobody's master key. */
  readonly jwt: string;
  /** What waits to be told to an endpoint on this machine. */
  readonly delivery: { readonly id: string; readonly called: () => number };
};

export type Service = Ground & {
  readonly port: number;
  readonly server: ServerProcess;
  readonly backend: Seed;
};

/** The domain is there as if the service had run before; `place` counts services from 0. */
export async function layGround(place: number): Promise<Ground> {
  const database = await createTestDatabase();
  const { sql } = database;
  const domainId = randomUUID() as string as DomainId;
  await sql`insert into domains (id, name, created_at) values (${domainId}, 'default', now())`;
  for (const days of [5, 40]) await addEndedRoom(database, domainId, days);
  const receiver = await startReceiver();
  const hook = await addWebhook(database, domainId, boxes[place], receiver.url);
  for (const days of [5, 40]) await addDelivery(database, domainId, hook, days);
  const id = await addDelivery(database, domainId, hook, null);
  const jwt = await addSelfSigningKey(database, domainId);
  return { database, domainId, jwt, delivery: { id, called: () => receiver.connections() } };
}

async function addEndedRoom({ sql }: TestDatabase, domainId: DomainId, days: number): Promise<void> {
  await sql`
    insert into rooms (domain_id, id, name, version, privacy, enable_knocking, knock_timeout_seconds, knock_cooldown_seconds,
      owner_only_broadcast, eject_at_room_exp, start_video_off, start_audio_off, enable_screenshare, created_at, is_over, updated_at, closed_at)
    values (${domainId}, gen_random_uuid(), ${`ended-${days}`}, 1, 'PRIVATE', true, 600, 60, false, false, false, false, true,
      now() - interval '50 days', true, now() - make_interval(days => ${days}), now() - make_interval(days => ${days}))`;
}

async function addWebhook({ sql }: TestDatabase, domainId: DomainId, box: SecretBox | undefined, url: string) {
  const id = randomUUID();
  const sealed = box?.seal(Buffer.alloc(32, 1), { purpose: 'webhook-secret', domainId, keyId: id }) ?? null;
  await sql`
    insert into webhooks (domain_id, id, url, events, is_active, secret_sealed, created_at)
    values (${domainId}, ${id}, ${url}, '{KNOCK_REQUESTED}', true, ${sealed}, now())`;
  return id;
}

/** @param days since it was delivered; null: it waits to be */
async function addDelivery({ sql }: TestDatabase, domainId: DomainId, hook: string, days: number | null) {
  const id = randomUUID();
  await sql`
    insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, next_attempt_at, created_at, ended_at)
    values (${domainId}, ${id}, ${hook}, 'KNOCK_REQUESTED', ${sql.json({ days })}, ${days === null ? 'PENDING' : 'DELIVERED'},
      ${days === null ? new Date() : null}, now() - interval '50 days', now() - make_interval(days => ${days}::int))`;
  return id;
}

async function addSelfSigningKey({ sql }: TestDatabase, domainId: DomainId): Promise<string> {
  const [box] = boxes.slice(-1);
  if (box === undefined) throw new Error('nobody has a master key');
  const made = await makeSelfSigningKey({ domainId, algorithm: 'HS256', publicJwk: null, now: new Date() }, box);
  if (!made.ok || made.secret === null) throw new Error('no secret was made');
  const { id, kid, secretSealed } = made.key;
  await sql`
    insert into self_signing_keys (domain_id, id, kid, algorithm, secret_sealed, created_at)
    values (${domainId}, ${id}, ${kid}, 'HS256', ${Buffer.from(secretSealed ?? [])}, now())`;
  const seconds = Math.floor(Date.now() / 1000);
  return forge(
    { alg: 'HS256', kid },
    { r: 'standup', d: domainId, iat: seconds - 10, exp: seconds + 600 },
    made.secret,
  );
}

/** Starts a service with these settings, and makes a room in it. */
export async function startService(ground: Ground, env: Readonly<Record<string, string>>): Promise<Service> {
  const server = await spawnServer({ databaseUrl: ground.database.url, env });
  const backend = seed(server);
  await backend.ask(
    'mutation { createRoom(input: { name: "standup", settings: { privacy: PRIVATE } }) { __typename } }',
  );
  return { ...ground, server, backend, port: Number(new URL(server.url).port) };
}
