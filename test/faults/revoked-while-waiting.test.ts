import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { change, read } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from './fault-kit.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const options = { databaseUrl: database.url, rateLimits: false, publicUrl: 'http://vestibule.test' };
const [here, there] = [await startServer(options), await startServer(options)];
const backend = seed(here);
const elsewhere = seed(there);

/** A token, and what ends it at another process. */
type Held = { readonly jwt: string; readonly revoke: () => Promise<unknown> };

const userId = () => `u-${randomBytes(6).toString('hex')}`;

async function issued(room: RoomSeed, input: object, match: (jti: string, user: string) => Variables): Promise<Held> {
  const user = userId();
  const made = await change<{ jwt: string; meetingToken: { jti: string } }>(
    room.backend,
    'createMeetingToken',
    { userId: user, ...input },
    '... on IssuedMeetingToken { jwt meetingToken { jti } }',
  );
  const revoke = () => change(elsewhere, 'revokeMeetingTokens', match(made.meetingToken.jti, user));
  return { jwt: made.jwt, revoke };
}

async function selfSigned({ name }: RoomSeed): Promise<Held> {
  const made = await change<{ secret: string; selfSigningKey: { id: string } }>(
    backend,
    'addSelfSigningKey',
    { algorithm: 'HS256' },
    '... on AddedSelfSigningKey { secret selfSigningKey { id } }',
  );
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'HS256' })}.${part({ d: 'default', r: name, ud: userId(), iat: now, exp: now + 600 })}`;
  const jwt = `${text}.${createHmac('sha256', made.secret).update(text).digest('base64url')}`;
  const document = 'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { __typename } }';
  return { jwt, revoke: () => elsewhere.ask(document, { id: made.selfSigningKey.id }) };
}

const anyRoom = { anyRoom: true };
const revocations: Readonly<Record<string, (room: RoomSeed) => Promise<Held>>> = {
  'of any room, by jti': (room) => issued(room, anyRoom, (jti) => ({ jtis: [jti] })),
  'of any room, by userId': (room) => issued(room, anyRoom, (_jti, user) => ({ userId: user })),
  'of this room, by jti': (room) => issued(room, { roomName: room.name }, (jti) => ({ jtis: [jti] })),
  'of this room, by its name': (room) => issued(room, { roomName: room.name }, () => ({ roomName: room.name })),
  'that the backend signed, by its key': selfSigned,
};

test.each(Object.entries(revocations))(
  'a join that waits for the room opens nothing once it was answered that its token is revoked: one %s',
  async (_what, hold) => {
    const room = await backend.room({ privacy: 'PRIVATE' });
    const { jwt, revoke } = await hold(room);
    // Both processes have the room in mind.
    for (const server of [here, there]) await change(callerOf(server), 'joinRoom', { roomName: room.name });
    const waits = (count: number) =>
      until(
        () => countLockWaits(database),
        (waiting) => waiting >= count,
      );
    const unlock = await lockRoom(database, room.name);
    const joining = change(callerOf(here), 'joinRoom', { roomName: room.name, token: jwt });
    await waits(1);
    const revoking = revoke();
    // Either the revocation waits for the join as well, or it is answered now, and then the join is refused.
    const isRevoked = await Promise.race([revoking.then(() => true), waits(2).then(() => false)]);
    await unlock();
    const [joined] = [await joining, await revoking];
    if (isRevoked) expect(joined.__typename).not.toBe('Joined');
    expect((await change(callerOf(there), 'joinRoom', { roomName: room.name, token: jwt })).__typename).not.toBe(
      'Joined',
    );
  },
);

test('who is sent back to a lobby waits there as nobody vouches for them, once it was answered that the key of their token is revoked', async () => {
  const room = await backend.waitingRoom();
  const { jwt, revoke } = await selfSigned(room);
  const [owner, sent] = [await room.owner(), await room.join({ token: jwt })];
  const unlock = await lockRoom(database, room.name);
  const selection = '... on KnockRequest { id }';
  const returning = change<{ readonly id: string }>(owner, 'returnToLobby', { participantId: sent.id }, selection);
  await until(
    () => countLockWaits(database),
    (waiting) => waiting >= 1,
  );
  await revoke();
  await unlock();
  const query = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { status verified userId } } }';
  const { node } = await read<{ node: object }>(backend, query, { id: (await returning).id });
  expect(node).toEqual({ status: 'PENDING', verified: false, userId: null });
});
