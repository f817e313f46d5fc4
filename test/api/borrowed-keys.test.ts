import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { act, codeOf, keyNamed, type Mutation, type Outcome } from './admission-kit.ts';

// Somebody comes upon the idempotency key of somebody else, and shows it with whatever they hold themselves: nothing of the other one's is
// handed out, at one process or another, and the one whose key it is goes on with it.

let house: DomainSeed;
let servers: readonly TestServer[];

beforeAll(async () => {
  const opened = await openDomainAtTwo();
  house = opened;
  servers = [opened.server, opened.elsewhere];
});

/** What somebody sends with a call, and as what bearer. */
type Shown = { readonly bearer?: string; readonly input?: object };

async function admitted(room: RoomSeed) {
  const knocker = await room.knocker();
  await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
  return knocker;
}

const withToken = async (room: RoomSeed, claims: object): Promise<Shown> => ({
  input: { token: (await room.token({ ...claims })).jwt },
});

/** With what the key was first used at joinRoom. */
const joiners: Readonly<Record<string, (room: RoomSeed) => Promise<Shown>>> = {
  'a token': (room) => withToken(room, { userId: 'victim' }),
  "an owner's token": (room) => withToken(room, { userId: 'victim', isOwner: true }),
  'a token of nobody by name': (room) => withToken(room, {}),
  'an admission': async (room) => ({ input: { knockToken: (await admitted(room)).knockToken } }),
  'an admission as bearer': async (room) => ({ bearer: (await admitted(room)).knockToken }),
};
/** With what it was first used at knock. */
const knockers: Readonly<Record<string, (room: RoomSeed) => Promise<Shown>>> = {
  'a knocking token': (room) => withToken(room, { userId: 'victim', knocking: true }),
  'a token': (room) => withToken(room, { userId: 'victim' }),
  'a token of nobody by name': (room) => withToken(room, { knocking: true }),
};

/** What others hold who come upon the key. */
const thieves: Readonly<Record<string, (room: RoomSeed) => Promise<Shown>>> = {
  nothing: async () => ({}),
  'a token of their own': (room) => withToken(room, { userId: 'mallory' }),
  'a token of nobody by name': (room) => withToken(room, {}),
  'a knocking token of their own': (room) => withToken(room, { userId: 'mallory', knocking: true }),
  "an owner's token of their own": (room) => withToken(room, { userId: 'mallory', isOwner: true }),
  'a revoked token of their own': async (room) => {
    const { jwt, meetingToken } = await room.token({ userId: 'mallory' });
    await act(house.backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti] });
    return { input: { token: jwt } };
  },
  'a waiting knock of their own': async (room) => ({ bearer: (await room.knocker()).knockToken }),
  'an admission of their own': async (room) => ({ bearer: (await admitted(room)).knockToken }),
  'a session of their own': async (room) => ({ bearer: (await room.guest({ userId: 'mallory' })).sessionToken }),
  'an API key': async () => ({ bearer: house.backend.apiKey }),
  'an API key, and a token of their own': async (room) => ({
    bearer: house.backend.apiKey,
    ...(await withToken(room, { userId: 'mallory' })),
  }),
};

/** What is shown is judged by itself first, and where it lets in the key is refused. */
const refusals: Readonly<Record<'joinRoom' | 'knock', Readonly<Record<string, string>>>> = {
  joinRoom: {
    'a knocking token of their own': 'MustKnock',
    'a revoked token of their own': 'TOKEN_REVOKED',
    'a waiting knock of their own': 'KNOCK_PENDING',
    'a session of their own': 'MustKnock',
  },
  knock: { 'a revoked token of their own': 'TOKEN_REVOKED' },
};

/** What an answer hands out, and what it names. */
const handedOut = ({ sessionToken, knockToken, mediaGrant, participant, knockRequest }: Outcome) =>
  [sessionToken, knockToken, mediaGrant, participant?.id, knockRequest?.id].filter((one) => one !== undefined);

async function say(server: TestServer, mutation: Mutation, room: RoomSeed, shown: Shown, idempotencyKey: string) {
  const userName = mutation === 'knock' ? { userName: 'Somebody' } : {};
  return act(callerOf(server, shown.bearer), mutation, {
    roomName: room.name,
    idempotencyKey,
    ...userName,
    ...shown.input,
  });
}

const cases = [
  ...Object.entries(joiners).map(
    ([first, make]) => ({ mutation: 'joinRoom', success: 'Joined', first, make }) as const,
  ),
  ...Object.entries(knockers).map(([first, make]) => ({ mutation: 'knock', success: 'Knocked', first, make }) as const),
];

describe.each(cases)('the key of a $mutation with $first', ({ mutation, success, make }) => {
  test.each(Object.entries(thieves))('hands out nothing of it to who shows %s', async (what, steal) => {
    const room = await house.backend.waitingRoom();
    const key = keyNamed(crypto.randomUUID());
    const own = await make(room);
    const first = await say(house.server, mutation, room, own, key);
    expect(codeOf(first)).toBe(success);
    const secrets = new Set(handedOut(first));
    const foreign = await steal(room);
    for (const server of servers) {
      const stolen = await say(server, mutation, room, foreign, key);
      expect(handedOut(stolen).filter((one) => secrets.has(one))).toEqual([]);
      // A key that finds nothing makes nothing either.
      expect(codeOf(stolen)).toBe(refusals[mutation][what] ?? 'INVALID_INPUT');
    }
    for (const server of servers.toReversed()) {
      const again = await say(server, mutation, room, own, key);
      expect(codeOf(again)).toBe(success);
      expect(again.participant?.id ?? again.knockRequest?.id).toBe(first.participant?.id ?? first.knockRequest?.id);
    }
  });
});
