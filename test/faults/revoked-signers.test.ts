import { randomBytes } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { describe, expect, test } from 'vitest';
import { change, followKnocks, followOwnKnock, personOf, type Said, until } from '../api/room-kit.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const options = { databaseUrl: database.url, rateLimits: false, publicUrl: 'http://vestibule.test' };
const [here, there] = await Promise.all([startServer(options), startServer(options)]);
const backend = seed(here);
const processes = [
  ['the same process', here],
  ['another process', there],
] as const;

/** Time goes on only. */
let aheadSeconds = 0;

type Key = { readonly kid: string; readonly sign: (claims: object) => string; readonly revoke: () => Promise<unknown> };

/** A self-signing key, and how its holder signs with it and has it revoked, both at the first process. */
async function newKey(): Promise<Key> {
  const made = await change<{ selfSigningKey: { id: string; kid: string }; secret: string }>(
    backend,
    'addSelfSigningKey',
    { algorithm: 'HS256' },
    '... on AddedSelfSigningKey { selfSigningKey { id kid } secret }',
  );
  const { kid, id } = made.selfSigningKey;
  const signer = createSigner({ key: made.secret, algorithm: 'HS256', kid });
  const exp = Math.floor(Date.now() / 1000) + 36_000;
  const document = 'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { __typename } }';
  return {
    kid,
    sign: (claims) => signer({ d: 'default', iat: Math.floor(Date.now() / 1000) + aheadSeconds, exp, ...claims }),
    revoke: () => backend.ask(document, { id }),
  };
}

type Knock = { readonly status: string; readonly verified: boolean; readonly userId: string | null };
const knockFields = 'status reason verified userId userName';
const entered = '... on Joined { sessionToken participant { id userId verified } }';
const knocked = `... on Knocked { knockToken knockRequest { id ${knockFields} } }`;

type Joined = Said & {
  readonly sessionToken: string;
  readonly participant: { readonly id: string; readonly userId: string | null; readonly verified: boolean };
};
type Knocked = Said & { readonly knockToken: string; readonly knockRequest: Knock & { readonly id: string } };

const join = (url: string, { name: roomName }: RoomSeed, input: object, bearer?: string) =>
  change<Joined>(callerOf({ url }, bearer), 'joinRoom', { roomName, ...input }, entered);

async function knockBy(key: Key, room: RoomSeed): Promise<Knocked> {
  const token = key.sign({ r: room.name, k: true, u: 'Alice', ud: 'alice' });
  const made = await change<Knocked>(callerOf(here), 'knock', { roomName: room.name, userName: 'x', token }, knocked);
  expect(made.knockRequest).toMatchObject({ verified: true, userId: 'alice' });
  return made;
}

async function knockOf(id: string): Promise<Knock> {
  const document = `query ($id: ID!) { node(id: $id) { ... on KnockRequest { ${knockFields} } } }`;
  const { body } = await backend.ask<{ node: Knock }>(document, { id });
  if (!body.data) throw new Error(JSON.stringify(body.errors));
  return body.data.node;
}

async function loseConnection(id: string): Promise<void> {
  aheadSeconds += 60;
  await moveClock(database, { seconds: aheadSeconds, areAlive: true });
  await until(
    () => personOf(backend, id),
    ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
  );
}

describe.each(processes)('at %s', (_where, { url }) => {
  const ask = (document: string, variables: object, bearer?: string) =>
    callerOf({ url }, bearer).ask<Record<string, Record<string, unknown>>>(document, { ...variables });

  const attempts: Readonly<Record<string, (room: RoomSeed, token: string) => Promise<unknown>>> = {
    joinRoom: async (room, token) => (await join(url, room, { token })).code,
    knock: async ({ name: roomName }, token) =>
      (await change(callerOf({ url }), 'knock', { roomName, userName: 'x', token })).code,
    access: async ({ name }, token) => {
      const document =
        'query ($name: String!, $token: String!) { access(roomName: $name, token: $token) { refusal { code } } }';
      const { body } = await ask(document, { name, token });
      return (body.data?.access?.refusal as { code?: string } | null)?.code;
    },
    explainEntry: async ({ name }, token) => {
      const document =
        'query ($name: String!, $token: String!) { explainEntry(roomName: $name, token: $token) { access { refusal { code } } } }';
      const { body } = await ask(document, { name, token }, here.apiKey);
      return (body.data?.explainEntry?.access as { refusal?: { code?: string } } | undefined)?.refusal?.code;
    },
    validateMeetingToken: async (_room, token) => {
      const document =
        'query ($token: String!) { validateMeetingToken(jwt: $token) { __typename ... on Refusal { code } } }';
      const { body } = await ask(document, { token }, here.apiKey);
      return body.data?.validateMeetingToken?.code;
    },
  };

  const rooms: Readonly<Record<string, () => Promise<RoomSeed>>> = {
    'a private room': () => backend.waitingRoom(),
    'a closed room': () => backend.room({ privacy: 'PRIVATE', enableKnocking: false }),
    'a public room': () => backend.room(),
    'no room': async () => ({ ...(await backend.room()), name: 'no-such-room' }),
  };

  test.each(Object.keys(attempts).flatMap((field) => Object.keys(rooms).map((room) => [field, room] as const)))(
    '%s takes a token at %s by a key from its registration on, and not after it was revoked',
    async (field, which) => {
      const room = (await rooms[which]?.()) ?? (await backend.room());
      const key = await newKey();
      const token = key.sign({ r: room.name, o: true });
      expect(await attempts[field]?.(room, token)).not.toBe('TOKEN_INVALID');
      await key.revoke();
      expect(await attempts[field]?.(room, token)).toBe('TOKEN_INVALID');
    },
  );

  test('nobody comes back on its strength: neither with the session token, nor with the key of a retry', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const idempotencyKey = randomBytes(24).toString('base64url');
    const token = key.sign({ r: room.name, o: true });
    const owner = await join(here.url, room, { token, idempotencyKey });
    await loseConnection(owner.participant.id);
    await key.revoke();
    for (const input of [{ token, idempotencyKey }, { token }, { idempotencyKey }]) {
      expect((await join(url, room, input)).__typename).not.toBe('Joined');
    }
    expect(await join(url, room, {}, owner.sessionToken)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('people who are inside on its strength stay inside, and cannot come back later', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const owner = await join(here.url, room, { token: key.sign({ r: room.name, o: true }) });
    await key.revoke();
    expect(await change(callerOf({ url }, owner.sessionToken), 'updateMyMedia', {})).toMatchObject({
      __typename: 'Participant',
    });
    await loseConnection(owner.participant.id);
    expect(await join(url, room, {}, owner.sessionToken)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('somebody who waits on its strength is no longer verified, is told so, and is let in without an identity', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const { knockRequest, knockToken } = await knockBy(key, room);
    const watching = await followKnocks(backend, room.name);
    await watching.next();
    await key.revoke();
    await watching.find(({ id }) => id === knockRequest.id);
    expect(await knockOf(knockRequest.id)).toMatchObject({ status: 'PENDING', verified: false, userId: null });
    expect(await change(callerOf({ url }, here.apiKey), 'admitKnock', { knockId: knockRequest.id })).toMatchObject({
      __typename: 'KnockRequest',
    });
    expect((await join(url, room, { knockToken })).participant).toMatchObject({ verified: false, userId: null });
  });

  test('an admission that was given to its word ends, used or not', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const [unused, used] = [await knockBy(key, room), await knockBy(key, await backend.waitingRoom())];
    const other = { ...room, name: (await nameOf(used.knockRequest.id)) ?? '' };
    for (const { knockRequest } of [unused, used]) await change(backend, 'admitKnock', { knockId: knockRequest.id });
    const inside = await join(here.url, other, { knockToken: used.knockToken });
    await loseConnection(inside.participant.id);
    const own = await followOwnKnock(callerOf({ url }, unused.knockToken));
    expect(await own.next()).toMatchObject({ status: 'ADMITTED' });
    await key.revoke();
    expect(await own.next()).toMatchObject({ status: 'EXPIRED', reason: 'RECALLED' });
    expect((await join(url, room, { knockToken: unused.knockToken })).__typename).toBe('EntryRefused');
    expect((await join(url, other, { knockToken: used.knockToken })).__typename).toBe('EntryRefused');
    expect((await join(url, other, {}, inside.sessionToken)).__typename).toBe('EntryRefused');
  });

  test('somebody who joined on its strength and is sent back to the lobby waits there without an identity', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const guest = await join(here.url, room, { token: key.sign({ r: room.name, ud: 'alice' }) });
    await key.revoke();
    const back = await change<Knock>(
      callerOf({ url }, here.apiKey),
      'returnToLobby',
      { participantId: guest.participant.id },
      `... on KnockRequest { ${knockFields} }`,
    );
    expect(back).toMatchObject({ status: 'PENDING', verified: false, userId: null });
  });

  test('somebody who is admitted while it is revoked is not let in on its strength', async () => {
    const room = await backend.waitingRoom();
    const key = await newKey();
    const { knockRequest, knockToken } = await knockBy(key, room);
    // The process has the room's facts at hand from here on.
    await change(callerOf({ url }, here.apiKey), 'replyToKnock', { knockId: knockRequest.id, reply: 'soon' });
    const unlock = await lockRoom(database, room.name);
    const admitted = change(callerOf({ url }, here.apiKey), 'admitKnock', { knockId: knockRequest.id });
    const waits = (count: number) =>
      until(
        () => countLockWaits(database),
        (waiting) => waiting >= count,
      );
    await waits(1);
    const revoked = key.revoke();
    await until(
      async () =>
        (await database.sql`select 1 from self_signing_keys where kid = ${key.kid} and revoked_at is not null`).length,
      (count) => count > 0,
    );
    await unlock();
    await Promise.all([admitted, revoked]);
    const joined = await join(url, room, { knockToken });
    if (joined.__typename === 'Joined') expect(joined.participant).toMatchObject({ verified: false, userId: null });
    else expect(joined.code).toMatch(/KNOCK_CLOSED|TOKEN_INVALID/);
  });
});

async function nameOf(knockId: string): Promise<string | undefined> {
  const document = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { roomName } } }';
  const { body } = await backend.ask<{ node: { roomName: string } }>(document, { id: knockId });
  return body.data?.node.roomName;
}
