import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type KnockerSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { act, codeOf, type Outcome, read } from './admission-kit.ts';
import { change, personOf, until } from './room-kit.ts';

// What one process decided counts at another, which knew the room from before, and at one that starts anew.

let database: TestDatabase;
let here: TestServer;
let there: TestServer;
let backend: Seed;
let elsewhere: Seed;

const start = () => startServer({ databaseUrl: database.url, rateLimits: false, publicUrl: 'http://vestibule.test' });

beforeAll(async () => {
  database = await createTestDatabase();
  here = await start();
  there = await start();
  backend = seed(here);
  elsewhere = seed(there);
});

const join = (server: TestServer, { name: roomName }: RoomSeed, input: object, bearer?: string) =>
  act(callerOf(server, bearer), 'joinRoom', { roomName, ...input });

/** Has both processes read the room and keep it in mind. */
async function meetRoom(room: RoomSeed): Promise<void> {
  for (const process of [backend, elsewhere])
    await act(process, 'knock', { roomName: room.name, userName: 'Passer-by' });
}

async function knockOf(id: string): Promise<{ readonly status: string; readonly reason: string | null }> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { status reason } } }';
  return (await read<{ node: { status: string; reason: string | null } }>(backend, query, { id })).node;
}

describe('a ban', () => {
  it('of several keeps out each of them, inside or absent', async () => {
    const room = await backend.waitingRoom();
    const users = ['inside-1', 'absent-1', 'inside-2', 'absent-2'];
    const tokens = new Map(
      await Promise.all(users.map(async (userId) => [userId, (await room.token({ userId })).jwt] as const)),
    );
    for (const userId of ['inside-1', 'inside-2']) await room.join({ token: tokens.get(userId) });
    await meetRoom(room);
    await act(elsewhere, 'ejectParticipants', { roomName: room.name, userIds: users, ban: true });
    for (const server of [here, there]) {
      for (const userId of users)
        expect(codeOf(await join(server, room, { token: tokens.get(userId) })), userId).toBe('BANNED');
    }
    const query = 'query ($name: String!) { room(name: $name) { bans { nodes { userId } } } }';
    const { room: shown } = await read<{ room: { bans: { nodes: { userId: string }[] } } }>(backend, query, {
      name: room.name,
    });
    expect(shown.bans.nodes.map(({ userId }) => userId).toSorted()).toEqual(users.toSorted());
  });

  const bans: Readonly<Record<string, (room: RoomSeed, knocker: KnockerSeed) => Promise<Outcome>>> = {
    'of the userId ends': (room) =>
      act(elsewhere, 'ejectParticipants', { roomName: room.name, userIds: ['u-1'], ban: true }),
    'by an ejection without a ban ends': (room) =>
      act(elsewhere, 'ejectParticipants', { roomName: room.name, userIds: ['u-1'] }),
  };
  const cases = Object.entries(bans).flatMap(([what, ban]) =>
    (['before', 'after'] as const).map((when) => [what, when, ban] as const),
  );
  it.each(cases)('%s an admission that another process gave %s it met the room', async (_what, when, ban) => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker({ token: (await room.token({ knocking: true, userId: 'u-1' })).jwt });
    if (when === 'after') await meetRoom(room);
    expect(codeOf(await act(backend, 'admitKnock', { knockId: knocker.knockId }))).toBe('KnockRequest');
    if (when === 'before') await meetRoom(room);
    await ban(room, knocker);
    expect(await knockOf(knocker.knockId)).toEqual({ status: 'EXPIRED', reason: 'RECALLED' });
    for (const server of [there, here]) {
      const answer = codeOf(await join(server, room, { knockToken: knocker.knockToken }));
      expect(['BANNED', 'KNOCK_CLOSED']).toContain(answer);
    }
  });
});

describe('whoever was admitted', () => {
  it.each(['here', 'there'] as const)('still waits to come in, and says so, %s', async (where) => {
    const server = where === 'here' ? here : there;
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await meetRoom(room);
    await act(backend, 'admitKnock', { knockId: knocker.knockId });
    expect(await act(callerOf(server, knocker.knockToken), 'heartbeat')).toMatchObject({ status: 'ADMITTED' });
    expect(codeOf(await join(server, room, { knockToken: knocker.knockToken }))).toBe('Joined');
  });

  const waysBack = ['session as bearer', 'knock token', 'knock token as bearer'] as const;
  it.each(waysBack)('comes back by %s after the connection was lost, as the same person', async (way) => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await act(backend, 'admitKnock', { knockId: knocker.knockId });
    const person = await knocker.enter();
    await meetRoom(room);
    await loseConnection(person.id);
    const { sessionToken } = person;
    const { knockToken } = knocker;
    const back =
      way === 'session as bearer'
        ? await join(there, room, {}, sessionToken)
        : await join(
            there,
            room,
            way === 'knock token' ? { knockToken } : {},
            way === 'knock token' ? undefined : knockToken,
          );
    expect(back.participant?.id).toBe(person.id);
    expect(await personOf(backend, person.id)).toMatchObject({ leaveReason: null });
  });
});

let aheadSeconds = 0;
async function loseConnection(id: string): Promise<void> {
  aheadSeconds += 60;
  await moveClock(database, { seconds: aheadSeconds, areAlive: true });
  await until(
    () => personOf(backend, id),
    ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
  );
}

describe('deleting a room', () => {
  it('ends the admissions that another process gave', async () => {
    const room = await backend.waitingRoom();
    const knocker = await room.knocker();
    await act(backend, 'admitKnock', { knockId: knocker.knockId });
    await meetRoom(room);
    expect(codeOf(await act(elsewhere, 'deleteRoom', { roomName: room.name }))).toBe('DeletedRoom');
    expect(await knockOf(knocker.knockId)).toEqual({ status: 'EXPIRED', reason: 'ROOM_CLOSED' });
  });
});

describe('a cool-down after a denial', () => {
  it('holds for the same person at every process, and at one that starts anew', async () => {
    const room = await backend.waitingRoom({ knockCooldownSeconds: 600 });
    const { jwt: token } = await room.token({ knocking: true, userId: 'u-1' });
    const knocker = await room.knocker({ token });
    await meetRoom(room);
    expect(codeOf(await act(elsewhere, 'denyKnock', { knockId: knocker.knockId }))).toBe('KnockRequest');
    for (const server of [here, there, await start()]) {
      const again = { roomName: room.name, userName: 'Another Name' };
      const answers = [
        await act(callerOf(server), 'knock', { ...again, token }),
        await act(callerOf(server, knocker.knockToken), 'knock', again),
      ];
      expect(answers.map(codeOf)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
      for (const { retryAfterSeconds } of answers) expect(retryAfterSeconds).toBeGreaterThan(500);
    }
  });
});

describe('a live stream', () => {
  it('that follows on one that has ended is the one that counts, also at a process that has met neither', async () => {
    const room = await backend.room();
    const start = (at: Seed) => {
      const input = { roomName: room.name, destinations: ['rtmp://media.example/app/key'] };
      return change<{ readonly id: string }>(at, 'startLiveStream', input, '... on LiveStream { id }');
    };
    const { id } = await start(backend);
    await change(backend, 'reportLiveStream', { liveStreamId: id, status: 'FAILED' });
    expect(await start(backend)).toMatchObject({ __typename: 'LiveStream' });
    expect(await start(elsewhere)).toMatchObject({ code: 'CONFLICT' });
  });
});
