import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { act, codeOf, keyNamed, type Outcome } from '../api/admission-kit.ts';
import { change, read } from '../api/room-kit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerFrom, startBehindProxy } from '../support/networks.ts';
import { callerOf, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';

// The master key is lost, and the operator gives up what it sealed, as the documentation says. Here is something of every kind that the key
// sealed or that names such a thing, and afterwards whatever is asked of it is answered.

const office = '198.51.100.7';
const knockKey = (roomName: string) => ({ roomName, userName: 'Lost', idempotencyKey: keyNamed('lost-answer') });
const joinKey = (roomName: string) => ({ roomName, userName: 'Ina', idempotencyKey: keyNamed('lost-session') });

let database: TestDatabase;
let room: RoomSeed;
let hall: RoomSeed;
let closing: RoomSeed;
let people: Record<'owner' | 'guest' | 'visitor', ParticipantSeed>;
let before: Record<'waits' | 'asked' | 'joined' | 'minted', Outcome>;
let second: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  const first = await startBehindProxy({ databaseUrl: database.url, publicUrl: 'http://rooms.example' });
  const backend = seed(first);
  room = await backend.waitingRoom();
  hall = await backend.room();
  closing = await backend.room();
  await change(backend, 'createWebhook', { url: 'http://127.0.0.1:9/', events: ['KNOCK_REQUESTED'] });
  await act(backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  const livekit = {
    kind: 'LIVEKIT',
    url: 'ws://127.0.0.1:9',
    apiKey: 'key',
    apiSecret: randomBytes(24).toString('hex'),
  };
  await change(backend, 'setMediaServer', livekit);
  await closing.guest();
  people = { owner: await room.owner(), guest: await room.guest(), visitor: await hall.join({ userName: 'Vera' }) };
  await change(backend, 'startLiveStream', { roomName: room.name, destinations: ['rtmps://live.example/app/key'] });
  await ban(first);
  const anybody = callerOf(first);
  before = {
    waits: await act(anybody, 'knock', { roomName: room.name, userName: 'Nora' }),
    asked: await act(anybody, 'knock', knockKey(room.name)),
    joined: await act(anybody, 'joinRoom', joinKey(hall.name)),
    minted: await act(backend, 'createMeetingToken', { roomName: room.name }),
  };
  await first.stop();
  const file = join(import.meta.dirname, '../../examples/operating/lost-master-key.sql');
  await database.sql.begin(async (one) => one.unsafe(await readFile(file, 'utf8')));
  const masterKey = new Uint8Array(randomBytes(32));
  second = await startBehindProxy({ databaseUrl: database.url, publicUrl: 'http://rooms.example', masterKey });
});

/** One ban that names a network alone, and one that names a knock as well. */
async function ban(server: TestServer): Promise<void> {
  const rude = { roomName: hall.name, userName: 'Rude' };
  const { participant } = await act(callerFrom(server, office), 'joinRoom', rude);
  const put = { roomName: hall.name, participantIds: [participant?.id], ban: true, banNetwork: true };
  expect(codeOf(await act(seed(server), 'ejectParticipants', put))).toBe('ParticipantsEjected');
  const { knockRequest } = await act(callerFrom(server, office), 'knock', { roomName: room.name, userName: 'Rude' });
  const denied = await act(seed(server), 'denyKnock', { knockId: knockRequest?.id, ban: true, banNetwork: true });
  expect(codeOf(denied)).toBe('KnockRequest');
}

test('who waited waits still, and who was inside is', async () => {
  const viewer = await callerOf(second, before.waits.knockToken).ask(
    '{ viewer { ... on KnockRequest { id status } } }',
  );
  expect(viewer.body.data).toEqual({ viewer: { id: before.waits.knockRequest?.id, status: 'PENDING' } });
  const { owner } = people;
  expect(codeOf(await act(callerOf(second, owner.sessionToken), 'heartbeat'))).toBe('Participant');
});

test('the domain has no media server, and every way in and out is open', async () => {
  const backend = seed(second);
  expect(await read(backend, '{ domain { mediaServer { id } } }')).toEqual({ domain: { mediaServer: null } });
  const { jwt } = await act(backend, 'createMeetingToken', { roomName: room.name });
  expect(codeOf(await act(callerOf(second), 'joinRoom', { roomName: room.name, token: jwt }))).toBe('Joined');
  const steps = [
    await act(callerOf(second, people.guest.sessionToken), 'leaveRoom'),
    await act(backend, 'admitKnock', { knockId: before.waits.knockRequest?.id }),
    await act(callerOf(second), 'joinRoom', { roomName: room.name, knockToken: before.waits.knockToken }),
    await act(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } }),
    await act(backend, 'ejectParticipants', { roomName: hall.name, participantIds: [people.visitor.id] }),
    await act(backend, 'deleteRoom', { roomName: closing.name }),
  ];
  expect(steps.map(codeOf)).toEqual([
    'Participant',
    'KnockRequest',
    'Joined',
    'Room',
    'ParticipantsEjected',
    'DeletedRoom',
  ]);
});

test('the live stream has ended, and is on record', async () => {
  const stream = `query ($name: String!) { room(name: $name) { liveStream { status error } } }`;
  const shown = await read(seed(second), stream, { name: room.name });
  const rows = await database.sql`select status, destinations_sealed from live_streams`;
  expect(rows).toEqual([{ status: 'FAILED', destinations_sealed: null }]);
  expect(shown).not.toMatchObject({ room: { liveStream: { status: 'STARTING' } } });
});

test('a ban of a network has ended, and binds whom it names besides', async () => {
  const bans = 'query ($name: String!) { room(name: $name) { bans { edges { node { network } } } } }';
  for (const [{ name }, nodes] of [
    [hall, []],
    [room, [{ network: false }]],
  ] as const) {
    const shown = await read<{ room: { bans: { edges: { node: object }[] } } }>(seed(second), bans, { name });
    expect(shown.room.bans.edges.map(({ node }) => node)).toEqual(nodes);
  }
  expect(codeOf(await act(callerFrom(second, office), 'joinRoom', { roomName: hall.name, userName: 'R' }))).toBe(
    'Joined',
  );
});

test('a request that is repeated gets a credential that opens what it answers', async () => {
  const asked = await act(callerOf(second), 'knock', knockKey(room.name));
  const joined = await act(callerOf(second), 'joinRoom', joinKey(hall.name));
  expect([before.asked, before.joined, asked, joined].map(codeOf)).toEqual(['Knocked', 'Joined', 'Knocked', 'Joined']);
  for (const [token, id] of [
    [asked.knockToken, asked.knockRequest?.id],
    [joined.sessionToken, joined.participant?.id],
  ]) {
    const { body } = await callerOf(second, token).ask('{ viewer { ... on Node { id } } }');
    expect(body.data).toEqual({ viewer: { id } });
  }
});

test('no meeting token from before opens anything, and none is listed as if it did', async () => {
  const token = before.minted.jwt;
  expect(codeOf(await act(callerOf(second), 'joinRoom', { roomName: room.name, token }))).toBe('TOKEN_INVALID');
  const jti = before.minted.meetingToken?.jti;
  const rows = await database.sql`select exp <= now() as is_over from meeting_tokens where jti = ${jti ?? ''}`;
  expect(rows).toEqual([{ is_over: true }]);
});
