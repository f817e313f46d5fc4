import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { bootstrapApiKey, findFreePort, type ServerProcess, spawnServer } from '../support/server.ts';
import { refusedUpgrade, wsClient } from '../support/ws-client.ts';
import { encode, forge } from '../tokens/token-kit.ts';
import { documentFor, rootFields } from './every-operation.ts';
import { authorization, openReceiver, Recorder, textAt } from './redaction-kit.ts';
import { dumpDatabase, Secrets } from './secret-search.ts';

const secrets = new Secrets();
/** What people write: it may be stored and shown, but neither logged, counted nor quoted in an error. */
const personal = new Secrets();

const admin = { bearer: bootstrapApiKey };
const masterKey = randomBytes(32).toString('base64');
const streamKey = `stream-${randomBytes(16).toString('hex')}`;
const idempotencyKey = `idem-${randomBytes(24).toString('base64url')}`;
const mediaSecret = `media-${randomBytes(16).toString('hex')}`;
const hookSecret = `hook-${randomBytes(16).toString('hex')}`;
const text = (what: string) => {
  const words = `${what} ${randomBytes(6).toString('hex')}`;
  personal.add(what, words);
  return words;
};

let database: TestDatabase;
let server: ServerProcess;
let recorder: Recorder;

let receiver: Awaited<ReturnType<typeof openReceiver>>;
let dump: ReadonlyMap<string, string>;
let pages: readonly string[] = [];

const call: Recorder['call'] = (...parameters) => recorder.call(...parameters);

beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await openReceiver();
  const metricsPort = await findFreePort();
  const env = {
    ...{ LOG_LEVEL: 'trace', MASTER_KEY: masterKey, NODE_ENV: 'production', RATE_LIMITS: 'false' },
    METRICS_PORT: String(metricsPort),
  };
  server = await spawnServer({ databaseUrl: database.url, env });
  recorder = new Recorder(server.url, secrets);
  for (const [name, value] of Object.entries({ masterKey, bootstrapApiKey, streamKey, mediaSecret, idempotencyKey })) {
    secrets.add(name, value);
  }
  const room = await prepareRoom();
  const tokens = await meet(room);
  await manage(room);
  await misuse(room, tokens);
  pages = await Promise.all([
    new Recorder(`http://127.0.0.1:${metricsPort}`, secrets).send('/metrics'),
    ...['/ready', '/health', '/.well-known/jwks.json'].map((path) => recorder.send(path)),
  ]);
  dump = await dumpDatabase(database.sql);
  await breakDatabase(room, tokens);
  await server.kill('SIGTERM');
});

type RoomUsed = { readonly roomName: string; readonly key: string; readonly hmac: string; readonly kid: string };

/** A room, with a key, a webhook and a signing secret of its own. */
async function prepareRoom(): Promise<RoomUsed> {
  const scopes = ['ADMIN', 'READ', 'ROOMS', 'TOKENS', 'ADMISSION', 'WEBHOOKS'];
  const key = textAt(await call('createApiKey', { input: { name: text('key name'), scopes } }, admin), 'secret');
  const added = await call('addSelfSigningKey', { input: { algorithm: 'HS256' } }, { bearer: key });
  const events = ['KNOCK_REQUESTED', 'KNOCK_DECIDED', 'PARTICIPANT_JOINED', 'PARTICIPANT_LEFT', 'LIVE_STREAM_CHANGED'];
  const url = `${receiver.url}/${hookSecret}`;
  const made = await call('createWebhook', { input: { url, events } }, { bearer: key });
  const webhookId = textAt(made, 'webhook', 'id');
  await call('rotateWebhookSecret', { webhookId }, { bearer: key });
  await call('updateWebhook', { input: { webhookId, events } }, { bearer: key });
  const settings = { privacy: 'PRIVATE', enableKnocking: true, lobbyMessage: text('lobby message') };
  const roomName = textAt(await call('createRoom', { input: { settings } }, { bearer: key }), 'name');
  await call('updateRoom', { input: { roomName, settings: { knockCooldownSeconds: 0 } } }, { bearer: key });
  await call('updateDomain', { input: { lang: 'de' } }, { bearer: key });
  const mediaServer = { kind: 'LIVEKIT', url: 'ws://127.0.0.1:9', apiKey: 'key', apiSecret: mediaSecret };
  await call('setMediaServer', { input: mediaServer }, { bearer: key });
  await call('removeMediaServer', {}, { bearer: key });
  return { roomName, key, hmac: textAt(added, 'secret'), kid: textAt(added, 'selfSigningKey', 'kid') };
}

type Tokens = Readonly<Record<'jwt' | 'selfSigned' | 'session' | 'knock', string>>;

/** People come with every kind of token, knock, are answered, and are put out. */
async function meet({ roomName, key, hmac, kid }: RoomUsed): Promise<Tokens> {
  const backend = { bearer: key };
  const input = { roomName, isOwner: true, userName: text('owner name'), userId: 'owner' };
  const jwt = textAt(await call('createMeetingToken', { input }, backend), 'jwt');
  const iat = Math.floor(Date.now() / 1000);
  const claims = { d: 'default', r: roomName, u: text('signed name'), iat, exp: iat + 3600 };
  const selfSigned = forge({ alg: 'HS256', typ: 'JWT', kid }, claims, hmac);
  secrets.add('selfSigned', selfSigned);
  await call('access', { roomName, token: jwt });
  await call('explainEntry', { roomName, token: selfSigned }, backend);
  await call('validateMeetingToken', { jwt: selfSigned }, backend);
  const session = textAt(
    await call('joinRoom', { input: { roomName, token: jwt, idempotencyKey } }, { depth: 1 }),
    'sessionToken',
  );
  const owner = { bearer: session };
  await recorder.follow('roomEvents', {}, owner);
  await recorder.follow('knockRequested', {}, owner);
  const guest = textAt(
    await call('joinRoom', { input: { roomName, token: selfSigned } }, { depth: 1 }),
    'sessionToken',
  );
  await call('updateMyMedia', { input: { audio: true } }, { bearer: guest });
  await call('leaveRoom', {}, { bearer: guest });
  const knock = await knockAndBeAnswered(roomName, owner);
  return { jwt, selfSigned, session, knock };
}

async function knockAndBeAnswered(roomName: string, owner: { readonly bearer: string }): Promise<string> {
  const come = async (more: object = {}) => {
    const input = { roomName, userName: text('knocker name'), message: text('message'), ...more };
    const answer = await call('knock', { input });
    return { knockId: textAt(answer, 'knockRequest', 'id'), knockToken: textAt(answer, 'knockToken') };
  };
  const [first, second, third, fourth, fifth, sixth] = [
    await come({ idempotencyKey: `${idempotencyKey}2` }),
    await come(),
    await come(),
    await come(),
    await come(),
    await come(),
  ];
  await recorder.follow('myKnock', {}, { bearer: first.knockToken });
  await call('heartbeat', {}, { bearer: first.knockToken, as: 'KnockRequest' });
  await call('replyToKnock', { input: { knockId: first.knockId, reply: text('reply') } }, owner);
  await call('admitKnock', { input: { knockId: first.knockId } }, owner);
  await call('denyKnock', { input: { knockId: second.knockId, ban: true, reply: text('denial') } }, owner);
  await call('cancelKnock', {}, { bearer: third.knockToken });
  await call('admitKnocks', { input: { roomName, knockIds: [fourth.knockId] } }, owner);
  await call('admitKnock', { input: { knockId: sixth.knockId } }, owner);
  await call('recallAdmission', { input: { knockId: sixth.knockId, reply: text('recall') } }, owner);
  await call('denyKnocks', { input: { roomName, knockIds: [fifth.knockId] } }, owner);
  const joined = await call('joinRoom', { input: { roomName, knockToken: first.knockToken } }, { depth: 1 });
  const participantId = textAt(joined, 'participant', 'id');
  await call('updateParticipant', { input: { participantId, setAudio: false } }, owner);
  await call('updateParticipants', { input: { roomName, setVideo: false } }, owner);
  await call('returnToLobby', { input: { participantId, reply: text('back') } }, owner);
  await call('viewer', {}, { bearer: textAt(joined, 'sessionToken'), as: 'KnockRequest' });
  const back = textAt(
    await call('joinRoom', { input: { roomName, knockToken: fourth.knockToken } }, { depth: 1 }),
    'participant',
    'id',
  );
  await call('ejectParticipants', { input: { roomName, participantIds: [back], ban: true } }, owner);
  return first.knockToken;
}

/** What backends read and change, down to the end of the room. */
async function manage({ roomName, key }: RoomUsed): Promise<void> {
  const backend = { bearer: key };
  const destinations = [`rtmps://live.example/app/${streamKey}`];
  const started = await call('startLiveStream', { input: { roomName, destinations } }, backend);
  const liveStreamId = textAt(started, 'id');
  await call('reportLiveStream', { input: { liveStreamId, status: 'LIVE', error: null } }, backend);
  await call('stopLiveStream', { liveStreamId }, backend);
  for (const as of ['ApiKey', 'Participant', 'KnockRequest']) await call('viewer', {}, { ...backend, as });
  const room = await call('room', { name: roomName }, { ...backend, depth: 4 });
  await call('rooms', { first: 3 }, { ...backend, depth: 4 });
  await call('knockRequests', { first: 9 }, { ...backend, depth: 3 });
  const domain = await call('domain', {}, { ...backend, depth: 4 });
  await call('doorPage', { domain: 'default' }, { depth: 2 });
  await call('node', { id: textAt(room, 'id') }, { ...backend, as: 'Room' });
  await call('nodes', { ids: [textAt(domain, 'id')] }, { ...backend, as: 'Domain' });
  await call('liftBan', { banId: textAt(room, 'bans', 'nodes', 0, 'id') }, backend);
  await call(
    'redeliverWebhook',
    { deliveryId: textAt(domain, 'webhooks', 0, 'deliveries', 'nodes', 0, 'id') },
    backend,
  );
  await vi.waitFor(() => expect(receiver.received.join()).toContain('LIVE_STREAM_CHANGED'), 10_000);
  await endThings(room, domain, backend);
}

async function endThings(room: unknown, domain: unknown, backend: { readonly bearer: string }): Promise<void> {
  const roomName = textAt(room, 'name');
  await call('setRoomPrivacy', { input: { roomName, privacy: 'PRIVATE' } }, backend);
  await call('revokeMeetingTokens', { input: { jtis: ['unknown'] } }, backend);
  await call('deleteWebhook', { webhookId: textAt(domain, 'webhooks', 0, 'id') }, backend);
  await call('revokeSelfSigningKey', { selfSigningKeyId: textAt(domain, 'selfSigningKeys', 0, 'id') }, backend);
  const other = await call('createApiKey', { input: { name: text('short-lived key'), scopes: ['READ'] } }, backend);
  await call('revokeApiKey', { apiKeyId: textAt(other, 'apiKey', 'id') }, backend);
  const short = textAt(await call('createRoom', { input: {} }, backend), 'name');
  await call('deleteRoom', { input: { roomName: short } }, backend);
}

/** Every secret in every wrong place. */
async function misuse(room: RoomUsed, tokens: Tokens): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const post = (body: string, more: object = {}) =>
    recorder.send('/graphql', { method: 'POST', headers: { ...headers, ...more }, body });
  const document = (query: string, variables: object = {}) => post(JSON.stringify({ query, variables }));
  for (const secret of [...Object.values(tokens), room.key, bootstrapApiKey, streamKey, mediaSecret]) {
    await document(`{ viewer "${secret}" }`);
    await document(`{ room(name: "${secret}", token: "${secret}") { id } }`);
    await document(`query ($n: Int) { rooms(first: $n) { nodes { id } } }`, { n: secret });
    await document('mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }', { input: secret });
    await document(documentFor('updateRoom'), {
      input: { roomName: secret, settings: { privacy: secret, exp: secret } },
    });
    await document(documentFor('createRoom'), { input: { name: `${secret}!`, settings: { lang: secret } } });
    await document(documentFor('createWebhook'), { input: { url: `ftp://${secret}`, events: ['ROOM_CREATED'] } });
    await document(documentFor('node'), { id: secret });
    await document(documentFor('knock'), { input: { roomName: room.roomName, userName: `${secret}\u0000`.repeat(9) } });
    await post(`{"query":"{ viewer { __typename } }","operationName":"${secret}"}`);
    await post(`{"query": "${secret}`);
    await post(`{"query":"{ viewer { __typename } }","variables":"${secret}"}`);
    await post('{"query":"{ viewer { __typename } }"}', { authorization: `Basic ${secret}` });
    await post('{"query":"{ viewer { __typename } }"}', authorization(`${secret}x`));
    await post('{"query":"{ viewer { __typename } }"}', { 'x-forwarded-for': secret, 'user-agent': secret });
    const asked = encodeURIComponent(`{ access(roomName: "x", token: "${secret}") { level } }`);
    const paths = ['graphql', 'nowhere', 'default/room', 'metrics', 'ready', 'health', 'schema.graphql'];
    for (const path of paths) await recorder.send(`/${path}?t=${secret}&query=${asked}`);
    await recorder.send(`/${secret}/${secret}`, { method: 'DELETE' });
  }
  await misuseSocket(tokens);
}

async function misuseSocket({ session }: Tokens): Promise<void> {
  const client = wsClient(server.url, session);
  await client.acknowledged;
  const payload = { query: `{ viewer "${session}" }` };
  client.send({ id: '1', type: 'subscribe', payload });
  recorder.errors.push(JSON.stringify(await client.others.next()));
  client.send(`{"${session}`);
  recorder.seen.push((await client.closed).reason);
  expect(await refusedUpgrade(wsClient(server.url, undefined, { origin: `https://${encode(session)}.example` }))).toBe(
    403,
  );
}

/** The database holds what no code expects, and refuses what holds secrets, by a constraint and by columns that are gone. */
async function breakDatabase({ roomName, key }: RoomUsed, { jwt, knock }: Tokens): Promise<void> {
  const settings = { lobbyMessage: text('last message') };
  await database.sql`alter table rooms add constraint never check (lobby_message is null) not valid`;
  await call('updateRoom', { input: { roomName, settings } }, { bearer: key });
  await call('knock', { input: { roomName, userName: text('late name') } });
  // The engine quotes a value that it cannot show.
  const unknown = text('no kind of media');
  await database.sql`update domains set version = version + 1, permissions = jsonb_build_object('canSend', jsonb_build_array(${unknown}::text))`;
  await call('room', { name: roomName }, { bearer: key, depth: 3 });
  await database.sql`alter table participants rename column user_name to gone`;
  await database.sql`alter table api_keys rename column prefix to gone`;
  await call('joinRoom', { input: { roomName, token: jwt, userName: text('later name') } }, { depth: 1 });
  await call('joinRoom', { input: { roomName, knockToken: knock } }, { depth: 1 });
  await call('createApiKey', { input: { name: text('unkept key'), scopes: ['READ'] } }, { bearer: key });
}

describe('after a run of every operation', () => {
  test('each field of the API was called', () => {
    expect(rootFields.filter((field) => !recorder.called.has(field))).toEqual([]);
  });

  test('a secret that stood there would be found, in each of its writings', () => {
    expect(secrets.size).toBeGreaterThanOrEqual(10);
    expect(secrets.findIn(`x${bootstrapApiKey}y`)).toContain('bootstrapApiKey');
    expect(secrets.findIn(Buffer.from(masterKey, 'base64').toString('hex'))).toContain('masterKey');
    const hash = createHash('sha256').update(bootstrapApiKey).digest('hex');
    expect(secrets.findIn(hash)).toEqual([]);
    expect([...dump.values()].join()).toContain(hash);
  });

  test('the log has lines, unexpected errors among them, and no secret and no personal text', () => {
    const output = server.output();
    expect(output).toContain('"correlationId"');
    expect(output.split('\n').length).toBeGreaterThan(3);
    expect(secrets.findIn(output)).toEqual([]);
    expect(personal.findIn(output)).toEqual([]);
    expect(output).not.toContain(hookSecret);
  });

  test('no answer holds a secret but the one that hands it out', () => {
    expect(recorder.seen.length).toBeGreaterThan(200);
    expect(recorder.seen.filter((answer) => secrets.findIn(answer).length > 0)).toEqual([]);
  });

  test('no error quotes what was sent', () => {
    expect(recorder.errors.length).toBeGreaterThan(50);
    for (const error of recorder.errors)
      expect([...secrets.findIn(error), ...personal.findIn(error)], error).toEqual([]);
  });

  test('metrics, readiness and public keys hold neither', () => {
    expect(pages[0]).toContain('# HELP');
    for (const page of pages) expect([...secrets.findIn(page), ...personal.findIn(page)]).toEqual([]);
  });

  test('webhooks carry no credential', () => {
    expect(receiver.received.join()).toContain('KNOCK_REQUESTED');
    expect(secrets.findIn(receiver.received.join('\n'))).toEqual([]);
  });

  test('no column of the database holds one that is not encrypted or hashed', () => {
    expect([...dump.values()].join().length).toBeGreaterThan(10_000);
    for (const [table, rows] of dump) expect(secrets.findIn(rows), table).toEqual([]);
  });
});
