import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import {
  change,
  cursorOf,
  followFromJoining,
  followRoom,
  type Happened,
  personOf,
  promptly,
  read,
  refusedQuery,
  type Said,
  streamDoors,
  until,
} from './room-kit.ts';

let backend: Seed;
/** Another process of the same database, and the same domain's backend there. */
let otherServer: TestServer;
let elsewhere: Seed;

beforeAll(async () => {
  const database = await createTestDatabase();
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  otherServer = await startServer({ databaseUrl: database.url, rateLimits: false });
  elsewhere = seed(otherServer);
});

type Ejected = Said & { readonly participants?: readonly { readonly id: string; readonly leaveReason: string }[] };
const eject = (caller: Pick<Seed, 'ask'>, { name: roomName }: RoomSeed, input: object) =>
  change<Ejected>(
    caller,
    'ejectParticipants',
    { roomName, ...input },
    '... on ParticipantsEjected { participants { id leaveReason } }',
  );

type BanShown = {
  readonly id: string;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly exp: string | null;
};

async function bansOf(caller: Pick<Seed, 'ask'>, { name }: RoomSeed): Promise<readonly BanShown[]> {
  const query = 'query ($name: String!) { room(name: $name) { bans { nodes { id userId userName exp } } } }';
  return (await read<{ room: { bans: { nodes: BanShown[] } } }>(caller, query, { name })).room.bans.nodes;
}

const lift = async (caller: Pick<Seed, 'ask'>, id: string) => {
  const document =
    'mutation ($id: ID!) { liftBan(banId: $id) { __typename ... on Ban { id } ... on Refusal { code } } }';
  return (await caller.ask<{ liftBan: Said }>(document, { id })).body.data?.liftBan;
};

const enter = ({ name: roomName }: RoomSeed, input: object) => change(backend, 'joinRoom', { roomName, ...input });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

describe('ejectParticipants', () => {
  it('puts out 100 at once, by id and by userId, and tells each of them and all others', async () => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const watcher = await room.owner();
    const named = await Promise.all(Array.from({ length: 60 }, () => room.join({ userName: 'Anonymous' })));
    const users = Array.from({ length: 40 }, (_, place) => `user-${place}`);
    const known = await Promise.all(users.map((userId) => room.guest({ userId })));
    const own = await followFromJoining(known[7] ?? watcher, after);
    const stream = await followFromJoining(watcher, after);
    const out = await eject(watcher, room, { participantIds: named.map(({ id }) => id), userIds: users });
    const all = new Set([...named, ...known].map(({ id }) => id));
    expect(new Set(out.participants?.map(({ id }) => id))).toEqual(all);
    expect((await own.ended(promptly)).at(-1)).toMatchObject({
      leaveReason: 'EJECTED',
      participant: { id: known[7]?.id },
    });
    const seen = new Set<string | undefined>();
    while (seen.size < 100) {
      const left = await stream.find(({ leaveReason }) => leaveReason !== undefined, promptly);
      expect(left.by).toEqual({ kind: 'PARTICIPANT', name: 'Olga Owner' });
      seen.add(left.participant?.id);
    }
    expect(seen).toEqual(all);
  });

  it('counts somebody once who is named twice', async () => {
    const room = await backend.room();
    const guest = await room.guest({ userId: 'twice' });
    const out = await eject(backend, room, { userIds: Array.from({ length: 101 }, () => 'twice') });
    expect(out.participants).toMatchObject([{ id: guest.id }]);
  });

  it.each<readonly [string, object, string]>([
    ['more than 100 are named', { userIds: Array.from({ length: 101 }, (_, place) => `u${place}`) }, 'INVALID_INPUT'],
    ['nobody is named', {}, 'INVALID_INPUT'],
    ['a userId is none', { userIds: [''] }, 'INVALID_INPUT'],
    ['a ban is to end but not to be', { userIds: ['u'], banExp: inSeconds(60) }, 'INVALID_INPUT'],
    ['a ban is to have ended', { userIds: ['u'], ban: true, banExp: inSeconds(-1) }, 'INVALID_INPUT'],
    ['an id names nobody', { participantIds: [`participant_${'0'.repeat(32)}`] }, 'NOT_FOUND'],
    ['an id is none', { participantIds: ['Gustav'] }, 'NOT_FOUND'],
  ])('is refused when %s', async (_name, input, code) => {
    expect(await eject(backend, await backend.room(), input)).toMatchObject({ code });
  });

  it('puts nobody out when one of the ids is of another room', async () => {
    const [room, other] = [await backend.room(), await backend.room()];
    const [guest, stranger] = [await room.guest(), await other.guest()];
    expect(await eject(backend, room, { participantIds: [guest.id, stranger.id] })).toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const { id } of [guest, stranger]) expect((await personOf(backend, id)).leaveReason).toBeNull();
  });

  it('leaves out people who have left: a second call changes nothing', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    expect((await eject(backend, room, { participantIds: [guest.id] })).participants).toHaveLength(1);
    expect((await eject(backend, room, { participantIds: [guest.id] })).participants).toEqual([]);
  });

  it('by an admin spares owners, and by an owner nobody', async () => {
    const room = await backend.room();
    const [first, second, guest] = [await room.owner(), await room.owner(), await room.guest()];
    const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    const both = { participantIds: [guest.id, first.id] };
    expect(await eject(admin, room, both)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await personOf(backend, guest.id)).leaveReason).toBeNull();
    expect((await eject(second, room, both)).participants).toHaveLength(2);
  });

  it('ends the admission: a knock is told once, and lets in no more', async () => {
    const room = await backend.waitingRoom();
    const after = await cursorOf(backend, room.name);
    const { jwt } = await room.token({ knocking: true, userId: 'u-9' });
    const knocker = await room.knocker({ token: jwt });
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    const person = await knocker.enter();
    await eject(backend, room, { participantIds: [person.id], userIds: ['u-9'] });
    expect(await enter(room, { knockToken: knocker.knockToken })).toMatchObject({ code: 'KNOCK_CLOSED' });
    const stream = await followRoom(backend, { roomName: room.name, after });
    await change(backend, 'updateRoom', { roomName: room.name, settings: { lang: 'de' } });
    const events: Happened[] = [];
    await stream.find((event) => events.push(event) > 0 && event.__typename === 'RoomUpdated');
    expect(events.filter(({ reason }) => reason === 'RECALLED')).toHaveLength(1);
  });

  it('by userId takes an admission back that nobody has used yet', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker({ token: (await room.token({ knocking: true, userId: 'u-9' })).jwt });
    await change(backend, 'admitKnock', { knockId: knocker.knockId });
    await eject(backend, room, { userIds: ['u-9'] });
    expect(await enter(room, { knockToken: knocker.knockToken })).toMatchObject({ code: 'KNOCK_CLOSED' });
  });

  it.each(streamDoors)('leaves no door open, through %s and at another process neither', async (door) => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = callerOf(otherServer, guest.sessionToken);
    expect(await refusedQuery(there, `{ room(name: "${room.name}") { name } }`)).toBeUndefined();
    await eject(backend, room, { participantIds: [guest.id] });
    for (const caller of [guest, there]) {
      expect(await refusedQuery(caller, `{ room(name: "${room.name}") { name } }`)).toBe('UNAUTHENTICATED');
      expect(await change(caller, 'updateMyMedia', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await (await followRoom(caller, {}, door)).refused()).toBe('UNAUTHENTICATED');
    }
  });
});

describe('a ban', () => {
  it('keeps out whom it names, by userId, by token and by knock, until it is lifted', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
    const owner = await room.owner();
    const known = await room.token({ userId: 'u-1' });
    const nameless = await room.token();
    const knocker = await room.knocker();
    await change(owner, 'admitKnock', { knockId: knocker.knockId });
    const people = [
      await room.join({ token: known.jwt }),
      await room.join({ token: nameless.jwt }),
      await knocker.enter(),
    ];
    const out = await eject(owner, room, { participantIds: people.map(({ id }) => id), ban: true });
    expect(out.participants?.map(({ leaveReason }) => leaveReason)).toEqual(['BANNED', 'BANNED', 'BANNED']);
    const another = await room.token({ userId: 'u-1' });
    for (const token of [known.jwt, another.jwt, nameless.jwt]) {
      expect(await enter(room, { token })).toMatchObject({ code: 'BANNED' });
    }
    expect(await enter(room, { knockToken: knocker.knockToken })).toMatchObject({ code: 'BANNED' });
    expect(await change(knocker, 'knock', { roomName: room.name, userName: 'Somebody Else' })).toMatchObject({
      code: 'BANNED',
    });
    const bans = await bansOf(owner, room);
    expect(bans.map(({ userId }) => userId).toSorted()).toEqual([null, null, 'u-1'].toSorted());
    for (const { id } of bans) expect(await lift(owner, id)).toEqual({ __typename: 'Ban', id });
    expect(await bansOf(owner, room)).toEqual([]);
    for (const token of [another.jwt, nameless.jwt])
      expect(await enter(room, { token })).toMatchObject({ __typename: 'Joined' });
  });

  it('by userId needs nobody inside, turns away who waits, and counts at every process from the next attempt', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ userId: 'u-2', knocking: true });
    const knocker = await room.knocker({ token: jwt });
    expect((await eject(elsewhere, room, { userIds: ['u-2'], ban: true })).participants).toEqual([]);
    const query = '{ viewer { ... on KnockRequest { status } } }';
    expect((await read<{ viewer: object }>(knocker, query)).viewer).toEqual({ status: 'DENIED' });
    const good = await room.token({ userId: 'u-2' });
    expect(await enter(room, { token: good.jwt })).toMatchObject({ code: 'BANNED' });
    expect(await change(backend, 'knock', { roomName: room.name, userName: 'Kim', token: jwt })).toMatchObject({
      code: 'BANNED',
    });
  });

  it('until an instant is over then, and listed no more', async () => {
    const room = await backend.room();
    const banExp = inSeconds(onThisMachine(1_000) / 1000);
    await eject(backend, room, { userIds: ['u-3'], ban: true, banExp });
    expect(await bansOf(backend, room)).toMatchObject([{ userId: 'u-3', exp: banExp }]);
    const { jwt } = await room.token({ userId: 'u-3' });
    expect(await enter(room, { token: jwt })).toMatchObject({ code: 'BANNED' });
    await until(
      () => enter(room, { token: jwt }),
      ({ __typename }) => __typename === 'Joined',
    );
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(banExp));
    expect(await bansOf(backend, room)).toEqual([]);
  });

  it('is lifted by owners and admins of its room alone, twice is the same as once', async () => {
    const [room, other] = [await backend.room(), await backend.room()];
    const [admin, guest, stranger] = [
      await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } }),
      await room.guest(),
      await other.owner(),
    ];
    await eject(admin, room, { userIds: ['u-4'], ban: true });
    const [ban] = await bansOf(admin, room);
    const id = ban?.id ?? '';
    expect(await lift(guest, id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await lift(stranger, id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await lift(admin, id)).toEqual({ __typename: 'Ban', id });
    expect(await lift(admin, id)).toEqual({ __typename: 'Ban', id });
    expect(await lift(guest, id)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('with two processes, a timer puts out on time, and once', () => {
  it.each<readonly [string, (room: RoomSeed) => Promise<{ readonly id: string; readonly dueMs: number }>]>([
    ['TOKEN_EXPIRED', (room) => guestUntil((exp) => room.guest({ exp, ejectAtTokenExp: true }))],
    [
      'ROOM_EXPIRED',
      (room) =>
        guestUntil(async (exp) => {
          const guest = await room.guest();
          await change(backend, 'updateRoom', { roomName: room.name, settings: { exp, ejectAtRoomExp: true } });
          return guest;
        }),
    ],
    [
      'TIME_ELAPSED',
      async (room) => {
        await change(backend, 'updateRoom', { roomName: room.name, settings: { ejectAfterElapsedSeconds: 2 } });
        const { id } = await room.guest();
        return { id, dueMs: await willEject(id) };
      },
    ],
    [
      'TIME_ELAPSED',
      async (room) => {
        // What the token says replaces both of the room's settings.
        const settings = { ejectAfterElapsedSeconds: 1, exp: inSeconds(1), ejectAtRoomExp: true };
        const { id } = await room.guest({ ejectAfterElapsedSeconds: 3 });
        await change(backend, 'updateRoom', { roomName: room.name, settings });
        return { id, dueMs: await willEject(id) };
      },
    ],
  ])('%s (case %$)', async (reason, begin) => {
    const room = await backend.room();
    const after = await cursorOf(backend, room.name);
    const { id, dueMs } = await begin(room);
    const here = await followRoom(backend, { roomName: room.name, after });
    const there = await followRoom(elsewhere, { roomName: room.name, after }, 'SSE');
    const hasLeft = ({ participant, leaveReason }: Happened) => participant?.id === id && leaveReason !== undefined;
    const left = await here.find(hasLeft, dueMs - Date.now() + 2 * promptly);
    expect(Date.parse(left.at) - dueMs).toBeGreaterThanOrEqual(0);
    expect(Date.parse(left.at) - dueMs).toBeLessThan(onThisMachine(1_000));
    expect(left).toMatchObject({ leaveReason: reason, by: { kind: 'SERVICE' } });
    expect((await there.find(hasLeft, promptly)).cursor).toBe(left.cursor);
    await change(backend, 'deleteRoom', { roomName: room.name });
    expect([...(await here.ended()), ...(await there.ended())].filter(hasLeft)).toEqual([]);
  });
});

async function willEject(id: string): Promise<number> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Participant { willEjectAt } } }';
  return Date.parse((await read<{ node: { willEjectAt: string } }>(backend, query, { id })).node.willEjectAt);
}

async function guestUntil(make: (exp: string) => Promise<{ readonly id: string }>) {
  // A token's exp has no fractions of a second.
  const dueMs = Math.ceil((Date.now() + onThisMachine(2_000)) / 1000) * 1000;
  const { id } = await make(new Date(dueMs).toISOString());
  expect(await willEject(id)).toBe(dueMs);
  return { id, dueMs };
}
