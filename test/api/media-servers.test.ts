import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { change, cursorOf, followRoom, read, type Said } from './room-kit.ts';

const secret = 'a-secret-of-at-least-32-characters';
let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let mediaUrl: string;
let asked: string[] = [];

/** As much of a LiveKit server as the first question needs: it knows one key. Looks at its gate are no questions. */
async function startMediaServer(): Promise<string> {
  const listener = createServer((request, response) => {
    if (/^\/(?:rtc|whip)/.test(request.url ?? '')) return void response.writeHead(200).end('success');
    asked.push(request.url ?? '');
    const { iss } = decodeJwt((request.headers.authorization ?? '').replace('Bearer ', ''));
    const [status, body] = iss === 'known' ? [200, { rooms: [] }] : [401, { code: 'unauthenticated', msg: 'who?' }];
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closeAfterwards(async () => void listener.close());
  return `ws://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  mediaUrl = await startMediaServer();
});

const shown = '... on MediaServer { id kind url apiKey state lastError checkedAt webhookUrl gateUrl gate gateHolds }';
const set = (more: Variables = {}) => {
  const input = { kind: 'LIVEKIT', url: mediaUrl, apiKey: 'known', apiSecret: secret, ...more };
  return change<Record<string, unknown>>(backend, 'setMediaServer', input, `__typename ${shown}`);
};
const remove = () =>
  read(backend, 'mutation { removeMediaServer { __typename ... on Domain { mediaServer { id } } } }');
const access = 'media { kind url room token exp } mediaConnection';
const own = (person: { readonly ask: Seed['ask'] }) =>
  read<{ viewer: { media: Access | null; mediaConnection: string | null } }>(
    person,
    `{ viewer { ... on Participant { ${access} } } }`,
  );
type Access = { kind: string; url: string; room: string; token: string; exp: string };

test('it is stored, asked once, and shown without its secret', async () => {
  asked = [];
  const answer = await set({ url: `${mediaUrl}/`, gate: true });
  expect(asked).toEqual(['/twirp/livekit.RoomService/ListRooms']);
  expect(answer).toMatchObject({
    ...{ __typename: 'MediaServer', kind: 'LIVEKIT', url: mediaUrl, apiKey: 'known', state: 'OK', lastError: null },
    ...{ gate: true, webhookUrl: `${server.url}/media/default/livekit`, gateUrl: `${server.url}/media/gate` },
  });
  expect(answer.checkedAt).not.toBeNull();
  const query = `query ($id: ID!) { node(id: $id) { ${shown} } domain { mediaServer { id state } } }`;
  const found = await read<{ node: object; domain: object }>(backend, query, { id: answer.id });
  expect(found.domain).toEqual({ mediaServer: { id: answer.id, state: 'OK' } });
  expect(JSON.stringify(found)).not.toContain(secret);
});

test.each([
  ['refuses the key', () => ({ apiKey: 'unknown' }), 'REFUSED', /401/],
  ['does not answer', () => ({ url: 'ws://127.0.0.1:9' }), 'UNREACHABLE', /./],
] as const)('one that %s is stored all the same, and says so', async (_what, more, state, sentence) => {
  const answer = await set(more());
  expect(answer).toMatchObject({ __typename: 'MediaServer', state, lastError: expect.stringMatching(sentence) });
  // A sentence of ours, and nothing of what the server wrote.
  expect(answer.lastError).not.toContain('who?');
  expect(await read(backend, '{ domain { mediaServer { state } } }')).toEqual({ domain: { mediaServer: { state } } });
});

test('bad input names each field, and nothing is stored, asked or changed', async () => {
  await set();
  const count = async () => (await database.sql`select id from media_servers`).length;
  const [before, domain] = [await count(), await read(backend, '{ domain { mediaServer { id } } }')];
  asked = [];
  const input = { kind: 'LIVEKIT', url: 'ftp://a', apiKey: 'two words', apiSecret: 'short', keyId: 'k', tenant: 't' };
  const answer = await backend.ask(
    'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { ... on InvalidInput { code issues { path } } } }',
    { input },
  );
  expect(answer.body.data).toEqual({
    setMediaServer: {
      code: 'INVALID_INPUT',
      issues: ['url', 'apiKey', 'apiSecret', 'keyId', 'tenant'].map((field) => ({ path: ['input', field] })),
    },
  });
  expect([await count(), asked]).toEqual([before, []]);
  expect(await read(backend, '{ domain { mediaServer { id } } }')).toEqual(domain);
});

test('a domain has a thousand at most whose rooms are not closed, and one that is done with makes room', async () => {
  const domain = 'crowded';
  const { backend: other } = await addDomain(database, server, domain);
  await (await other.room()).guest();
  const connect = async (): Promise<object> => {
    const input = { kind: 'LIVEKIT', url: 'wss://media.example', apiKey: 'known', apiSecret: secret };
    return change(other, 'setMediaServer', input, '__typename ... on InvalidInput { issues { path message } }');
  };
  const countServers = async () => (await database.sql`select 1 from media_servers`).length;
  await database.sql`with made as (
      insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, state, created_at, ended_at)
      select d.id, gen_random_uuid(), 'LIVEKIT', 'wss://gone.example', 'gone', '', 'UNREACHABLE', app_now(), app_now()
      from domains d, generate_series(1, 1000) where d.name = ${domain} returning domain_id, id
    ) insert into media_rooms (domain_id, room_id, media_server_id, look_at)
    select r.domain_id, r.id, made.id, app_now() + interval '1 day' from made join rooms r on r.domain_id = made.domain_id`;
  const before = await countServers();
  const wayOn = expect.stringContaining('answer, or wait: each is forgotten EVENT_RETENTION_DAYS');
  expect(await connect()).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: ['input'], message: wayOn }] });
  expect(await countServers()).toBe(before);
  await database.sql`delete from media_rooms where media_server_id = (select media_server_id from media_rooms m
    join media_servers s on s.id = m.media_server_id where s.api_key = 'gone' limit 1)`;
  expect(await connect()).toEqual({ __typename: 'MediaServer' });
});

test('private addresses are refused where they are not on the list', async () => {
  const strict = await startServer({
    databaseUrl: database.url,
    mediaAllowPrivate: ['10.1.0.0/16', 'livekit.internal'],
  });
  const ask = async (url: string) => {
    const input = { kind: 'JITSI', url, apiKey: 'app', apiSecret: secret };
    const asked = '__typename ... on InvalidInput { issues { path message } }';
    return change<{ __typename: string; issues?: readonly object[] }>(seed(strict), 'setMediaServer', input, asked);
  };
  const refusal = { path: ['input', 'url'], message: expect.stringContaining('the setting MEDIA_ALLOW_PRIVATE') };
  for (const url of ['http://127.0.0.1', 'http://localhost:1', 'http://[::1]', 'http://10.2.0.1', 'http://169.254.0.1'])
    expect(await ask(url), url).toMatchObject({ __typename: 'InvalidInput', issues: [refusal] });
  for (const url of ['http://10.1.2.3', 'https://livekit.internal', 'https://meet.example'])
    expect(await ask(url), url).toMatchObject({ __typename: 'MediaServer' });
});

describe('how people connect', () => {
  let room: RoomSeed;

  beforeAll(async () => {
    // Nobody answers there: whatever is asked of it would not be answered.
    await set({ url: 'ws://127.0.0.1:9' });
    room = await backend.waitingRoom();
  });

  test('joining answers it, and the media server need not be there for it', async () => {
    const { jwt } = await room.token({ userName: 'Gustav' });
    const input = { roomName: room.name, domain: 'default', token: jwt };
    const joined = await change<{ media: Access; participant: { id: string } & Access; sessionToken: string }>(
      callerOf(server),
      'joinRoom',
      input,
      `... on Joined { media { kind url room token exp } participant { id ${access} } sessionToken }`,
    );
    expect(joined.media).toMatchObject({ kind: 'LIVEKIT', url: 'ws://127.0.0.1:9', room: room.id });
    expect(decodeJwt(joined.media.token)).toMatchObject({ iss: 'known', sub: joined.participant.id, name: 'Gustav' });
  });

  test('it is made for what holds at that instant, and for nobody but oneself', async () => {
    const [guest, other] = [await room.guest(), await room.guest()];
    const videoOf = async () => decodeJwt((await own(guest)).viewer.media?.token ?? '').video;
    expect(await videoOf()).toMatchObject({ canPublish: true });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } });
    expect(await videoOf()).toMatchObject({ canPublish: false });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: false } });
    const permissions = { canSend: ['AUDIO'] };
    await change(backend, 'updateParticipant', { participantId: guest.id, permissions });
    expect(await videoOf()).toMatchObject({ canPublish: true, canPublishSources: ['microphone'] });
    const query = 'query ($id: ID!) { node(id: $id) { ... on Participant { media { token } mediaConnection } } }';
    for (const reader of [other, backend])
      expect(await read(reader, query, { id: guest.id })).toEqual({ node: { media: null, mediaConnection: 'LEFT' } });
    await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] });
    expect((await own(guest)).viewer.media).toBeNull();
  });
});

describe('a change of the media server', () => {
  test('is told to everybody inside, who then read another access, or none', async () => {
    await set();
    const room = await backend.waitingRoom();
    const guest = await room.guest();
    // From here on, whenever the stream has begun.
    const { cursor } = (await read<{ room: { cursor: string } }>(guest, `{ room(name: "${room.name}") { cursor } }`))
      .room;
    const events = await guest
      .ws()
      .subscribe(
        `subscription { roomEvents(roomName: "${room.name}", after: "${cursor}") { ... on ParticipantUpdated { participant { ${access} } } } }`,
      );
    await set({ url: 'wss://media.example' });
    const told = (media: object | null, mediaConnection: string | null) => ({
      data: { roomEvents: { participant: { media, mediaConnection } } },
    });
    expect(await events.next()).toMatchObject(told({ url: 'wss://media.example' }, 'LEFT'));
    expect(await remove()).toEqual({ removeMediaServer: { __typename: 'Domain', mediaServer: null } });
    expect(await events.next()).toEqual(told(null, null));
    expect(await remove()).toEqual({ removeMediaServer: { __typename: 'NotFound' } });
  });

  test('leaves the record of the one before, whose rooms are to be looked at, until they are closed', async () => {
    const before = await set({ url: 'wss://one.example' });
    const room = await backend.waitingRoom();
    await room.guest();
    const { id } = await set({ url: 'wss://two.example' });
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(await read(backend, query, { id: before.id })).toEqual({ node: null });
    expect(await read(backend, query, { id })).toEqual({ node: { id } });
    await remove();
    const rows = await database.sql<{ url: string; wanted: number; isEnded: boolean }[]>`
      select s.url, r.wanted::int, s.ended_at is not null as "isEnded" from media_rooms r
      join media_servers s on s.id = r.media_server_id join rooms o on o.id = r.room_id
      where o.name = ${room.name} order by s.created_at`;
    expect(rows.map(({ url, isEnded }) => [url, isEnded])).toEqual([
      ['wss://one.example', true],
      ['wss://two.example', true],
    ]);
    expect(await read(backend, query, { id })).toEqual({ node: null });
  });
});

describe('a live stream', () => {
  const start = async (room: RoomSeed, destinations: readonly string[]) =>
    change<Said & { id: string }>(
      backend,
      'startLiveStream',
      { roomName: room.name, destinations },
      '... on LiveStream { id } ... on InvalidInput { issues { path } }',
    );
  const keysOf = async () => {
    const rows = await database.sql<{ sealed: Buffer | null }[]>`
      select destinations_sealed as sealed from live_streams order by started_at desc limit 1`;
    return rows[0]?.sealed ?? null;
  };

  test('on LiveKit goes where LiveKit can send; its keys are kept sealed, and nobody reports on it', async () => {
    await set({ url: 'wss://media.example' });
    const room = await backend.waitingRoom();
    const unsendable = await start(room, ['rtmp://live.example/key', 'https://live.example/key']);
    expect(unsendable).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['input', 'destinations', '1'] }] });
    const { id } = await start(room, ['rtmps://live.example/app/the-stream-key', 'srt://live.example:9?streamid=key']);
    const sealed = await keysOf();
    expect(sealed?.toString('latin1')).not.toContain('the-stream-key');
    const report = { liveStreamId: id, status: 'LIVE' };
    expect(await change(backend, 'reportLiveStream', report, '__typename')).toMatchObject({ __typename: 'Conflict' });
    await remove();
  });

  test.each(['nobody', 'somebody'])('ends with its media server, in a room with %s inside', async (inside) => {
    await set({ url: 'wss://media.example' });
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    if (inside === 'somebody') await room.guest();
    const { id } = await start(room, ['rtmps://live.example/app/the-stream-key']);
    await remove();
    const events = await followRoom(backend, { roomName: room.name, after });
    await events.find(({ liveStatus }) => liveStatus === 'FAILED');
    expect(await keysOf()).toBeNull();
    const next = await start(room, ['https://live.example/key']);
    expect(next).toMatchObject({ __typename: 'LiveStream' });
    expect(next.id).not.toBe(id);
  });

  test('elsewhere is reported as before, and no key is kept', async () => {
    const room = await backend.waitingRoom();
    const { id } = await start(room, ['https://live.example/key']);
    expect(await keysOf()).toBeNull();
    const report = { liveStreamId: id, status: 'LIVE' };
    expect(await change(backend, 'reportLiveStream', report)).toMatchObject({ __typename: 'LiveStream' });
  });
});

test('what is to be carried out moves with what is decided, and not with what people say of themselves', async () => {
  await set({ url: 'wss://media.example' });
  const room = await backend.waitingRoom();
  let last = 0;
  /** Is more to be carried out than when it was last asked? */
  const isMoved = async () => {
    const rows = await database.sql<{ wanted: number }[]>`
      select m.wanted::int from media_rooms m join rooms r on r.id = m.room_id where r.name = ${room.name}`;
    const [before, now] = [last, rows[0]?.wanted ?? 0];
    last = now;
    return now > before;
  };
  await room.knocker();
  expect(await isMoved()).toBe(false);
  const guest = await room.guest();
  expect(await isMoved()).toBe(true);
  await change(guest, 'updateMyMedia', { audio: false });
  await read(guest, 'mutation { heartbeat { __typename } }');
  expect(await isMoved()).toBe(false);
  await change(backend, 'updateParticipant', { participantId: guest.id, permissions: { canSend: [] } });
  expect(await isMoved()).toBe(true);
  for (const permissions of [{ canSend: ['VIDEO'] }, null]) {
    await change(backend, 'updateDomain', { permissions });
    expect(await isMoved()).toBe(true);
  }
  await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] });
  expect(await isMoved()).toBe(true);
  await change(backend, 'deleteRoom', { roomName: room.name });
  expect(await isMoved()).toBe(true);
  await remove();
  const without = await backend.waitingRoom();
  await without.guest();
  expect(
    await database.sql`select 1 from media_rooms m join rooms r on r.id = m.room_id where r.name = ${without.name}`,
  ).toEqual([]);
});
