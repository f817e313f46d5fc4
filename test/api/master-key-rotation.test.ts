import { randomBytes } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { Webhook } from 'standardwebhooks';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeId } from '../../src/rules/ids.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createSealedSecretStorage } from '../../src/storage/sealed-secret.ts';
import { reseal } from '../../src/tokens/reseal.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { settingsFor, vestibuleWith } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerFrom, startBehindProxy } from '../support/networks.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { bootstrapApiKey, startServer, type TestServer } from '../support/server.ts';
import { startReceiver } from '../webhooks/webhook-kit.ts';
import { act, codeOf, keyNamed } from './admission-kit.ts';
import { change } from './room-kit.ts';

// The master key is rotated under a service of two processes: each learns the next key, then each takes it, then the secrets are sealed
// anew, and then the key before is forgotten. At every step everything that was made at one process is good at the other.

const [oldKey, newKey] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))];
const office = '198.51.100.7';

let database: TestDatabase;
let publicUrl: string;

beforeAll(async () => {
  database = await createTestDatabase();
});

/** A process of the service that has these keys. Its address on the outside stays, since that is the issuer of its tokens. */
async function startWith(masterKey: Uint8Array, ...otherMasterKeys: Uint8Array[]): Promise<TestServer> {
  const shared = publicUrl === undefined ? {} : { publicUrl };
  const server = await startBehindProxy({ databaseUrl: database.url, masterKey, otherMasterKeys, ...shared });
  publicUrl ??= server.url;
  return server;
}

function commandLine(masterKey: Uint8Array, ...others: Uint8Array[]) {
  const text = (key: Uint8Array) => Buffer.from(key).toString('base64');
  return vestibuleWith({
    ...settingsFor(database.url),
    MASTER_KEY: text(masterKey),
    MASTER_KEY_PREVIOUS: others.map(text).join(','),
  });
}

type SealedColumn = { readonly table: string; readonly column: string };

/** Every column that holds something sealed, found by its name. */
const sealedColumns = () => database.sql<SealedColumn[]>`
  select table_name as table, column_name as column from information_schema.columns
  where table_schema = 'public' and column_name like '%sealed'`;

async function sealedValues(): Promise<ReadonlyMap<string, readonly Buffer[]>> {
  const values = new Map<string, readonly Buffer[]>();
  for (const { table, column } of await sealedColumns()) {
    const rows = await database.sql`select ${database.sql(column)} as value from ${database.sql(table)}
      where ${database.sql(column)} is not null`;
    values.set(
      `${table}.${column}`,
      rows.map(({ value }) => value),
    );
  }
  return values;
}

/** What was made at one process, to be used at another. */
async function makeAt(server: TestServer, step: string) {
  const backend = seed(server);
  const room = await backend.waitingRoom();
  const receiver = await startReceiver();
  const made = await backend.ask(
    `mutation ($url: URL!) { createWebhook(input: { url: $url, events: [KNOCK_REQUESTED] }) {
      ... on CreatedWebhook { secret webhook { id } } } }`,
    { url: receiver.url },
  );
  const { secret, webhook } = createdWebhook.parse(made.body.data).createWebhook;
  const { secret: shared } = await act(backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  const key = { roomName: room.name, userName: 'Nora', idempotencyKey: keyNamed(`rotation-${step}`) };
  const knocked = await act(callerFrom(server, office), 'knock', key);
  expect(codeOf(knocked)).toBe('Knocked');
  const { jwt } = await room.token({ userName: 'Gustav' });
  const sign = () => {
    const claims = { d: 'default', r: room.name, u: 'Sigrid', exp: Math.floor(Date.now() / 1000) + 600 };
    return createSigner({ key: shared ?? '', algorithm: 'HS256' })(claims);
  };
  return { room, receiver, secret, webhookId: webhook.id, sign, key, knocked, jwt };
}

const createdWebhook = z.object({
  createWebhook: z.object({ secret: z.string(), webhook: z.object({ id: z.string() }) }),
});

/** A media server that is away, and a live stream with a key in its destination, which waits for it. */
async function setMediaServer(server: TestServer, { name: roomName }: RoomSeed): Promise<void> {
  const backend = seed(server);
  const apiSecret = randomBytes(24).toString('hex');
  const livekit = { kind: 'LIVEKIT', url: 'ws://127.0.0.1:9', apiKey: 'key', apiSecret };
  expect(await change(backend, 'setMediaServer', livekit)).toMatchObject({ __typename: 'MediaServer' });
  await change(backend, 'startLiveStream', { roomName, destinations: ['rtmps://live.example/app/a-stream-key'] });
}

const rotateSecret = 'mutation ($id: ID!) { rotateWebhookSecret(webhookId: $id) { __typename } }';

type Made = Awaited<ReturnType<typeof makeAt>>;

/** Tokens of both kinds let in, a request that is repeated gets what it got, and a new token can be signed. */
async function expectGoodAt(server: TestServer, { room, sign, key, knocked, jwt }: Made): Promise<void> {
  const anybody = callerOf(server);
  expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name, token: jwt }))).toBe('Joined');
  expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name, token: sign() }))).toBe('Joined');
  const again = await act(callerFrom(server, office), 'knock', key);
  expect([again.knockRequest?.id, again.knockToken]).toEqual([knocked.knockRequest?.id, knocked.knockToken]);
  const viewer = await callerOf(server, again.knockToken).ask('{ viewer { __typename } }');
  expect(viewer.body.data).toEqual({ viewer: { __typename: 'KnockRequest' } });
  const minted = await act(callerOf(server, bootstrapApiKey), 'createMeetingToken', { roomName: room.name });
  expect(minted.jwt).toBeDefined();
}

async function banOffice(server: TestServer): Promise<RoomSeed> {
  const room = await seed(server).waitingRoom();
  const { knockRequest } = await act(callerFrom(server, office), 'knock', { roomName: room.name, userName: 'Rude' });
  await act(seed(server), 'denyKnock', { knockId: knockRequest?.id, ban: true, banNetwork: true });
  return room;
}

async function expectBannedAt(server: TestServer, room: RoomSeed): Promise<void> {
  expect(codeOf(await act(callerFrom(server, office), 'knock', { roomName: room.name, userName: 'R' }))).toBe('BANNED');
}

test('through every step of a rotation, two processes take what the other made', { timeout: 90_000 }, async () => {
  const [first, second] = [await startWith(oldKey), await startWith(oldKey)];
  const atFirst = await makeAt(first, 'before');
  const room = await banOffice(first);
  await setMediaServer(first, atFirst.room);
  await first.stop();
  const knowing = await startWith(oldKey, newKey);
  await second.stop();
  const sealing = await startWith(newKey, oldKey);

  // One seals with the key before and one with the next, and each opens both.
  const [old, anew] = [await makeAt(knowing, 'old'), await makeAt(sealing, 'new')];
  for (const server of [knowing, sealing]) {
    for (const made of [atFirst, old, anew]) await expectGoodAt(server, made);
    await expectBannedAt(server, room);
  }
  await knowing.stop();

  // Of a webhook whose secret was rotated, the one before is sealed as well.
  await seed(sealing).ask(rotateSecret, { id: old.webhookId });
  const trial = await commandLine(newKey, oldKey)('key', 'rotate-master', '--dry-run', '--json');
  const left = z.object({ resealed: z.number() }).parse(JSON.parse(trial.stdout));
  expect(left.resealed).toBeGreaterThanOrEqual(6);
  const done = await commandLine(newKey, oldKey)('key', 'rotate-master', '--json');
  expect([done.exitCode, JSON.parse(done.stdout)]).toEqual([0, JSON.parse(trial.stdout)]);
  const again = JSON.parse((await commandLine(newKey, oldKey)('key', 'rotate-master', '--json')).stdout);
  expect(again).toMatchObject({ resealed: 0 });

  const box = createSecretBox(newKey);
  for (const [column, values] of await sealedValues()) {
    expect(values.length, column).toBeGreaterThan(0);
    expect(
      values.map((value) => box.isCurrent(value)),
      column,
    ).not.toContain(false);
  }

  await sealing.stop();
  const last = await startWith(newKey);
  for (const made of [atFirst, old, anew]) await expectGoodAt(last, made);
  await expectBannedAt(last, room);
  for (const { receiver, secret } of [atFirst, old]) {
    const { headers, body } = await receiver.inbox.next();
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  }
});

test('a secret that was changed while it was sealed anew is not brought back', async () => {
  const server = await startWith(newKey);
  const { webhookId } = await makeAt(server, 'overtaken');
  const open = openDatabase({ url: database.url, poolSize: 2 });
  closeAfterwards(open.close);
  const storage = createSealedSecretStorage(open);
  let overtakes = 0;
  const overtaken: typeof storage = {
    ...storage,
    replace: async (secret, sealed) => {
      overtakes += 1;
      // Once, somebody is quicker.
      if (overtakes === 1) await seed(server).ask(rotateSecret, { id: webhookId });
      return storage.replace(secret, sealed);
    },
  };
  const [next, before] = [createSecretBox(oldKey, [newKey]), await sealedValues()];
  const { resealed, unopened } = await reseal(overtaken, next, false);
  expect([resealed, unopened]).toEqual([[...before.values()].flat().length + 1, 0]);
  await server.stop();
  const after = await startWith(oldKey);
  const hook = await database.sql`select secret_sealed, previous_secret_sealed from webhooks
    where id = ${decodeId('Webhook', webhookId)}`;
  expect(hook.map((row) => Object.values(row).map((value) => next.isCurrent(value)))).toEqual([[true, true]]);
  await reseal(storage, createSecretBox(newKey, [oldKey]), false);
  await after.stop();
});

const doctorSays = z.array(z.object({ what: z.string(), state: z.string() }));

/** What the doctor says of this master key. */
async function examineKey(masterKey: Uint8Array, ...others: Uint8Array[]) {
  const { stdout } = await commandLine(masterKey, ...others)('doctor', '--json');
  return doctorSays.parse(JSON.parse(stdout)).filter(({ what }) => what === 'master key');
}

test('where a rotation was interrupted, nothing starts without the key before, and what was sealed with it later is told of', async () => {
  const server = await startWith(newKey);
  await makeAt(server, 'interrupted');
  await server.stop();
  const open = openDatabase({ url: database.url, poolSize: 2 });
  closeAfterwards(open.close);
  const storage = createSealedSecretStorage(open);
  const next = new Uint8Array(randomBytes(32));
  const away = () => Promise.reject(new Error('the database went away'));
  const box = createSecretBox(next, [newKey]);
  // Whatever is left out, were it one secret.
  let left = (await reseal(storage, box, true)).resealed - 1;
  const interrupted: typeof storage = {
    ...storage,
    replaceKey: (...key) => (left-- > 0 ? storage.replaceKey(...key) : away()),
    replace: (...secret) => (left-- > 0 ? storage.replace(...secret) : away()),
  };
  await expect(reseal(interrupted, box, false)).rejects.toThrow('went away');
  await expect(startWith(next)).rejects.toMatchObject({ code: 'SECRETS_LOCKED' });
  expect(await reseal(storage, box, false)).toMatchObject({ unopened: 0 });
  expect(await examineKey(next)).toEqual([{ what: 'master key', state: 'OK' }]);
  await (await startWith(next)).stop();

  // A process that nobody restarted still seals with the key before.
  const late = await startWith(newKey, next);
  await makeAt(late, 'late');
  expect(await examineKey(next)).toEqual([{ what: 'master key', state: 'PROBLEM' }]);
  expect(await examineKey(next, newKey)).toEqual([{ what: 'master key', state: 'WARNING' }]);
  await late.stop();
  await reseal(storage, createSecretBox(newKey, [next]), false);
});

const failure = z.object({ error: z.object({ code: z.string(), hint: z.string() }) });

test('with a master key that opens nothing, no secret is changed, and the operator is told', async () => {
  const server = await startWith(newKey);
  await makeAt(server, 'locked');
  const other = new Uint8Array(randomBytes(32));
  const before = await sealedValues();
  const refused = await commandLine(other)('key', 'rotate-master', '--json');
  expect(refused.exitCode).toBe(1);
  expect(failure.parse(JSON.parse(refused.stderr.trim().split('\n').at(-1) ?? '')).error).toMatchObject({
    code: 'SECRETS_LOCKED',
    hint: expect.stringContaining('MASTER_KEY_PREVIOUS'),
  });
  const trial = await commandLine(other)('key', 'rotate-master', '--dry-run', '--json');
  expect(trial.exitCode).toBe(1);
  expect(await sealedValues()).toEqual(before);

  const stranger = startServer({ databaseUrl: database.url, masterKey: other });
  await expect(stranger).rejects.toMatchObject({ code: 'SECRETS_LOCKED' });
  expect(await sealedValues()).toEqual(before);
});
