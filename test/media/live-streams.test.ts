import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { withoutStreamKeys } from '../../src/media/stream-keys.ts';
import { openReceiver } from '../security/redaction-kit.ts';
import { dumpDatabase, Secrets } from '../security/secret-search.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, type ServerProcess, spawnServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { type FakeLiveKit, startFakeLiveKit } from './fake-livekit.ts';
import { findLiveKit, liveKitKey, startLiveKit } from './livekit-server.ts';

// A live stream from the wish to its end. livekit-server alone sends none: a worker of its own does, which needs Redis and Chrome. Here the
// fake has one, which starts, goes live, fails and stops as told; the real server says that it has none.

const soon = { timeout: 20_000, interval: 20 } as const;
const key = () => `key-${randomBytes(12).toString('hex')}`;
const secrets = new Secrets();

let database: TestDatabase;
let server: ServerProcess;
let backend: Seed;
let fake: FakeLiveKit;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let told: { readonly text: () => string };

beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await openReceiver();
  const port = String(await findFreePort());
  const started = await startFakeLiveKit([`http://127.0.0.1:${port}/media/default/livekit`]);
  fake = started.fake;
  fake.hasEgress = true;
  server = await spawnServer({
    databaseUrl: database.url,
    env: { PORT: port, LOG_LEVEL: 'trace', RATE_LIMITS: 'false' },
  });
  backend = seed(server);
  await connect(started.url);
  const events = ['LIVE_STREAM_CHANGED', 'PARTICIPANT_JOINED'];
  await change(
    'createWebhook',
    'CreateWebhookInput',
    { url: receiver.url, events },
    '... on CreatedWebhook { secret }',
  );
});

type Answer = { readonly __typename: string; readonly id?: string; readonly message?: string };

async function change(field: string, type: string, input: object, more = ''): Promise<Answer> {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${more} ... on Refusal { message } } }`;
  const { body } = await backend.ask<Record<string, Answer>>(query, { input });
  const answer = body.data?.[field];
  if (answer === undefined) throw new Error(JSON.stringify(body));
  return answer;
}

const connect = (apiUrl: string) =>
  change('setMediaServer', 'SetMediaServerInput', { kind: 'LIVEKIT', url: apiUrl, ...liveKitKey });

/** Keeps whatever is told of the room from now on. */
async function listen(room: RoomSeed) {
  const { body } = await room.backend.ask<{ room: { eventCursor: string } }>(
    `{ room(name: "${room.name}") { eventCursor } }`,
  );
  const fields = 'cursor ... on LiveStreamChanged { liveStream { id status error destinations } }';
  const subscription = `subscription { roomEvents(roomName: "${room.name}", after: "${body.data?.room.eventCursor}") { ${fields} } }`;
  const stream = await backend.ws().subscribe(subscription);
  const messages: string[] = [];
  const keep = async () => {
    for (;;) messages.push(JSON.stringify(await stream.next(120_000)));
  };
  keep().catch(() => undefined);
  return { text: () => messages.join('\n') };
}

const shown = async (id: string) => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on LiveStream { status error destinations } } }';
  return (await backend.ask<{ node: { status: string; error: string | null } }>(query, { id })).body.data?.node;
};

/** A room with somebody connected, and a live stream on its way to these keys. */
async function startStream(...keys: readonly string[]) {
  for (const one of keys) secrets.add(one, one);
  const room = await backend.room();
  const guest = await room.guest();
  fake.connect(room.id, guest.id);
  told = await listen(room);
  const destinations = keys.map((one, index) =>
    index % 2 === 0 ? `rtmps://live.example/app/${one}` : `srt://live.example:9000?streamid=${one}&passphrase=${one}`,
  );
  const input = { roomName: room.name, destinations };
  const { id = '' } = await change('startLiveStream', 'StartLiveStreamInput', input, '... on LiveStream { id }');
  await expect.poll(() => fake.egress.some(({ room_name: name }) => name === room.id), soon).toBe(true);
  return { room, id };
}

const sealedOf = async ({ id }: RoomSeed) => {
  const [row] = await database.sql<[{ sealed: Buffer | null }]>`select destinations_sealed as sealed from live_streams
    where replace(room_id::text, '-', '') = ${id.slice(5)}`;
  return row.sealed;
};

/** All that leaves the service or is kept by it, but for what goes to the media server itself. */
async function expectNoKey(): Promise<void> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const dump = await dumpDatabase(database.sql);
  const places = { log: server.output(), told: told.text(), webhooks: receiver.received.join('\n'), metrics };
  for (const [name, text] of [...Object.entries(places), ...dump]) expect(secrets.findIn(text), name).toEqual([]);
}

describe('a live stream', () => {
  test('is started once with its keys, goes live, and stops; its keys are nowhere afterwards', async () => {
    const [first, second] = [key(), key()];
    const { room, id } = await startStream(first, second);
    const starts = fake.calls.filter(
      ({ method, body }) => method.includes('StartRoomComposite') && body.room_name === room.id,
    );
    expect(starts).toHaveLength(1);
    expect(JSON.stringify(starts)).toContain(first);
    expect(JSON.stringify(starts)).toContain(second);
    fake.work(room.id, 'EGRESS_ACTIVE');
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'LIVE', error: null });
    expect(await sealedOf(room)).not.toBeNull();
    await expectNoKey();
    await backend.ask('mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { __typename } }', { id });
    await expect
      .poll(() => fake.egress.find(({ room_name: name }) => name === room.id)?.status, soon)
      .toBe('EGRESS_ENDING');
    fake.work(room.id, 'EGRESS_COMPLETE');
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'STOPPED' });
    expect(await sealedOf(room)).toBeNull();
    await until(
      async () => `${told.text()}${receiver.received.join()}`,
      (text) => text.split('STOPPED').length > 2,
    );
    await expectNoKey();
  }, 90_000);

  test('that fails says why, and names no key, however the media server quotes it', async () => {
    const [first, second] = [key(), key()];
    const { room, id } = await startStream(first, second);
    const quoted = [
      first,
      encodeURIComponent(second),
      `/app/${first}`,
      `rtmps://live.example/app/${first}`,
      `streamid=${second}`,
    ];
    fake.work(room.id, 'EGRESS_FAILED', `refused by the other side: ${quoted.join(', ')}`);
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'FAILED' });
    expect((await shown(id))?.error).toMatch(/^refused by the other side: /);
    expect(secrets.findIn(JSON.stringify(await shown(id)))).toEqual([]);
    expect(await sealedOf(room)).toBeNull();
    await until(
      async () => `${told.text()}${receiver.received.join()}`,
      (text) => text.split('FAILED').length > 2,
    );
    await expectNoKey();
  }, 90_000);

  test('that is to stop while the media server is away stops when it is back, and no other starts before that', async () => {
    const { room, id } = await startStream(key());
    fake.work(room.id, 'EGRESS_ACTIVE');
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'LIVE' });
    fake.failure = (response) => response.writeHead(503).end();
    await backend.ask('mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { __typename } }', { id });
    await moveClock(database, { seconds: 40, areAlive: true });
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'STOPPED' });
    const input = { roomName: room.name, destinations: [`rtmps://live.example/app/${key()}`] };
    const startAnother = async () => (await change('startLiveStream', 'StartLiveStreamInput', input)).__typename;
    expect(await startAnother()).toBe('Conflict');
    const before = fake.calls.length;
    fake.failure = null;
    await expect
      .poll(() => fake.egress.find(({ room_name: name }) => name === room.id)?.status, soon)
      .toBe('EGRESS_ENDING');
    const calls = fake.calls.slice(before);
    const stop = calls.find(({ method }) => method === 'Egress/StopEgress');
    expect((stop?.at ?? 0) - (calls[0]?.at ?? 0)).toBeLessThan(1_000);
    fake.work(room.id, 'EGRESS_COMPLETE');
    await expect.poll(startAnother, soon).toBe('LiveStream');
    await expect.poll(() => fake.egress.filter(({ room_name: name }) => name === room.id).length, soon).toBe(2);
  }, 90_000);

  test('whose start is not answered is found and stopped when the media server is back, and is not taken for the next one', async () => {
    fake.isLost = (method) => {
      if (method !== 'Egress/StartRoomCompositeEgress') return false;
      fake.failure = (response) => response.destroy();
      return true;
    };
    const { room, id } = await startStream(key());
    fake.isLost = () => false;
    // From the real clock, as the 40 seconds above.
    await moveClock(database, { seconds: 120, areAlive: true });
    await expect.poll(() => shown(id), soon).toMatchObject({ status: 'FAILED' });
    const input = { roomName: room.name, destinations: [`rtmps://live.example/app/${key()}`] };
    const startAnother = () => change('startLiveStream', 'StartLiveStreamInput', input);
    const unknown = { __typename: 'Conflict', message: expect.stringContaining('has not said yet whether') };
    expect(await startAnother()).toMatchObject(unknown);
    const sent = () => fake.egress.filter(({ room_name: name }) => name === room.id).map(({ status }) => status);
    fake.work(room.id, 'EGRESS_ACTIVE');
    fake.failure = null;
    await expect.poll(sent, soon).toEqual(['EGRESS_ENDING']);
    expect((await startAnother()).__typename).toBe('Conflict');
    fake.work(room.id, 'EGRESS_COMPLETE');
    await expect.poll(async () => (await startAnother()).__typename, soon).toBe('LiveStream');
    await expect.poll(sent, soon).toEqual(['EGRESS_COMPLETE', 'EGRESS_STARTING']);
  }, 90_000);
});

test.skipIf((await findLiveKit()) === null)(
  'a LiveKit server without a worker fails it at once, and is never asked to start one',
  async () => {
    const startCalls = async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).match(/media_calls_total\{call="START_STREAM".*/g)?.join();
    const before = await startCalls();
    const livekit = await startLiveKit((await findLiveKit()) ?? '');
    await connect(livekit.apiUrl);
    const room = await backend.room();
    await room.guest();
    const input = { roomName: room.name, destinations: [`rtmps://live.example/app/${key()}`] };
    const { id = '' } = await change('startLiveStream', 'StartLiveStreamInput', input, '... on LiveStream { id }');
    await expect
      .poll(() => shown(id), soon)
      .toMatchObject({ status: 'FAILED', error: expect.stringContaining('egress') });
    expect(await startCalls()).toBe(before);
    expect(await sealedOf(room)).toBeNull();
  },
);

test.each([
  ['rtmp://live.example/app/secret-key', 'no secret-key at live.example', 'no … at live.example'],
  ['rtmp://live.example/app/sec%20ret', 'no "sec ret", no sec%20ret', 'no "…", no …'],
  ['srt://live.example:9?streamid=publish:room/abcdef', 'abcdef in publish:room/abcdef', '… in …:room/…'],
  ['rtmp://user:pass-word@live.example/app/abcdef', 'pass-word of user', '… of user'],
  ['rtmp://live.example/live/abcde', 'abcde is not live', '… is not live'],
  ['not a URL', 'anything at all', 'anything at all'],
])('a text without what could be a key of %s', (destination, text, left) => {
  expect(withoutStreamKeys(text, [destination])).toBe(left);
});
