import { randomBytes } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, codeOf } from '../api/admission-kit.ts';
import { followOwnKnock, type StreamDoor, until } from '../api/room-kit.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type Caller, callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';

// What one credential leaves to another of the same person, or to one that has ended: never more than it may do itself.

let database: TestDatabase;
let servers: readonly TestServer[];
let backend: Seed;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { databaseUrl: database.url, rateLimits: false, publicUrl: 'http://vestibule.test' };
  const server = await startServer(options);
  servers = [server, await startServer(options)];
  backend = seed(server);
});

const newKey = () => randomBytes(24).toString('base64url');
function at(index: number, bearer?: string): Caller {
  const server = servers[index];
  if (server === undefined) throw new Error('there is no such server');
  return callerOf(server, bearer);
}
const here = (bearer?: string) => at(0, bearer);
const there = (bearer?: string) => at(1, bearer);

async function sendBack(participantId: string): Promise<string> {
  const { body } = await backend.ask<{ returnToLobby: { id: string } }>(
    'mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id } } }',
    { id: participantId },
  );
  return String(body.data?.returnToLobby.id);
}

const joinAt = async (caller: Caller, { name: roomName }: RoomSeed, input: object) =>
  codeOf(await act(caller, 'joinRoom', { roomName, ...input }));

describe('a token that is used up', () => {
  test.each([{ isOwner: true }, { userName: 'U' }])(
    'stays so beside a return that was admitted: %o',
    async (claims) => {
      const room = await backend.waitingRoom();
      const { jwt: token } = await room.token({ userId: 'u', maxUses: 1, ...claims });
      const first = await room.join({ token });
      await act(first, 'leaveRoom');
      const person = await room.guest({ userId: 'u' });
      await act(backend, 'admitKnock', { knockId: await sendBack(person.id) });
      expect(await joinAt(here(person.sessionToken), room, { token })).toBe('TOKEN_USED_UP');
      expect(await joinAt(there(person.sessionToken), room, { token })).toBe('TOKEN_USED_UP');
      expect(await joinAt(there(person.sessionToken), room, {})).toBe('Joined');
    },
  );
});

describe('who waits by a token that was revoked', () => {
  /** Somebody waits by a token, which is revoked; then the person knocks with another token, and keeps the place. */
  const waits = {
    'having knocked': async (room: RoomSeed, token: string, idempotencyKey: string) =>
      (await room.knocker({ token, idempotencyKey })).knockToken,
    'having been sent back to the lobby': async (room: RoomSeed, token: string, idempotencyKey: string) => {
      const person = await room.join({ token, idempotencyKey });
      await sendBack(person.id);
      return person.sessionToken;
    },
  };
  const ways: Readonly<Record<string, (room: RoomSeed, held: string, key: string) => Promise<string>>> = {
    'as bearer': (room, held) => joinAt(there(held), room, {}),
    'as knockToken': (room, knockToken) => joinAt(there(), room, { knockToken }),
    'as bearer with its key': (room, held, idempotencyKey) => joinAt(here(held), room, { idempotencyKey }),
    'by its key alone': (room, _held, idempotencyKey) => joinAt(here(), room, { idempotencyKey }),
  };
  const cases = Object.entries(waits).flatMap(([how, wait]) =>
    Object.entries(ways).map(([way, attempt]) => ({ how, wait, way, attempt })),
  );

  test.each(cases)('$how: what they held opens nothing $way', async ({ how, wait, attempt }) => {
    const room = await backend.waitingRoom();
    const knocking = how === 'having knocked';
    const first = await room.token({ userId: 'u', knocking });
    const key = newKey();
    const held = await wait(room, first.jwt, key);
    await act(backend, 'revokeMeetingTokens', { jtis: [first.meetingToken.jti] });
    const { jwt: token } = await room.token({ userId: 'u', knocking });
    const anew = await act(there(), 'knock', { roomName: room.name, userName: 'U', token, idempotencyKey: key });
    const { knockToken, knockRequest } = anew;
    // The same again is answered with what opens the knock now.
    const again = await act(here(), 'knock', { roomName: room.name, userName: 'U', token, idempotencyKey: key });
    expect(again.knockRequest?.id).toBe(knockRequest?.id);
    await act(backend, 'admitKnock', { knockId: knockRequest?.id });
    expect(await attempt(room, held, key)).not.toBe('Joined');
    expect(await joinAt(here(), room, { knockToken })).toBe('Joined');
    expect(await joinAt(there(), room, { knockToken: again.knockToken })).toBe('Joined');
  });

  test('nor where the key was revoked that had signed for several', async () => {
    const { secret, selfSigningKey } = await act(backend, 'addSelfSigningKey', { algorithm: 'HS256' });
    const sign = createSigner({ key: secret ?? '', algorithm: 'HS256', kid: selfSigningKey?.kid ?? '' });
    const room = await backend.waitingRoom();
    const exp = Math.floor(Date.now() / 1000) + 600;
    const signed = sign({ d: 'default', r: room.name, ud: 'u', k: true, exp });
    const other = await room.knocker({ token: signed });
    const own = await room.knocker({ token: signed });
    expect(own.knockId).toBe(other.knockId);
    await backend.ask('mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { __typename } }', {
      id: selfSigningKey?.id,
    });
    const { jwt: token } = await room.token({ userId: 'u', knocking: true });
    const anew = await act(there(own.knockToken), 'knock', { roomName: room.name, userName: 'U', token });
    expect(anew.knockRequest).toMatchObject({ id: own.knockId, verified: true });
    await act(backend, 'admitKnock', { knockId: own.knockId });
    expect(await joinAt(here(other.knockToken), room, {})).not.toBe('Joined');
    expect(await joinAt(here(), room, { knockToken: anew.knockToken })).toBe('Joined');
  });

  test.each<StreamDoor>(['WebSocket', 'SSE'])('a stream that they opened ends (%s)', async (door) => {
    const room = await backend.waitingRoom();
    const first = await room.token({ userId: 'u', knocking: true });
    const knocker = await room.knocker({ token: first.jwt });
    const stream = await followOwnKnock(knocker, door);
    await stream.next();
    await act(backend, 'revokeMeetingTokens', { jtis: [first.meetingToken.jti] });
    const { jwt: token } = await room.token({ userId: 'u', knocking: true });
    const anew = await room.knocker({ token });
    expect(anew.knockId).toBe(knocker.knockId);
    expect(await stream.ended()).toEqual([]);
  });
});

describe('an idempotencyKey', () => {
  test('finds the session again for somebody with a session that was left', async () => {
    const room = await backend.waitingRoom();
    const { jwt: token } = await room.token({ userId: 'u' });
    const left = await room.join({ token });
    await act(left, 'leaveRoom');
    const idempotencyKey = newKey();
    const join = () => act(left, 'joinRoom', { roomName: room.name, token, idempotencyKey });
    const first = await join();
    expect(first.__typename).toBe('Joined');
    expect((await join()).participant?.id).toBe(first.participant?.id);
  });

  test('finds the knock again for somebody with a knock that was withdrawn', async () => {
    const room = await backend.waitingRoom();
    const withdrawn = await room.knocker();
    await act(withdrawn, 'cancelKnock');
    const input = { roomName: room.name, userName: 'N', idempotencyKey: newKey() };
    const first = await act(withdrawn, 'knock', input);
    expect(first.__typename).toBe('Knocked');
    expect((await act(withdrawn, 'knock', input)).knockRequest?.id).toBe(first.knockRequest?.id);
  });

  test('of a guest without a credential finds no session for somebody who was admitted', async () => {
    const room = await backend.waitingRoom();
    const kim = await room.knocker();
    await act(backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' });
    const idempotencyKey = newKey();
    await room.join({ idempotencyKey });
    expect(await joinAt(kim, room, { idempotencyKey })).toBe('INVALID_INPUT');
  });
});

test('a verified knock that has ended does not get around a ban of the network', async () => {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const knocks = await Promise.all(
    ['a', 'b'].map(async (userId) => room.knocker({ token: (await room.token({ userId, knocking: true })).jwt })),
  );
  const [withdrawn, denied] = knocks;
  if (!withdrawn || !denied) throw new Error('nobody knocked');
  await act(withdrawn, 'cancelKnock');
  await act(backend, 'denyKnock', { knockId: denied.knockId });
  const { knockId } = await room.knocker();
  await act(backend, 'denyKnock', { knockId, ban: true, banNetwork: true });
  await act(backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' });
  for (const { knockToken } of knocks) {
    expect(await joinAt(here(knockToken), room, {})).toBe('BANNED');
    expect(await joinAt(there(), room, { knockToken })).toBe('BANNED');
  }
});

test('an admin who bans somebody puts out no owner whose token bears the same jti', async () => {
  const { secret, selfSigningKey } = await act(backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  const sign = createSigner({ key: secret ?? '', algorithm: 'HS256', kid: selfSigningKey?.kid ?? '' });
  const room = await backend.waitingRoom();
  const claims = { d: 'default', r: room.name, jti: `same-${newKey()}`, exp: Math.floor(Date.now() / 1000) + 600 };
  const owner = await room.join({ token: sign({ ...claims, ud: 'boss', o: true }) });
  const admin = await room.guest({ userId: 'admin', permissions: { canAdmin: ['PARTICIPANTS'] } });
  const knocker = await room.knocker({ token: sign({ ...claims, ud: 'eve', k: true }) });
  expect((await act(admin, 'denyKnock', { knockId: knocker.knockId, ban: true })).status).toBe('DENIED');
  expect((await act(owner, 'heartbeat')).__typename).toBe('Participant');
});

// It moves the clock: the last one.
test('a key whose session was resumed since brings nobody in', async () => {
  const room = await backend.waitingRoom();
  const { jwt: token } = await room.token({ userId: 'u', isOwner: true });
  const idempotencyKey = newKey();
  const first = await room.join({ token, idempotencyKey });
  const { sessionToken } = await act(first, 'joinRoom', { roomName: room.name });
  await act(here(sessionToken), 'heartbeat');
  await moveClock(database, { seconds: 120 });
  type Room = { room: { ownerPresent: boolean } };
  const isPresent = async () =>
    (await backend.ask<Room>('query ($name: String!) { room(name: $name) { ownerPresent } }', { name: room.name })).body
      .data?.room.ownerPresent;
  await until(isPresent, (present) => present === false);
  expect(await joinAt(here(), room, { token, idempotencyKey })).toBe('INVALID_INPUT');
  expect(await isPresent()).toBe(false);
});
