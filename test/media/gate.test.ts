import { once } from 'node:events';
import { IncomingMessage, request, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMediaGateRoute } from '../../src/http/media-gate.ts';
import { countStatements } from '../security/statement-counter.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import { type Caller, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import {
  askGate,
  connectLiveKit,
  disconnectLiveKit,
  giveToken,
  type LiveKitClaims,
  type MediaSeat,
  newLiveKitKey,
  opensGate,
  renewToken,
  signClaims,
  takeSeat,
} from './gate-kit.ts';

const key = newLiveKitKey();
const strangeKey = { ...key, apiSecret: 'x'.repeat(40) };
let database: TestDatabase;
let server: TestServer;
let backend: Seed;

/** A service of its own, with a domain that has the LiveKit server of this key. */
async function open(url?: string) {
  const own = await createTestDatabase();
  const started = await startServer({ databaseUrl: url ?? own.url, rateLimits: false });
  await connectLiveKit(own, key);
  return { database: own, server: started, backend: seed({ ...started, domain: 'default' }) };
}

beforeAll(async () => {
  ({ database, server, backend } = await open());
});

const opens = (token: string) => opensGate(server, token);
const renew = (claims: LiveKitClaims, more: Readonly<Record<string, unknown>> = {}, by = key) =>
  renewToken(claims, by, more);
const videoOf = ({ claims }: MediaSeat, more: object) => renew({ ...claims, video: { ...claims.video, ...more } });

type Changed = Readonly<Record<string, { readonly __typename: string; readonly code?: string } | null>>;

async function change({ ask }: Pick<Caller, 'ask'>, field: string, input?: object): Promise<void> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const [head, tail] = input === undefined ? ['', ''] : [`($input: ${type}!)`, '(input: $input)'];
  const { body } = await ask<Changed>(
    `mutation ${head} { ${field}${tail} { __typename ... on Refusal { code } } }`,
    input === undefined ? {} : { input },
  );
  const answer = body.data?.[field];
  if (!answer || answer.code !== undefined) throw new Error(`${field} was refused: ${JSON.stringify(body)}`);
}

describe('whoever is inside comes through', () => {
  test('with the token that they were given, and with the one that LiveKit renewed', async () => {
    const { claims } = await takeSeat(await backend.room());
    expect(await opens(giveToken(claims, key))).toBe(true);
    expect(await opens(renew(claims))).toBe(true);
  });

  test('with a token that grants less than holds now', async () => {
    const seat = await takeSeat(await backend.room());
    const narrow = { canPublish: false, canPublishSources: undefined, canSubscribe: false, canPublishData: false };
    expect(await opens(videoOf(seat, narrow))).toBe(true);
    expect(await opens(videoOf(seat, { canPublishSources: ['microphone'] }))).toBe(true);
  });

  test('asked by Caddy and Traefik, and by who sends the token as a bearer', async () => {
    const token = renew((await takeSeat(await backend.room())).claims);
    const ask = (headers: Record<string, string>) => fetch(`${server.url}/media/gate`, { headers });
    const caddy = { 'X-Forwarded-Uri': `/rtc?access_token=${token}`, 'X-Forwarded-Method': 'GET' };
    const bearer = { 'X-Original-URI': '/rtc/v1?join_request=CAE', 'X-Original-Method': 'GET' };
    for (const headers of [caddy, { ...bearer, authorization: `Bearer ${token}` }]) {
      expect((await ask(headers)).status).toBe(200);
    }
  });

  test('asked by a proxy that passes on the offer of a socket', async () => {
    const token = renew((await takeSeat(await backend.room())).claims);
    const uri = { 'X-Forwarded-Uri': `/rtc?access_token=${token}`, 'X-Forwarded-Method': 'GET' };
    const headers = { ...uri, Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const [answer] = await once(request(`${server.url}/media/gate`, { headers }).end(), 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  test('whichever domain it is that shares the LiveKit server with others', async () => {
    await opens(renew((await takeSeat(await backend.room())).claims));
    const other = await addDomain(database, server, 'sharing');
    await connectLiveKit(database, { ...key, domain: 'sharing' });
    const { claims } = await takeSeat(await other.backend.room());
    expect(await opens(renew(claims))).toBe(true);
  });
});

test('a media server of another domain whose secret does not open keeps nobody out', async () => {
  const shared = newLiveKitKey();
  const first = await addDomain(database, server, 'first');
  await addDomain(database, server, 'second');
  await connectLiveKit(database, { ...shared, domain: 'first' });
  const unopened = await connectLiveKit(database, { ...shared, domain: 'second' });
  await database.sql`update media_servers set secret_sealed = '\\x00' where id = ${unopened}`;
  const inside = await takeSeat(await first.backend.room());
  expect(await opens(renew(inside.claims, {}, shared))).toBe(true);
});

describe('whoever is not inside at this moment stays out, with any token', () => {
  const others = ['left', 'ejected', 'banned', 'sent back to the lobby', 'their room was deleted', 'replaced'] as const;
  const ways: Record<(typeof others)[number], (seat: MediaSeat, room: RoomSeed) => Promise<unknown>> = {
    left: (seat) => change(seat, 'leaveRoom'),
    ejected: ({ id }, { name }) => change(backend, 'ejectParticipants', { roomName: name, participantIds: [id] }),
    banned: ({ id }, { name }) =>
      change(backend, 'ejectParticipants', { roomName: name, participantIds: [id], ban: true }),
    'sent back to the lobby': ({ id }) => change(backend, 'returnToLobby', { participantId: id }),
    'their room was deleted': (_seat, { name }) => change(backend, 'deleteRoom', { roomName: name }),
    replaced: (_seat, room) => takeSeat(room, {}, { userId: 'u-1' }),
  };

  test.each(others)('%s', async (way) => {
    const room = await backend.waitingRoom({ enforceUniqueUserIds: true });
    const seat = await takeSeat(room, {}, { userId: 'u-1' });
    const renewed = renew(seat.claims);
    expect(await opens(renewed)).toBe(true);
    await ways[way](seat, room);
    expect([await opens(giveToken(seat.claims, key)), await opens(renewed)]).toEqual([false, false]);
  });

  test('nobody waits for the sweeper: who is to be out by now is out', async () => {
    const own = await open();
    const seat = await takeSeat(await own.backend.room({ ejectAfterElapsedSeconds: 3600 }));
    await moveClock(own.database, { seconds: 3601 });
    const shifted = { nbf: Math.floor(Date.now() / 1000) + 3601, exp: Math.floor(Date.now() / 1000) + 4200 };
    expect(await opensGate(own.server, renew(seat.claims, shifted))).toBe(false);
  });

  test('somebody of another room, of another domain, and who never was there', async () => {
    const [seat, elsewhere] = [await takeSeat(await backend.room()), await takeSeat(await backend.room())];
    const foreign = await addDomain(database, server, 'foreign');
    const foreignKey = newLiveKitKey();
    await connectLiveKit(database, { ...foreignKey, domain: 'foreign' });
    const stranger = await takeSeat(await foreign.backend.room());
    expect(await opens(renew(stranger.claims, {}, foreignKey))).toBe(true);
    const wrong = [
      videoOf(seat, { room: elsewhere.claims.video.room }),
      renew(stranger.claims),
      renew(seat.claims, { sub: `participant_${'0'.repeat(32)}` }),
      renew(seat.claims, { sub: '' }),
      renew(seat.claims, { sub: undefined, jti: seat.id }),
      videoOf(seat, { room: '' }),
      videoOf(seat, { room: undefined }),
      renew(seat.claims, {}, foreignKey),
    ];
    expect(await Promise.all(wrong.map(opens))).toEqual(wrong.map(() => false));
  });
});

describe('a token that grants more than holds now opens nothing', () => {
  const wider: readonly (readonly [string, object, object])[] = [
    ['may send: left out', { canSend: [] }, { canPublish: undefined }],
    ['may send', { canSend: [] }, { canPublish: true, canPublishSources: ['camera'] }],
    ['every source: an empty list', { canSend: ['AUDIO'] }, { canPublishSources: [] }],
    ['every source: left out', { canSend: ['AUDIO'] }, { canPublishSources: undefined }],
    ['one more source', { canSend: ['AUDIO'] }, { canPublishSources: ['microphone', 'camera'] }],
    ['a source that nobody knows', { canSend: ['AUDIO'] }, { canPublishSources: ['microphone', 'smell'] }],
    ['may receive: left out', { canReceive: { base: [] } }, { canSubscribe: undefined }],
    ['may receive', { canReceive: { base: [] } }, { canSubscribe: true }],
    ['may write: left out, with sending', { hasPresence: false }, { canPublish: true, canPublishData: undefined }],
    ['may write', { hasPresence: false }, { canPublishData: true }],
    ['unseen', {}, { hidden: true }],
    ['renames itself', {}, { canUpdateOwnMetadata: true }],
    ['administers the room', {}, { roomAdmin: true }],
    ['makes rooms', {}, { roomCreate: true }],
    ['lists rooms', {}, { roomList: true }],
    ['records', {}, { roomRecord: true }],
    ['is a recorder', {}, { recorder: true }],
    ['is an agent', {}, { agent: true }],
    ['administers ingress', {}, { ingressAdmin: true }],
    ['reads metrics', {}, { canSubscribeMetrics: true }],
    ['forwards elsewhere', {}, { destinationRoom: 'room_1' }],
    ['what a later version may grant', {}, { canDoAnything: true }],
  ];

  test.each(wider)('%s', async (_what, permissions, grant) => {
    const seat = await takeSeat(await backend.room(), permissions);
    expect(await opens(renew(seat.claims))).toBe(true);
    expect(await opens(videoOf(seat, grant))).toBe(false);
  });

  test.each([
    ['another kind', { kind: 'egress' }],
    ['a telephone', { kind: 'sip' }],
    ['settings for the room', { roomConfig: { maxParticipants: 1 } }],
    ['a preset', { roomPreset: 'big' }],
    ['telephony', { sip: { admin: true } }],
    ['inference', { inference: { perform: true } }],
    ['a body', { sha256: 'x' }],
  ])('beside the room: %s', async (_what, more) => {
    const seat = await takeSeat(await backend.room());
    expect(await opens(renew(seat.claims, more))).toBe(false);
  });

  test('whoever was demoted does not come back with the rights of before', async () => {
    const room = await backend.room();
    const seat = await takeSeat(room);
    const before = renew(seat.claims);
    await change(backend, 'updateParticipant', { participantId: seat.id, permissions: { canSend: ['AUDIO'] } });
    expect(await opens(before)).toBe(false);
    expect(await opens(videoOf(seat, { canPublishSources: ['microphone'] }))).toBe(true);
  });

  test('while only owners broadcast, guests come in without', async () => {
    const room = await backend.room();
    const [guest, owner] = [await takeSeat(room), await takeSeat(room, {}, { isOwner: true })];
    await change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } });
    expect([await opens(renew(guest.claims)), await opens(renew(owner.claims))]).toEqual([false, true]);
    expect(await opens(videoOf(guest, { canPublish: false, canPublishSources: undefined }))).toBe(true);
  });
});

describe('a token that LiveKit would not take opens nothing', () => {
  const second = () => Math.floor(Date.now() / 1000);
  const bent: readonly (readonly [string, (claims: LiveKitClaims) => string])[] = [
    ['expired', (claims) => renew(claims, { exp: second() - 61 })],
    ['not yet good', (claims) => renew(claims, { nbf: second() + 90 })],
    ['without an end', (claims) => renew(claims, { exp: undefined })],
    ['without an issuer', (claims) => renew(claims, { iss: undefined })],
    ['of another secret', (claims) => renew(claims, {}, strangeKey)],
    ['of an empty secret', (claims) => renew(claims, {}, { ...key, apiSecret: '' })],
    ['not signed', (claims) => `${signClaims({ ...claims }, '', { alg: 'none' }).replace(/[^.]+$/, '')}AA`],
    ['saying none', (claims) => signClaims({ ...claims }, key.apiSecret, { alg: 'none' })],
    ['saying another algorithm', (claims) => signClaims({ ...claims }, key.apiSecret, { alg: 'HS512', typ: 'JWT' })],
    ['with a part of its signature', (claims) => renew(claims).slice(0, -4)],
    ['that does not let in', (claims) => renew({ ...claims, video: { ...claims.video, roomJoin: false } })],
  ];

  test.each(bent)('%s', async (_what, bend) => {
    const { claims } = await takeSeat(await backend.room());
    expect(await opens(bend(claims))).toBe(false);
  });
});

describe('the media server of the token is the one that the domain has now', () => {
  test('a new secret replaces the old one at once, in every process', async () => {
    const own = await open();
    const servers = [own.server, await startServer({ databaseUrl: own.database.url })];
    const { claims } = await takeSeat(await own.backend.room());
    const openEverywhere = (token: string) => Promise.all(servers.map((one) => opensGate(one, token)));
    expect(await openEverywhere(renew(claims))).toEqual([true, true]);
    const next = { ...key, apiSecret: newLiveKitKey().apiSecret };
    await connectLiveKit(own.database, next);
    expect(await openEverywhere(renew(claims))).toEqual([false, false]);
    expect(await openEverywhere(renew(claims, {}, next))).toEqual([true, true]);
    await disconnectLiveKit(own.database);
    expect(await openEverywhere(renew(claims, {}, next))).toEqual([false, false]);
  });
});

describe('nobody learns anything from the gate', () => {
  test('every refusal is the same answer', async () => {
    const seat = await takeSeat(await backend.room());
    const tokens = [
      'x',
      'a.b.c',
      renew(seat.claims, { iss: 'nobodys' }),
      renew(seat.claims, {}, strangeKey),
      renew(seat.claims, { sub: `participant_${'0'.repeat(32)}` }),
      videoOf(seat, { roomAdmin: true }),
    ];
    const answers = await Promise.all(
      tokens.map(async (token) => {
        const answer = await askGate(server, token);
        const headers = [...answer.headers].filter(([name]) => name !== 'date');
        return { status: answer.status, headers, text: await answer.text() };
      }),
    );
    const bare = await fetch(`${server.url}/media/gate`);
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(answers[0]).toMatchObject({ status: 403, text: await bare.text() });
    expect(Object.fromEntries(answers[0]?.headers ?? [])).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
    });
  });

  test('who shows a bad signature has nobody looked up', async () => {
    const own = await createTestDatabase();
    const counter = await countStatements(own.url);
    const counted = await startServer({ databaseUrl: counter.url });
    await connectLiveKit(own, key);
    const seat = await takeSeat(await seed(counted).room());
    const looks = () => counter.count(/join participants p/);
    expect(await opensGate(counted, renew(seat.claims))).toBe(true);
    const before = looks();
    const forged = renew(seat.claims, {}, strangeKey);
    for (let tries = 0; tries < 20; tries += 1) expect(await opensGate(counted, forged)).toBe(false);
    expect(looks()).toBe(before);
    // A good one takes one statement, and no more.
    expect(await opensGate(counted, renew(seat.claims))).toBe(true);
    expect(looks()).toBe(before + 1);
    // So does a holder who is refused, and in a second one look at the keys more for all that they try.
    await seat.ask('mutation { leaveRoom { __typename } }');
    const [keyReads, refused] = [() => counter.count(/from media_servers m where m\.kind/), looks()];
    const readsBefore = keyReads();
    const since = performance.now();
    for (let tries = 0; tries < 20; tries += 1) expect(await opensGate(counted, renew(seat.claims))).toBe(false);
    const seconds = Math.ceil((performance.now() - since) / 1000);
    expect(looks()).toBe(refused + 20);
    expect(keyReads() - readsBefore).toBeLessThanOrEqual(seconds);
  });

  test('no token is in the log, and a key that nobody knows is named there', async () => {
    const own = await createTestDatabase();
    const spawned = await spawnServer({ databaseUrl: own.url, env: { LOG_LEVEL: 'trace' } });
    await connectLiveKit(own, key);
    const seat = await takeSeat(await seed(spawned).room());
    const [given, unknown] = [giveToken(seat.claims, key), renew(seat.claims, { iss: 'APInobody' })];
    for (const token of [given, unknown, renew(seat.claims)]) await askGate(spawned, token);
    await expect.poll(() => spawned.output()).toContain('APInobody');
    for (const secret of [given, unknown, key.apiSecret]) {
      for (const part of secret.split('.')) expect(spawned.output()).not.toContain(part);
    }
    const metrics = await (await fetch(`${spawned.url}/metrics`)).text();
    expect(metrics).toContain('vestibule_media_gate_answers_total{outcome="UNKNOWN_KEY"} 1');
    expect(metrics).toContain('vestibule_media_gate_answers_total{outcome="OPEN"} 2');
  }, 90_000);
});

test('while the database hangs the proxy is told so after three seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const warnings: unknown[] = [];
  const log = { info() {}, warn: (fields: object) => void warnings.push(fields), error() {} };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const hangs = () => Promise.withResolvers<boolean>().promise;
  void createMediaGateRoute(hangs, log)(response, {}, []);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(response.headersSent).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect([response.headersSent, response.statusCode, warnings.length]).toEqual([true, 503, 1]);
});

test('while the database is away nobody comes through, and the proxy is told to come again', async () => {
  const own = await createTestDatabase();
  const proxy = await startTcpProxy(own.url);
  const cut = await startServer({ databaseUrl: proxy.url });
  await connectLiveKit(own, key);
  const { claims } = await takeSeat(await seed(cut).room());
  expect(await opensGate(cut, renew(claims))).toBe(true);
  proxy.refuse();
  proxy.cut();
  const away = await askGate(cut, renew(claims));
  expect(away.status).toBe(503);
  expect(away.headers.get('access-control-allow-origin')).toBe('*');
  proxy.accept();
  await expect.poll(async () => (await askGate(cut, renew(claims))).status, { timeout: 20_000 }).toBe(200);
}, 60_000);
