import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { type Caller, type RoomSeed, withDomain } from '../support/seed.ts';
import { wsClient } from '../support/ws-client.ts';
import { accessOf, act, codeOf, read, watchKnocks, watchOwnKnock } from './admission-kit.ts';

// Two credentials in one call, and credentials that are none. Every pair is decided in test/rules/credentials.test.ts; here are the doors.

let house: DomainSeed;

beforeAll(async () => {
  house = await openDomain();
});

const mallory = { userName: 'Mallory', userId: 'mallory' };

/** Somebody unverified who was admitted, and somebody who is inside. */
async function scene() {
  const room = await house.backend.waitingRoom();
  const owner = await room.owner({ userId: 'olga' });
  const admit = async (input: Variables) => {
    const knocker = await room.knocker(input);
    await act(owner, 'admitKnock', { knockId: knocker.knockId });
    return knocker;
  };
  return { room, owner, admit };
}

const accessCode = async (caller: Caller, roomName: string, token: string) => {
  const query =
    'query ($domain: String, $roomName: String!, $token: String) { access(domain: $domain, roomName: $roomName, token: $token) { level refusal { code } } }';
  type Access = { access: { level: string; refusal: { code: string } | null } | null };
  const { body } = await caller.ask<Access>(query, withDomain(caller, { roomName, token }));
  return body.errors?.[0]?.extensions?.code ?? body.data?.access?.refusal?.code ?? body.data?.access?.level;
};

/** What each operation that takes a token says to this bearer with it. */
async function atEachDoor(caller: Caller, { name: roomName }: RoomSeed, token: string) {
  return [
    await accessCode(caller, roomName, token),
    codeOf(await act(caller, 'knock', { roomName, userName: 'Alice', token })),
    codeOf(await act(caller, 'joinRoom', { roomName, token })),
  ];
}

describe('somebody who was let in joins as that person and no other', () => {
  test.each<[string, Variables]>([
    ['a knocking token', { ...mallory, knocking: true }],
    ['a knocking token that administers', { ...mallory, knocking: true, permissions: { canAdmin: ['PARTICIPANTS'] } }],
    ['a token', mallory],
    ["an owner's token", { ...mallory, isOwner: true }],
  ])('an admitted knock with %s of somebody else', async (_what, claims) => {
    const { room, admit } = await scene();
    const alice = await admit({ userName: 'Alice' });
    const { jwt } = await room.token(claims);
    expect(await atEachDoor(alice, room, jwt)).toEqual(Array(3).fill('INVALID_INPUT'));
    const refused = await act(alice, 'joinRoom', { roomName: room.name, token: jwt });
    expect(refused.issues?.map(({ path }) => path)).toEqual([['input', 'token']]);
    const entered = await act(alice, 'joinRoom', { roomName: room.name, userName: 'Another' });
    expect(entered).toMatchObject({ participant: { userName: 'Alice', userId: null, isOwner: false } });
  });

  test.each<[string, Variables]>([
    ['a knocking token of their own', { userId: 'gustav', knocking: true }],
    ['a token of somebody else', mallory],
  ])('a session with %s', async (_what, claims) => {
    const { room } = await scene();
    const guest = await room.guest({ userId: 'gustav' });
    const { jwt } = await room.token(claims);
    expect(await atEachDoor(guest, room, jwt)).toEqual(Array(3).fill('INVALID_INPUT'));
  });

  test('a session with another token of the same person comes back to the session', async () => {
    const { room } = await scene();
    const guest = await room.guest({ userId: 'gustav' });
    const { jwt } = await room.token({ userId: 'gustav', isOwner: true });
    const back = await act(guest, 'joinRoom', { roomName: room.name, token: jwt });
    expect(back).toMatchObject({ participant: { id: guest.id, isOwner: false } });
  });

  test('a session that was left lends nothing, and gets in nobody’s way', async () => {
    const { room } = await scene();
    const guest = await room.guest({ userId: 'gustav' });
    await act(guest, 'leaveRoom');
    const { jwt } = await room.token(mallory);
    expect(await atEachDoor(guest, room, jwt)).toEqual(['FULL', 'Knocked', 'Joined']);
  });

  test('a revoked token refuses, whatever stands beside it', async () => {
    const { room, admit } = await scene();
    const alice = await admit({ userName: 'Alice' });
    const guest = await room.guest({ userId: 'gustav' });
    const { jwt, meetingToken } = await room.token({ userId: 'gustav' });
    await act(house.backend, 'revokeMeetingTokens', { jtis: [meetingToken.jti] });
    for (const caller of [house.anybody, alice, guest]) {
      expect(codeOf(await act(caller, 'joinRoom', { roomName: room.name, token: jwt }))).toBe('TOKEN_REVOKED');
      expect(await accessCode(caller, room.name, jwt)).toBe('TOKEN_REVOKED');
    }
  });

  test('a pending knock lends no identity to somebody who joins with a token', async () => {
    const { room } = await scene();
    const { jwt: vouched } = await room.token({ userId: 'ann', userName: 'Ann', knocking: true });
    const ann = await room.knocker({ token: vouched });
    const { jwt } = await room.token({ isOwner: true });
    const entered = await act(ann, 'joinRoom', { roomName: room.name, token: jwt, userName: 'Bea' });
    expect(entered).toMatchObject({ participant: { userName: 'Bea', userId: null, isOwner: true } });
  });
});

describe('somebody who joins by any right no longer waits', () => {
  const ways: readonly [
    string,
    (room: RoomSeed) => Promise<{ knock: Variables; join: Variables; asKnocker: boolean }>,
  ][] = [
    [
      'the knock token as bearer, beside a token of nobody',
      async (room) => ({ knock: {}, join: { token: (await room.token()).jwt }, asKnocker: true }),
    ],
    [
      'another token of the same userId',
      async (room) => ({
        knock: { token: (await room.token({ userId: 'nora', knocking: true })).jwt },
        join: { token: (await room.token({ userId: 'nora' })).jwt },
        asKnocker: false,
      }),
    ],
    [
      'the token that the knock was made with, which lets in one person',
      async (room) => {
        const { jwt } = await room.token({ maxUses: 1 });
        return { knock: { token: jwt }, join: { token: jwt }, asKnocker: false };
      },
    ],
  ];

  test.each(ways)('%s', async (_way, make) => {
    const { room, owner } = await scene();
    const { knock, join, asKnocker } = await make(room);
    const list = await watchKnocks(owner, room.name);
    const knocker = await room.knocker(knock);
    const own = await watchOwnKnock(knocker);
    await own.next();
    const joined = await act(asKnocker ? knocker : house.anybody, 'joinRoom', { roomName: room.name, ...join });
    expect(codeOf(joined)).toBe('Joined');
    const end = { id: knocker.knockId, status: 'CANCELLED', reason: 'WITHDRAWN' };
    expect(await list.find(({ status }) => status !== 'PENDING')).toMatchObject(end);
    expect((await own.ended()).at(-1)).toMatchObject(end);
    const query = 'query ($name: String!) { knockRequests(roomName: $name, status: [PENDING]) { nodes { id } } }';
    expect(await read(owner, query, { name: room.name })).toEqual({ knockRequests: { nodes: [] } });
    expect(await act(owner, 'admitKnock', { knockId: knocker.knockId })).toMatchObject({
      code: 'KNOCK_ALREADY_DECIDED',
      knockRequest: { status: 'CANCELLED' },
    });
  });

  test('two who share a token: the other one goes on waiting where it only vouches', async () => {
    const { room, owner } = await scene();
    const { jwt } = await room.token({ knocking: true });
    const [first, second] = [await room.knocker({ token: jwt }), await room.knocker({ token: jwt })];
    await act(owner, 'admitKnock', { knockId: first.knockId });
    await first.enter();
    const query = 'query ($name: String!) { knockRequests(roomName: $name, status: [PENDING]) { nodes { id } } }';
    expect(await read(owner, query, { name: room.name })).toEqual({
      knockRequests: { nodes: [{ id: second.knockId }] },
    });
  });

  test('a full room: they go on waiting', async () => {
    const { room, owner } = await scene();
    await act(house.backend, 'updateRoom', { roomName: room.name, settings: { maxParticipants: 1 } });
    const knocker = await room.knocker();
    const { jwt } = await room.token();
    expect(codeOf(await act(knocker, 'joinRoom', { roomName: room.name, token: jwt }))).toBe('ROOM_FULL');
    expect(await act(owner, 'admitKnock', { knockId: knocker.knockId })).toMatchObject({ status: 'ADMITTED' });
  });
});

describe('a token that contradicts itself', () => {
  test('an owner who must be let in: refused at every door', async () => {
    const { secret } = await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' });
    const { room, admit } = await scene();
    const alice = await admit({ userName: 'Alice' });
    const token = createSigner({ key: secret ?? '', algorithm: 'HS256' })({
      d: house.server.domain,
      r: room.name,
      o: true,
      k: true,
    });
    for (const caller of [house.anybody, alice])
      expect(await atEachDoor(caller, room, token)).toEqual(Array(3).fill('TOKEN_INVALID'));
  });
});

describe('an empty token is no token', () => {
  test.each(['', ' '])('%j at every door', async (token) => {
    const open = await house.backend.room();
    const { room, admit } = await scene();
    expect(await accessCode(house.anybody, open.name, token)).toBe('FULL');
    const query =
      'query ($roomName: String!, $token: String) { explainEntry(roomName: $roomName, token: $token) { access { level } } }';
    expect(await read(house.backend, query, { roomName: open.name, token })).toMatchObject({
      explainEntry: { access: { level: 'FULL' } },
    });
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: open.name, token, knockToken: token }))).toBe(
      'Joined',
    );
    expect(codeOf(await act(house.anybody, 'knock', { roomName: room.name, userName: 'N', token }))).toBe('Knocked');
    const knocker = await admit({ userName: 'Alice' });
    const { jwt } = await room.token(mallory);
    for (const input of [
      { token, knockToken: knocker.knockToken },
      { token: jwt, knockToken: token },
    ])
      expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, ...input }))).toBe('Joined');
  });

  test.each(['', ' '])('nor is %j a domain: it is that of the bearer', async (domain) => {
    const { room, admit } = await scene();
    const knocker = await admit({ userName: 'Alice' });
    const query =
      'query ($domain: String, $roomName: String!) { access(domain: $domain, roomName: $roomName) { level } doorPage(domain: $domain) { brandName } }';
    await act(house.backend, 'updateDomain', { doorPage: { brandName: 'Acme' } });
    expect(await read(knocker, query, { domain, roomName: room.name })).toEqual({
      access: { level: 'FULL' },
      doorPage: { brandName: 'Acme' },
    });
    expect(codeOf(await act(knocker, 'knock', { domain, roomName: room.name, userName: 'Alice' }))).toBe('Knocked');
    expect(codeOf(await act(knocker, 'joinRoom', { domain, roomName: room.name }))).toBe('Joined');
  });

  test('an empty bearer is none, over each transport', async () => {
    const ask = async (authorization: string) => {
      const response = await fetch(`${house.server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: '{ viewer { __typename } }' }),
      });
      return response.json();
    };
    for (const authorization of ['', ' ', 'Bearer', 'Bearer ']) {
      expect(await ask(authorization), authorization).toEqual({ data: { viewer: null } });
      const socket = wsClient(house.server.url, undefined, { connectionParams: { authorization } });
      const answer = await socket.subscribe('{ viewer { __typename } }');
      expect(await answer.next(), authorization).toEqual({ data: { viewer: null } });
    }
  });
});

describe('the knock token of somebody who was admitted to another room', () => {
  test('opens no other room: shown in the input it is refused, as bearer it counts for nothing', async () => {
    const alice = await (await scene()).admit({ userName: 'Alice' });
    for (const settings of [{ privacy: 'PRIVATE', enableKnocking: true }, {}]) {
      const { name: roomName } = await house.backend.room(settings);
      const shown = await act(house.anybody, 'joinRoom', { roomName, knockToken: alice.knockToken });
      expect(codeOf(shown)).toBe('KNOCK_CLOSED');
      const asNobody = await accessOf(house.anybody, roomName);
      expect(await accessOf(alice, roomName)).toEqual(asNobody);
      expect(codeOf(await act(alice, 'joinRoom', { roomName, userName: 'Alice' }))).toBe(
        codeOf(await act(house.anybody, 'joinRoom', { roomName, userName: 'Nobody' })),
      );
    }
  });
});
