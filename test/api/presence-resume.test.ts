import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { type Caller, callerOf, type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  change,
  cursorOf,
  followRoom,
  type Happened,
  personOf,
  read,
  refusedQuery,
  type Said,
  until,
} from './room-kit.ts';

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let aheadSeconds = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
});

/** Long enough for a connection to be lost for good. */
async function loseConnection(person: ParticipantSeed): Promise<void> {
  aheadSeconds += 60;
  await moveClock(database, { seconds: aheadSeconds });
  await until(
    () => personOf(backend, person.id),
    ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
  );
}

type Returned = Said & {
  readonly participant?: { readonly id: string; readonly joinedAt: string };
  readonly sessionToken?: string;
  readonly mediaGrant?: string;
};

const returned = '... on Joined { participant { id joinedAt } sessionToken mediaGrant }';
const join = (caller: Caller, { name: roomName }: RoomSeed, input = {}) =>
  change<Returned>(caller, 'joinRoom', { roomName, ...input }, returned);

async function isGood(token: string | undefined): Promise<boolean> {
  const code = await refusedQuery(callerOf(server, token), '{ viewer { __typename } }');
  expect([undefined, 'UNAUTHENTICATED']).toContain(code);
  return code === undefined;
}

const bearerOf = ({ sessionToken }: Returned) => callerOf(server, sessionToken);

const isJoining = ({ __typename }: Happened) => __typename === 'ParticipantJoined';

describe('joinRoom with the session token', () => {
  it('gives the same participant back, with no new use of the meeting token, and a fresh grant', async () => {
    const room = await backend.waitingRoom({ maxParticipants: 1 });
    const { jwt, meetingToken } = await room.token({ maxUses: 1 });
    const guest = await room.join({ token: jwt });
    const again = await join(guest, room);
    expect(again).toMatchObject({ __typename: 'Joined', participant: { id: guest.id } });
    expect(again.mediaGrant).not.toBe(guest.mediaGrant);
    const query = 'query ($id: ID!) { node(id: $id) { ... on MeetingToken { uses status } } }';
    expect(await read(backend, query, { id: meetingToken.id })).toEqual({ node: { uses: 1, status: 'USED_UP' } });
    expect(
      (await read<{ room: unknown }>(backend, `{ room(name: "${room.name}") { participantCount } }`)).room,
    ).toEqual({
      participantCount: 1,
    });
  });

  it('goes on with the events of the same stay, those from while the connection was lost included', async () => {
    const room = await backend.room();
    const [guest, other] = [await room.guest(), await room.guest()];
    const after = await cursorOf(guest, room.name);
    await loseConnection(guest);
    const stream = await followRoom(bearerOf(await join(guest, room)), { after });
    const first = await stream.find(
      ({ __typename, participant }) => __typename === 'Resync' || participant?.id === other.id,
    );
    expect(first.__typename).not.toBe('Resync');
  });

  it('leaves the old token good until the new one is used, and then ends it', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const again = await join(guest, room);
    expect(await isGood(guest.sessionToken)).toBe(true);
    expect(await isGood(again.sessionToken)).toBe(true);
    expect(await isGood(guest.sessionToken)).toBe(false);
    expect(await isGood(again.sessionToken)).toBe(true);
  });

  it('works again with the old one when one answer after the other gets lost', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    for (let lost = 0; lost < 3; lost += 1) await join(guest, room);
    expect(await isGood(guest.sessionToken)).toBe(true);
    const arrived = await join(guest, room);
    expect(arrived.participant?.id).toBe(guest.id);
    expect(await isGood(arrived.sessionToken)).toBe(true);
    expect(await isGood(guest.sessionToken)).toBe(false);
  });

  it('hands out tokens that all work until one of them is used, whichever arrives; then the others end', async () => {
    const room = await backend.room();
    for (const used of [0, 1, 2]) {
      const guest = await room.guest();
      const handedOut = await Promise.all([1, 2, 3].map(() => join(guest, room)));
      expect(await isGood(guest.sessionToken)).toBe(true);
      expect(await isGood(handedOut[used]?.sessionToken)).toBe(true);
      const others = handedOut.filter((_, index) => index !== used).map(({ sessionToken }) => sessionToken);
      for (const token of [guest.sessionToken, ...others]) expect(await isGood(token)).toBe(false);
      expect(await isGood(handedOut[used]?.sessionToken)).toBe(true);
    }
  });

  it('hands out tokens that all open the knock of somebody who is sent back to the lobby before any of them is used', async () => {
    const room = await backend.waitingRoom();
    const guest = await room.guest();
    const handedOut = await Promise.all([1, 2, 3].map(() => join(guest, room)));
    await change(backend, 'returnToLobby', { participantId: guest.id });
    for (const token of [guest.sessionToken, ...handedOut.map(({ sessionToken }) => sessionToken)]) {
      const { viewer } = await read<{ viewer: unknown }>(callerOf(server, token), '{ viewer { __typename } }');
      expect(viewer).toEqual({ __typename: 'KnockRequest' });
    }
  });

  it('finds the first session when the answer to the first joinRoom gets lost and it is sent again with its key', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ maxUses: 1 });
    const input = { token: jwt, idempotencyKey: randomBytes(24).toString('base64url') };
    const first = await join(callerOf(server), room, input);
    const second = await join(callerOf(server), room, input);
    expect(second.participant).toEqual(first.participant);
    expect(second.sessionToken).toBe(first.sessionToken);
    expect(await join(callerOf(server), room, { token: jwt })).toMatchObject({ code: 'TOKEN_USED_UP' });
  });

  it('of another room lets nobody in', async () => {
    const [room, other] = [await backend.room(), await backend.waitingRoom()];
    const guest = await room.guest();
    expect(await join(guest, other)).toMatchObject({ __typename: 'MustKnock' });
  });
});

describe('after the connection was lost', () => {
  it('the session token brings the same participant back while the right to enter lasts', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ maxUses: 1 });
    const guest = await room.join({ token: jwt });
    const { participant } = await join(guest, room);
    await loseConnection(guest);
    const back = await join(guest, room);
    expect(back.participant).toEqual(participant);
    expect(await personOf(backend, guest.id)).toMatchObject({ connection: 'CONNECTED', leaveReason: null });
    const { viewer } = await read<{ viewer: unknown }>(bearerOf(back), '{ viewer { ... on Participant { id } } }');
    expect(viewer).toEqual({ id: guest.id });
  });

  it.each([
    ['from the record', false],
    ['from memory, where somebody else followed meanwhile', true],
  ])('the way from a cursor before the loss leads on through it, %s: what was then ends nothing', async (_, isKept) => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const other = isKept ? await followRoom(backend, { roomName: room.name, after }) : null;
    const guest = await room.guest();
    await other?.find(isJoining);
    await loseConnection(guest);
    await other?.find(({ leaveReason }) => leaveReason === 'CONNECTION_LOST');
    const back = await join(guest, room);
    const stream = await followRoom(bearerOf(back), { after });
    const seen: Happened[] = [];
    await stream.find((event) => seen.push(event) > 0 && seen.filter(isJoining).length === 2);
    expect(seen.map(({ __typename, leaveReason }) => leaveReason ?? __typename)).toContain('CONNECTION_LOST');
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lang: 'pt' } });
    await stream.find(({ __typename }) => __typename === 'RoomUpdated');
  });

  it('so does an admission, also without the session token', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    const person = await knocker.enter();
    await loseConnection(person);
    expect((await knocker.enter()).id).toBe(person.id);
  });

  it.each<readonly [string, (room: RoomSeed, jti: string) => Promise<unknown>, Partial<Said>]>([
    [
      'the token was revoked',
      (_room, jti) => change(backend, 'revokeMeetingTokens', { jtis: [jti] }),
      { code: 'TOKEN_REVOKED' },
    ],
    [
      'the person was banned',
      (room) => change(backend, 'ejectParticipants', { roomName: room.name, userIds: ['u-1'], ban: true }),
      { code: 'BANNED' },
    ],
    [
      'the room was deleted',
      (room) => change(backend, 'deleteRoom', { roomName: room.name }),
      { code: 'ENTRY_NOT_ALLOWED' },
    ],
    [
      'the last place was taken',
      async (room) => {
        await change(backend, 'updateRoom', { roomName: room.name, settings: { maxParticipants: 1 } });
        await room.guest();
      },
      { code: 'ROOM_FULL' },
    ],
  ])('nobody comes back with it when %s', async (_name, end, refusal) => {
    const room = await backend.waitingRoom();
    const { jwt, meetingToken } = await room.token({ userId: 'u-1' });
    const guest = await room.join({ token: jwt });
    await loseConnection(guest);
    await end(room, meetingToken.jti);
    expect(await join(guest, room)).toMatchObject(refusal);
  });

  it('nobody comes back with it when the meeting token has run out', async () => {
    const room = await backend.waitingRoom();
    const exp = new Date(Date.now() + (aheadSeconds + 30) * 1000).toISOString();
    const guest = await room.guest({ exp });
    await loseConnection(guest);
    expect(await join(guest, room)).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('somebody who was in a public room must knock once it is private', async () => {
    const room = await backend.room();
    const guest = await room.join();
    await loseConnection(guest);
    await change(backend, 'setRoomPrivacy', { roomName: room.name, privacy: 'PRIVATE', enableKnocking: true });
    expect(await join(guest, room)).toMatchObject({ __typename: 'MustKnock' });
  });

  it('somebody who was ejected does not come back with it, and somebody who left joins as a new person', async () => {
    const room = await backend.waitingRoom();
    const [ejected, left] = [await room.guest(), await room.guest()];
    await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [ejected.id] });
    await left.ask('mutation { leaveRoom { __typename } }');
    for (const person of [ejected, left]) expect(await join(person, room)).toMatchObject({ __typename: 'MustKnock' });
    const { jwt } = await room.token();
    const anew = await join(left, room, { token: jwt });
    expect(anew.__typename).toBe('Joined');
    expect(anew.participant?.id).not.toBe(left.id);
  });
});

describe('where userIds are unique', () => {
  it('a newcomer takes the place of the earlier holder, also of one who comes back after the connection was lost', async () => {
    const room = await backend.waitingRoom({ enforceUniqueUserIds: true, maxParticipants: 1 });
    const first = await room.guest({ userId: 'u-7' });
    const second = await room.guest({ userId: 'u-7' });
    expect(await personOf(backend, first.id)).toMatchObject({ leaveReason: 'REPLACED' });
    await loseConnection(second);
    const third = await room.guest({ userId: 'u-7' });
    expect(await join(second, room)).toMatchObject({ __typename: 'Joined', participant: { id: second.id } });
    expect(await personOf(backend, third.id)).toMatchObject({ leaveReason: 'REPLACED' });
    expect(await personOf(backend, second.id)).toMatchObject({ leaveReason: null });
  });
});

// The last of all: it moves the clock by a day.
describe('a session that is over', () => {
  it('answers viewer for a day, and then nothing', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    await guest.ask('mutation { leaveRoom { __typename } }');
    const hours = async (count: number) => {
      aheadSeconds += count * 3_600;
      await moveClock(database, { seconds: aheadSeconds });
    };
    await hours(23);
    expect(await read(guest, '{ viewer { ... on Participant { leaveReason } } }')).toEqual({
      viewer: { leaveReason: 'LEFT' },
    });
    await hours(2);
    expect(await isGood(guest.sessionToken)).toBe(false);
  });
});
