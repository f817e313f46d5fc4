import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { type DomainSeed, openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type ParticipantSeed, type RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { accessOf, act, codeOf, type House, openHouse } from './admission-kit.ts';
import { change, until } from './room-kit.ts';

// Admins put out, ban, deny and demote no owner, present or away, on any path. Each path is tried at a process that had not loaded
// who the owners are.

let house: DomainSeed;
let there: TestServer;

beforeAll(async () => {
  const opened = await openDomainAtTwo();
  house = opened;
  there = opened.elsewhere;
});

const boss = { userId: 'boss', userName: 'Boss' };

/** Where the owner is while the admin acts. */
const states = {
  inside: async () => {},
  left: async (owner: ParticipantSeed) => {
    await act(owner, 'leaveRoom');
  },
  hidden: async () => {},
} as const satisfies Record<string, (owner: ParticipantSeed) => Promise<void>>;
type State = keyof typeof states;

type Scene = {
  readonly room: RoomSeed;
  readonly owner: ParticipantSeed;
  readonly admin: Pick<ParticipantSeed, 'ask'>;
  /** A knock that bears the owner's userId, and a session without an owner's token that does. */
  readonly knockId: string;
  readonly double: ParticipantSeed;
};

async function sceneWith(state: State): Promise<Scene> {
  const room = await house.backend.waitingRoom();
  const { jwt } = await room.token({ ...boss, isOwner: true });
  const owner = await room.join({ token: jwt, hidden: state === 'hidden' });
  const { sessionToken } = await room.guest({ userName: 'Ada', permissions: { canAdmin: ['PARTICIPANTS'] } });
  const double = await room.guest(boss);
  const knocking = await room.token({ ...boss, knocking: true });
  const { knockId } = await room.knocker({ token: knocking.jwt });
  await states[state](owner);
  return { room, owner, admin: callerOf(there, sessionToken), knockId, double };
}

const paths: Readonly<Record<string, (scene: Scene) => Promise<string>>> = {
  'ejectParticipants by id': async ({ room, admin, owner }) =>
    codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, participantIds: [owner.id] })),
  'ejectParticipants by userId': async ({ room, admin }) =>
    codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, userIds: ['boss'] })),
  'ejectParticipants with ban by id': async ({ room, admin, owner }) =>
    codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, participantIds: [owner.id], ban: true })),
  'ejectParticipants with ban by userId, among others': async ({ room, admin }) =>
    codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, userIds: ['other', 'boss'], ban: true })),
  'ejectParticipants of another session of theirs': async ({ room, admin, double }) =>
    codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, participantIds: [double.id], ban: true })),
  'denyKnock with ban': async ({ admin, knockId }) => codeOf(await act(admin, 'denyKnock', { knockId, ban: true })),
  'denyKnock with banNetwork': async ({ admin, knockId }) =>
    codeOf(await act(admin, 'denyKnock', { knockId, ban: true, banNetwork: true })),
  denyKnock: async ({ admin, knockId }) => codeOf(await act(admin, 'denyKnock', { knockId })),
  denyKnocks: async ({ room, admin, knockId }) =>
    codeOf(await act(admin, 'denyKnocks', { roomName: room.name, knockIds: [knockId] })),
  'updateParticipant of another session of theirs': async ({ admin, double }) =>
    (await change(admin, 'updateParticipant', { participantId: double.id, setAudio: false })).code ?? 'done',
  'updateParticipant with permissions': async ({ admin, double }) =>
    (await change(admin, 'updateParticipant', { participantId: double.id, permissions: { canSend: [] } })).code ??
    'done',
  updateParticipants: async ({ room, admin, double }) => {
    const input = { roomName: room.name, participantIds: [double.id], setVideo: false };
    return (await change(admin, 'updateParticipants', input)).code ?? 'done';
  },
  returnToLobby: async ({ admin, double }) =>
    (await change(admin, 'returnToLobby', { participantId: double.id })).code ?? 'done',
};

describe.each(Object.keys(states) as State[])('an owner who is %s', (state) => {
  test.each(Object.keys(paths))('%s by an admin: FORBIDDEN, and the owner may come in', async (path) => {
    const scene = await sceneWith(state);
    expect(await paths[path]?.(scene)).toBe('FORBIDDEN');
    const { room, owner, double } = scene;
    const { jwt } = await room.token({ ...boss, isOwner: true });
    expect(await accessOf(callerOf(there), room.name, jwt)).toMatchObject({ level: 'FULL' });
    expect(codeOf(await act(double, 'heartbeat'))).toBe('Participant');
    if (state !== 'left') expect(codeOf(await act(owner, 'heartbeat'))).toBe('Participant');
  });
});

describe('as time passes', () => {
  let late: House;

  beforeAll(async () => {
    late = await openHouse();
  });

  test('an owner whose connection was lost is not ejected or banned by an admin, and comes back', async () => {
    const room = await late.backend.waitingRoom();
    const owner = await room.owner(boss);
    await moveClock(late.database, { seconds: 61 });
    const query = `query ($id: ID!) { node(id: $id) { ... on Participant { leaveReason } } }`;
    const leaveReason = async () =>
      (await late.backend.ask<{ node: { leaveReason: string } }>(query, { id: owner.id })).body.data;
    await until(leaveReason, (data) => data?.node.leaveReason === 'CONNECTION_LOST');
    const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    for (const named of [{ participantIds: [owner.id] }, { userIds: ['boss'] }]) {
      expect(codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, ...named, ban: true }))).toBe(
        'FORBIDDEN',
      );
    }
    expect(codeOf(await act(owner, 'joinRoom', { roomName: room.name }))).toBe('Joined');
  });

  test("an owner's token keeps an admin from banning who has yet to come for as long as it is good, or for ever", async () => {
    const room = await late.backend.waitingRoom();
    await act(late.backend, 'updateDomain', { meetingTokenLifetimeSeconds: null });
    const inMinutes = (count: number) => new Date(Date.now() + count * 60_000);
    const ends = { good: inMinutes(60), over: inMinutes(10), endless: undefined };
    for (const [userId, exp] of Object.entries(ends)) {
      const input = { roomName: room.name, isOwner: true, userId, exp: exp?.toISOString() };
      const { meetingToken } = await act(late.backend, 'createMeetingToken', input);
      expect(meetingToken?.exp ?? undefined).toBe(exp?.toISOString());
    }
    await moveClock(late.database, { seconds: 20 * 60, areAlive: true });
    const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    const banned = async (userId: string) =>
      codeOf(await act(admin, 'ejectParticipants', { roomName: room.name, userIds: [userId], ban: true }));
    const answers = Object.keys(ends).map(async (userId) => [userId, await banned(userId)]);
    const expected = { good: 'FORBIDDEN', over: 'ParticipantsEjected', endless: 'FORBIDDEN' };
    expect(Object.fromEntries(await Promise.all(answers))).toEqual(expected);
  });
});

test('deny all by an admin leaves out owners', async () => {
  const { room, admin, knockId } = await sceneWith('left');
  const other = await room.knocker();
  const all = { roomName: room.name, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
  const denied = await act(admin, 'denyKnocks', all);
  expect(denied.knockRequests?.map(({ id }) => id)).toEqual([other.knockId]);
  expect(codeOf(await act(house.backend, 'admitKnock', { knockId }))).toBe('KnockRequest');
});

describe('a ban by an admin of somebody who never came', () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const invite = async (userId: string, input: object) => {
    const { meetingToken } = await act(house.backend, 'createMeetingToken', { isOwner: true, userId, ...input });
    if (meetingToken === undefined) throw new Error('no token was made');
    return meetingToken.jti;
  };

  /** What makes them an owner of this room, or does not. */
  const invitations: readonly (readonly [
    what: string,
    invite: (roomName: string, userId: string) => Promise<unknown>,
    answer: string,
  ])[] = [
    ["an owner's token", (roomName, userId) => invite(userId, { roomName }), 'FORBIDDEN'],
    ['one that is good later', (roomName, userId) => invite(userId, { roomName, nbf: inAnHour() }), 'FORBIDDEN'],
    ['one for every room', (_roomName, userId) => invite(userId, { anyRoom: true }), 'FORBIDDEN'],
    [
      'one that was revoked',
      async (roomName, userId) =>
        act(house.backend, 'revokeMeetingTokens', { jtis: [await invite(userId, { roomName })] }),
      'ParticipantsEjected',
    ],
    [
      'one for another room',
      async (_roomName, userId) => invite(userId, { roomName: (await house.backend.waitingRoom()).name }),
      'ParticipantsEjected',
    ],
    ["a guest's token", (roomName, userId) => invite(userId, { roomName, isOwner: false }), 'ParticipantsEjected'],
  ];

  test.each(invitations)('who has %s', async (what, bring, answer) => {
    // One for every room is one for the rooms of the other rows too.
    const userId = `has ${what}`;
    const room = await house.backend.waitingRoom();
    await bring(room.name, userId);
    const { sessionToken } = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    const input = { roomName: room.name, userIds: [userId], ban: true };
    expect(codeOf(await act(callerOf(there, sessionToken), 'ejectParticipants', input))).toBe(answer);
    const chair = await room.owner({ userId: 'chair' });
    expect(codeOf(await act(chair, 'ejectParticipants', input))).toBe('ParticipantsEjected');
    // The admin's ban bound no owner; this one does, although the other is there.
    const { jwt } = await room.token({ userId, isOwner: true });
    expect((await accessOf(callerOf(there), room.name, jwt)).refusal?.code).toBe('BANNED');
  });
});

describe('a ban of somebody who is on record as nobody in particular', () => {
  test.each([
    ['admin', 'FULL', 'Joined'],
    ['owner', 'BANNED', 'BANNED'],
  ])('made by an %s: who then shows an owner token of that userId is told %s', async (by, access, joining) => {
    const room = await house.backend.waitingRoom();
    const admin = await room.guest({ permissions: { canAdmin: ['PARTICIPANTS'] } });
    const banner = by === 'admin' ? admin : await room.owner({ userId: 'chair' });
    const input = { roomName: room.name, userIds: ['newcomer'], ban: true };
    expect(codeOf(await act(banner, 'ejectParticipants', input))).toBe('ParticipantsEjected');
    const { jwt } = await room.token({ userId: 'newcomer', isOwner: true });
    const said = await accessOf(callerOf(there), room.name, jwt);
    expect(said.refusal?.code ?? said.level).toBe(access);
    expect(codeOf(await act(callerOf(there), 'joinRoom', { roomName: room.name, token: jwt }))).toBe(joining);
    const guest = await room.token({ userId: 'newcomer' });
    expect(codeOf(await act(callerOf(there), 'joinRoom', { roomName: room.name, token: guest.jwt }))).toBe('BANNED');
  });
});
