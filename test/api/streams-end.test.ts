import { beforeAll, describe, expect, it } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import { type Caller, callerOf, type ParticipantSeed, type RoomSeed, type Seed } from '../support/seed.ts';
import { onThisMachine } from '../support/timing.ts';
import {
  change,
  cursorOf,
  type EventStream,
  followFromJoining,
  followKnocks,
  followOwnKnock,
  followRoom,
  type Happened,
  type KnockShown,
  promptly,
  read,
  type StreamDoor,
  streamDoors,
} from './room-kit.ts';

let server: DomainSeed['server'];
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
});

type Ending = {
  readonly name: string;
  /** Makes somebody whose right can be ended, and says how, and with which reason. */
  readonly prepare: (
    room: RoomSeed,
  ) => Promise<{ readonly person: ParticipantSeed; readonly end: () => Promise<unknown> }>;
  readonly reason: string;
  /** After how long the end comes by itself. Milliseconds. */
  readonly afterMs?: number;
};

/** Late enough for what must be done before, on a machine that is busy too. */
const soon = (seconds: number) => new Date(Date.now() + onThisMachine(seconds * 1000)).toISOString();
const nothing = async () => undefined;

const endings: readonly Ending[] = [
  {
    name: 'who is ejected',
    reason: 'EJECTED',
    prepare: async (room) => {
      const person = await room.guest();
      const owner = await room.owner();
      const input = { roomName: room.name, participantIds: [person.id] };
      return { person, end: () => change(owner, 'ejectParticipants', input) };
    },
  },
  {
    name: 'who is banned by userId',
    reason: 'BANNED',
    prepare: async (room) => {
      const person = await room.guest({ userId: 'u-1' });
      const input = { roomName: room.name, userIds: ['u-1'], ban: true };
      return { person, end: () => change(backend, 'ejectParticipants', input) };
    },
  },
  {
    name: 'whose meeting token is revoked with eject',
    reason: 'EJECTED',
    prepare: async (room) => {
      const token = await room.token();
      const person = await room.join({ token: token.jwt });
      const input = { jtis: [token.meetingToken.jti], eject: true };
      return { person, end: () => change(backend, 'revokeMeetingTokens', input) };
    },
  },
  {
    name: 'who leaves',
    reason: 'LEFT',
    prepare: async (room) => {
      const person = await room.guest();
      return { person, end: () => person.ask('mutation { leaveRoom { __typename } }') };
    },
  },
  {
    name: 'who is sent back to the lobby',
    reason: 'RETURNED_TO_LOBBY',
    prepare: async (room) => {
      const person = await room.guest();
      return { person, end: () => change(backend, 'returnToLobby', { participantId: person.id }) };
    },
  },
  {
    name: 'whose place a newcomer of the same userId takes',
    reason: 'REPLACED',
    prepare: async (room) => {
      await change(backend, 'updateRoom', { roomName: room.name, settings: { enforceUniqueUserIds: true } });
      const person = await room.guest({ userId: 'u-1' });
      return { person, end: () => room.guest({ userId: 'u-1' }) };
    },
  },
  {
    name: 'who is in a room that is deleted',
    reason: 'ROOM_DELETED',
    prepare: async (room) => {
      const person = await room.owner();
      return { person, end: () => change(backend, 'deleteRoom', { roomName: room.name }) };
    },
  },
  {
    name: 'whose token runs out and says ejectAtTokenExp',
    reason: 'TOKEN_EXPIRED',
    afterMs: 4_000,
    prepare: async (room) => ({ person: await room.guest({ exp: soon(4), ejectAtTokenExp: true }), end: nothing }),
  },
  {
    name: 'whose time in the room is over',
    reason: 'TIME_ELAPSED',
    afterMs: 1_000,
    prepare: async (room) => {
      const ejectAfterElapsedSeconds = Math.ceil(onThisMachine(1_000) / 1000);
      return { person: await room.guest({ ejectAfterElapsedSeconds }), end: nothing };
    },
  },
  {
    name: 'who is in a room that runs out and says ejectAtRoomExp',
    reason: 'ROOM_EXPIRED',
    afterMs: 1_500,
    prepare: async (room) => {
      const person = await room.guest();
      await change(backend, 'updateRoom', { roomName: room.name, settings: { exp: soon(1.5), ejectAtRoomExp: true } });
      return { person, end: nothing };
    },
  },
];

describe.concurrent.each(streamDoors)('through %s, with the right, roomEvents ends', (door) => {
  it.each(endings)('for $name: $reason is the last that comes', async ({ prepare, reason, afterMs = 0 }) => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    const { person, end } = await prepare(room);
    const stream = await followFromJoining(person, after, door);
    const other = await followRoom(backend, { roomName: room.name, after }, door);
    await end();
    // Fifty of them run side by side.
    const events = await stream.ended(afterMs + 2 * promptly);
    expect(events.at(-1)).toMatchObject({
      __typename: 'ParticipantLeft',
      leaveReason: reason,
      participant: { id: person.id },
    });
    await other.find(({ participant, leaveReason }) => participant?.id === person.id && leaveReason === reason);
    await expectOut(person, reason);
    expect(stream.unread()).toBe(0);
  });
});

/** The session is over at every door: it answers `viewer`, which says why, and nothing else. */
async function expectOut(person: ParticipantSeed, reason: string): Promise<void> {
  if (reason === 'RETURNED_TO_LOBBY') {
    const { viewer } = await read<{ viewer: unknown }>(person, '{ viewer { ... on KnockRequest { status } } }');
    expect(viewer).toEqual({ status: 'PENDING' });
  } else {
    const query = '{ viewer { ... on Participant { leaveReason connection mediaGrant } } }';
    const { viewer } = await read<{ viewer: unknown }>(person, query);
    expect(viewer).toEqual({ leaveReason: reason, connection: 'LEFT', mediaGrant: null });
  }
  const beat = await person.ask<{ heartbeat: { __typename: string } }>('mutation { heartbeat { __typename } }');
  expect(beat.body.data?.heartbeat.__typename).toBe(reason === 'RETURNED_TO_LOBBY' ? 'KnockRequest' : 'Forbidden');
  for (const door of streamDoors) {
    const again = await followRoom(person, {}, door);
    expect(await again.refused()).toBe(reason === 'RETURNED_TO_LOBBY' ? 'FORBIDDEN' : 'UNAUTHENTICATED');
  }
}

/** The streams of an owner or a backend that end with the right to see who waits. */
describe.concurrent.each(streamDoors)('through %s, with the right, knockRequested ends', (door) => {
  it.each(['updateParticipant', 'updateRoom', 'updateDomain'] as const)(
    'for an admin who is one no more by %s, who stays in the room and learns it there',
    async (way) => {
      const place = way === 'updateDomain' ? await ownDomain() : { backend, room: await backend.waitingRoom() };
      const { room } = place;
      const admins = { permissions: { canAdmin: ['PARTICIPANTS'] } };
      if (way === 'updateRoom') await change(place.backend, way, { roomName: room.name, settings: admins });
      if (way === 'updateDomain') await change(place.backend, way, admins);
      const after = await cursorOf(place.backend, room.name);
      const admin = await room.guest(way === 'updateParticipant' ? admins : {});
      const knocks = await followKnocks(admin, undefined, door);
      const events = await followFromJoining(admin, after, door);
      const knocker = await room.knocker();
      expect(await knocks.next()).toMatchObject({ id: knocker.knockId, status: 'PENDING' });
      const nobody = { permissions: { canAdmin: [] } };
      if (way === 'updateParticipant') await change(place.backend, way, { participantId: admin.id, ...nobody });
      if (way === 'updateRoom') await change(place.backend, way, { roomName: room.name, settings: nobody });
      if (way === 'updateDomain') await change(place.backend, way, nobody);
      expect(await knocks.ended(promptly)).toEqual([]);
      await change(place.backend, 'denyKnock', { knockId: knocker.knockId });
      await room.guest({ userName: 'Later Guest' });
      const seen: Happened[] = [];
      await events.find((event) => {
        seen.push(event);
        return event.participant?.userName === 'Later Guest';
      });
      const told = seen.findIndex(({ participant }) => participant?.id === admin.id);
      expect(seen[told]).toMatchObject({
        __typename: 'ParticipantUpdated',
        participant: { permissions: { canAdmin: [] } },
      });
      expect(seen.slice(told).some(({ __typename }) => __typename.startsWith('Knock'))).toBe(false);
    },
  );

  it('for an owner who leaves', async () => {
    const room = await backend.waitingRoom();
    const owner = await room.owner();
    await room.knocker();
    const knocks = await followKnocks(owner, undefined, door);
    await knocks.next();
    await owner.ask('mutation { leaveRoom { __typename } }');
    expect(await knocks.ended(promptly)).toEqual([]);
    expect(await (await followKnocks(owner, undefined, door)).refused()).toBe('OWNER_NOT_IN_ROOM');
  });

  it('for who follows a room that is deleted, after the final state of each knock', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    const knocks = await followKnocks(backend, room.name, door);
    const own = await followOwnKnock(knocker, door);
    await knocks.next();
    await own.next();
    const after = await cursorOf(backend, room.name);
    const events = await followRoom(backend, { roomName: room.name, after }, door);
    await change(backend, 'deleteRoom', { roomName: room.name });
    const final = { id: knocker.knockId, status: 'EXPIRED', reason: 'ROOM_CLOSED' };
    expect((await knocks.ended(promptly)).at(-1)).toMatchObject(final);
    expect((await own.ended(promptly)).at(-1)).toMatchObject(final);
    expect((await events.ended(promptly)).at(-1)).toMatchObject({ __typename: 'RoomClosed' });
  });
});

/** A domain of its own, so that changing it disturbs no other test. */
async function ownDomain(): Promise<{ readonly backend: Seed; readonly room: RoomSeed }> {
  const { backend: own } = await openDomain();
  return { backend: own, room: await own.waitingRoom() };
}

type BackendStream = readonly [
  string,
  (caller: Caller, roomName: string, after: string, door: StreamDoor) => Promise<EventStream<unknown>>,
];
const backendStreams: readonly BackendStream[] = [
  ['roomEvents', (caller, roomName, after, door) => followRoom(caller, { roomName, after }, door)],
  ['knockRequested of a room', (caller, roomName, _after, door) => followKnocks(caller, roomName, door)],
  ['knockRequested of all rooms', (caller, _roomName, _after, door) => followKnocks(caller, undefined, door)],
];

describe.concurrent.each(streamDoors)("through %s, a backend's streams end with its key", (door) => {
  it.each(backendStreams)(
    '%s: within a second of its revocation, also where that comes at once',
    async (_name, follow) => {
      const { apiKey, caller } = await makeKey(null);
      const { roomName, after } = await roomWithKnock();
      const stream = await follow(caller, roomName, after, door);
      await stream.next();
      const { body } = await backend.ask<{ revokeApiKey: { __typename: string } }>(
        'mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { __typename } }',
        { id: apiKey },
      );
      expect(body.data?.revokeApiKey.__typename).toBe('ApiKey');
      await stream.ended(promptly);
      expect(await (await follow(caller, roomName, after, door)).refused()).toBe('UNAUTHENTICATED');
    },
  );

  it.each(backendStreams)('%s: within a second of its exp', async (_name, follow) => {
    const { roomName, after } = await roomWithKnock();
    const { caller } = await makeKey(soon(1.5));
    const stream = await follow(caller, roomName, after, door);
    await stream.next();
    await stream.ended(1_500 + promptly);
    expect(await (await follow(caller, roomName, after, door)).refused()).toBe('UNAUTHENTICATED');
  });
});

/** A room in which something has happened since the cursor that every stream shows: the first that comes says that it is open. */
async function roomWithKnock() {
  const room = await backend.waitingRoom();
  const after = await cursorOf(backend, room.name);
  await room.knocker();
  return { roomName: room.name, after };
}

async function makeKey(exp: string | null) {
  const made = await change<{ apiKey: { id: string }; secret: string }>(
    backend,
    'createApiKey',
    { name: 'to be ended', scopes: ['ADMISSION'], exp },
    '... on CreatedApiKey { apiKey { id } secret }',
  );
  return { apiKey: made.apiKey.id, caller: callerOf(server, made.secret) };
}

describe.concurrent.each(streamDoors)('through %s, myKnock ends', (door) => {
  type Final = readonly [
    status: string,
    reason: string,
    end: (room: RoomSeed, knocker: Caller & { knockId: string }) => unknown,
  ];
  const finals: readonly Final[] = [
    ['CANCELLED', 'WITHDRAWN', (_room, knocker) => knocker.ask('mutation { cancelKnock { __typename } }')],
    ['DENIED', 'DECIDED', (_room, { knockId }) => change(backend, 'denyKnock', { knockId })],
    [
      'EXPIRED',
      'KNOCKING_DISABLED',
      ({ name }) => change(backend, 'updateRoom', { roomName: name, settings: { enableKnocking: false } }),
    ],
  ];
  it.each(finals)('with %s, %s, and nothing comes after it', async (status, reason, end) => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    const own = await followOwnKnock(knocker, door);
    expect(await own.next()).toMatchObject({ status: 'PENDING', position: 1, ownerPresent: false });
    await end(room, knocker);
    const shown: readonly KnockShown[] = await own.ended(promptly);
    expect(shown.map(({ status: each }) => each)).toEqual([status]);
    expect(shown.at(-1)).toMatchObject({ status, reason, position: null });
    expect(await (await followOwnKnock(knocker, door)).refused()).toBe('UNAUTHENTICATED');
  });

  it('when an admission is taken back by ejection, and not when it was given', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    const own = await followOwnKnock(knocker, door);
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    await own.find(({ status }) => status === 'ADMITTED');
    const person = await knocker.enter();
    await change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [person.id] });
    const shown = await own.ended(promptly);
    expect(shown.map(({ status, reason }) => [status, reason])).toEqual([['EXPIRED', 'RECALLED']]);
  });
});
