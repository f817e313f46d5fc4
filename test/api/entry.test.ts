import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf } from '../support/seed.ts';
import { accessOf, act, codeOf, type House, keyNamed, openHouse, read } from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const join = (input: Variables) => act(house.anybody, 'joinRoom', input);

describe('access says which door to show, and changes nothing', () => {
  test('to whom nothing is shown', async () => {
    const [open, closed, waiting] = [
      await house.backend.room({ lobbyMessage: 'Hello' }),
      await house.backend.room({ privacy: 'PRIVATE', lobbyMessage: 'Hello' }),
      await house.backend.waitingRoom({ lobbyMessage: 'Hello' }),
    ];
    const full = await house.backend.room({ maxParticipants: 1 });
    await full.join();
    const none = (code: string) => ({
      level: 'NONE',
      refusal: { code, opensAt: null },
      ownerPresent: false,
      lobbyMessage: null,
    });
    const at = (name: string) => accessOf(house.anybody, name);
    expect(await at(open.name)).toEqual({ level: 'FULL', refusal: null, ownerPresent: false, lobbyMessage: 'Hello' });
    expect(await at(waiting.name)).toEqual({
      level: 'LOBBY',
      refusal: null,
      ownerPresent: false,
      lobbyMessage: 'Hello',
    });
    expect(await at(closed.name)).toEqual(none('ENTRY_NOT_ALLOWED'));
    expect(await at('there-is-none')).toEqual(none('ENTRY_NOT_ALLOWED'));
    expect(await at(full.name)).toEqual(none('ROOM_FULL'));
    await waiting.owner();
    expect(await at(waiting.name)).toMatchObject({ level: 'LOBBY', ownerPresent: true });
  });

  test('to who shows a token, or follows a knock', async () => {
    const room = await house.backend.waitingRoom();
    const { jwt } = await room.token();
    const knocking = await room.token({ knocking: true });
    expect((await accessOf(house.anybody, room.name, jwt)).level).toBe('FULL');
    expect((await accessOf(house.anybody, room.name, knocking.jwt)).level).toBe('LOBBY');
    expect((await accessOf(house.anybody, room.name, 'rubbish')).refusal?.code).toBe('TOKEN_INVALID');
    const knocker = await room.knocker();
    expect((await accessOf(knocker, room.name)).refusal?.code).toBe('KNOCK_PENDING');
    await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
    expect((await accessOf(knocker, room.name)).level).toBe('FULL');
  });

  test('asking, however often, uses nothing up', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt, meetingToken } = await room.token({ maxUses: 1 });
    for (let times = 0; times < 3; times += 1) {
      expect((await accessOf(house.anybody, room.name, jwt)).level).toBe('FULL');
    }
    const uses = `{ node(id: "${meetingToken.id}") { ... on MeetingToken { uses } } }`;
    expect(await read(house.backend, uses)).toEqual({ node: { uses: 0 } });
    expect(codeOf(await join({ roomName: room.name, token: jwt }))).toBe('Joined');
    expect((await accessOf(house.anybody, room.name, jwt)).refusal?.code).toBe('TOKEN_USED_UP');
  });
});

describe('joining', () => {
  test.each<[string, Variables, string]>([
    ['token and knockToken together', { token: 'a', knockToken: 'b' }, 'knockToken'],
    ['a name that is too long', { userName: 'x'.repeat(129) }, 'userName'],
    ['a name that turns the text around', { userName: 'a\u202eb' }, 'userName'],
    ['a key that could be guessed', { idempotencyKey: 'short' }, 'idempotencyKey'],
  ])('is refused by name: %s', async (_what, input, field) => {
    const room = await house.backend.room();
    const refused = await join({ roomName: room.name, ...input });
    expect(refused.issues?.map(({ path }) => path)).toEqual([['input', field]]);
  });

  test('hidden is for owners', async () => {
    const room = await house.backend.room();
    const refused = await join({ roomName: room.name, hidden: true });
    expect(refused.issues?.map(({ path }) => path)).toEqual([['input', 'hidden']]);
  });

  test('the name in the token wins over the one that is typed; without any there is one', async () => {
    const room = await house.backend.room();
    const named = (await room.token({ userName: 'Nora Norris', userId: 'nora-1' })).jwt;
    const input = { roomName: room.name, userName: '  Typed ' };
    expect(await join({ ...input, token: named })).toMatchObject({
      participant: { userName: 'Nora Norris', verified: true },
    });
    expect(await join(input)).toMatchObject({ participant: { userName: 'Typed', verified: false } });
    expect((await join({ roomName: room.name })).participant?.userName).toMatch(/./);
  });

  test('again with the session token resumes: the same participant, a fresh grant, and the old token ends with the new', async () => {
    const room = await house.backend.room();
    const first = await join({ roomName: room.name, userName: 'Gustav' });
    const asFirst = callerOf(house.server, first.sessionToken);
    const second = await act(asFirst, 'joinRoom', { roomName: room.name, userName: 'Another name' });
    expect(second).toMatchObject({ participant: { id: first.participant?.id, userName: 'Gustav' } });
    expect(second.mediaGrant).toEqual(expect.any(String));
    expect(second.sessionToken).not.toBe(first.sessionToken);
    expect(codeOf(await act(asFirst, 'heartbeat'))).toBe('Participant');
    expect(codeOf(await act(callerOf(house.server, second.sessionToken), 'heartbeat'))).toBe('Participant');
    expect(codeOf(await act(asFirst, 'heartbeat'))).toBe('UNAUTHENTICATED');
  });

  test('with the session token of another room is joining as anybody', async () => {
    const [room, other] = [await house.backend.room(), await house.backend.room({ privacy: 'PRIVATE' })];
    const guest = await other.guest();
    const joined = await act(guest, 'joinRoom', { roomName: room.name });
    expect(joined.__typename).toBe('Joined');
    expect(joined.participant?.id).not.toBe(guest.id);
    const back = await room.join();
    expect(codeOf(await act(back, 'joinRoom', { roomName: other.name }))).toBe('ENTRY_NOT_ALLOWED');
  });

  test('retried with its key finds the session, though the connection was given up meanwhile, and uses nothing up', async () => {
    const { backend, database, anybody, server } = await openHouse();
    const room = await backend.room({ privacy: 'PRIVATE' });
    const { jwt } = await room.token({ maxUses: 1 });
    const input = { roomName: room.name, token: jwt, idempotencyKey: keyNamed('lost-answer') };
    const first = await act(anybody, 'joinRoom', input);
    await moveClock(database, { seconds: 90 });
    const viewer = '{ viewer { ... on Participant { leaveReason } } }';
    await expect
      .poll(() => read(callerOf(server, first.sessionToken), viewer))
      .toEqual({ viewer: { leaveReason: 'CONNECTION_LOST' } });
    const again = await act(anybody, 'joinRoom', input);
    expect(again).toMatchObject({
      __typename: 'Joined',
      participant: { id: first.participant?.id, leaveReason: null },
    });
    expect(again.sessionToken).toBe(first.sessionToken);
    expect(codeOf(await act(callerOf(server, again.sessionToken), 'heartbeat'))).toBe('Participant');
    expect(codeOf(await act(anybody, 'joinRoom', { roomName: room.name, token: jwt }))).toBe('TOKEN_USED_UP');
  });

  test('after the connection was lost, the session token brings back the same person while its right lasts', async () => {
    const { backend, database, server } = await openHouse();
    const room = await backend.room({ privacy: 'PRIVATE' });
    const [stays, revoked] = [await room.token({ userId: 'a' }), await room.token({ userId: 'b' })];
    const [first, second] = [await room.join({ token: stays.jwt }), await room.join({ token: revoked.jwt })];
    await moveClock(database, { seconds: 90 });
    await act(backend, 'revokeMeetingTokens', { jtis: [revoked.meetingToken.jti] });
    const back = (token: string) => act(callerOf(server, token), 'joinRoom', { roomName: room.name });
    expect(await back(first.sessionToken)).toMatchObject({ __typename: 'Joined', participant: { id: first.id } });
    expect(codeOf(await back(second.sessionToken))).toBe('TOKEN_REVOKED');
  });

  test('under a userId that is unique, the newcomer takes the place of the earlier session, also in a full room', async () => {
    const room = await house.backend.room({ enforceUniqueUserIds: true, maxParticipants: 1 });
    const claims = { userId: 'nora-1', userName: 'Nora' };
    const first = await room.guest(claims);
    const second = await room.guest(claims);
    expect(second.id).not.toBe(first.id);
    const viewer = '{ viewer { ... on Participant { leaveReason } } }';
    expect(await read(first, viewer)).toEqual({ viewer: { leaveReason: 'REPLACED' } });
    expect(codeOf(await join({ roomName: room.name }))).toBe('ROOM_FULL');
  });

  test('and whoever takes over from a hidden session, which took no place, needs one', async () => {
    const room = await house.backend.room({ enforceUniqueUserIds: true, maxParticipants: 1 });
    const claims = { userId: 'olga-1', isOwner: true };
    const joinAs = async (hidden: boolean) =>
      join({ roomName: room.name, token: (await room.token(claims)).jwt, hidden });
    const first = await joinAs(true);
    const guest = await room.guest();
    expect(codeOf(await joinAs(false))).toBe('ROOM_FULL');
    expect(codeOf(await act(callerOf(house.server, first.sessionToken), 'heartbeat'))).toBe('Participant');
    await act(guest, 'leaveRoom');
    expect(codeOf(await joinAs(false))).toBe('Joined');
    expect(codeOf(await act(callerOf(house.server, first.sessionToken), 'heartbeat'))).toBe('UNAUTHENTICATED');
  });
});

describe('explainEntry', () => {
  type Explanation = {
    readonly explainEntry: {
      readonly access: { readonly level: string; readonly refusal: { readonly code: string } | null };
      readonly steps: readonly { readonly rule: string; readonly passed: boolean; readonly detail: string }[];
    };
  };
  const explain = async (roomName: string, more: Variables = {}, caller = house.backend) => {
    const query = `query ($roomName: String!, $token: String, $at: DateTime) {
      explainEntry(roomName: $roomName, token: $token, at: $at) { access { level refusal { code } } steps { rule passed detail } } }`;
    const { explainEntry } = await read<Explanation>(caller, query, { roomName, ...more });
    return { ...explainEntry, last: explainEntry.steps.at(-1), rules: explainEntry.steps.map(({ rule }) => rule) };
  };

  test('tells each rule that was looked at, in order, and which one spoke', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE', exp: '2099-01-01T00:00:00Z' });
    const all = ['meeting token', 'room', 'right', 'ban', 'opening hours', 'way in', 'uses and places'];
    const nothing = await explain(room.name);
    expect(nothing).toMatchObject({
      access: { level: 'NONE', refusal: { code: 'ENTRY_NOT_ALLOWED' } },
      rules: all.slice(0, 3),
    });
    expect(nothing.last).toMatchObject({ passed: false, detail: expect.stringContaining('private') });
    const good = await explain(room.name, { token: (await room.token()).jwt });
    expect(good).toMatchObject({ access: { level: 'FULL', refusal: null }, rules: all });
    expect(good.steps.every(({ passed }) => passed)).toBe(true);
  });

  test('understands, without the code, why somebody was refused', async () => {
    const room = await house.backend.room({ maxParticipants: 1 });
    const revoked = await room.token();
    await act(house.backend, 'revokeMeetingTokens', { jtis: [revoked.meetingToken.jti] });
    const other = await (await house.backend.room()).token();
    await room.join();
    const told = async (more: Variables) => {
      const { access, last } = await explain(room.name, more);
      return [access.refusal?.code, last?.detail];
    };
    expect(await told({})).toEqual(['ROOM_FULL', '1 of 1 places are taken']);
    expect(await told({ token: revoked.jwt })).toEqual([
      'TOKEN_REVOKED',
      `the token ${revoked.meetingToken.jti} was revoked`,
    ]);
    expect(await told({ token: other.jwt })).toEqual(['TOKEN_FOR_OTHER_ROOM', expect.stringContaining('another room')]);
    expect(await told({ token: 'rubbish' })).toEqual(['TOKEN_INVALID', expect.stringMatching(/.{10,}/)]);
    expect((await explain('there-is-none')).last?.detail).toContain('no room');
  });

  test('counts no hidden owner among those who take places, and neither does access', async () => {
    const room = await house.backend.room({ maxParticipants: 1 });
    const { jwt } = await room.token({ isOwner: true });
    await room.join({ token: jwt, hidden: true });
    const told = async () => {
      const { access } = await explain(room.name);
      const { level, refusal } = await accessOf(house.anybody, room.name);
      return [access, { level, refusal }].map((said) => said.refusal?.code ?? said.level);
    };
    expect(await told()).toEqual(['FULL', 'FULL']);
    await room.join();
    expect(await told()).toEqual(['ROOM_FULL', 'ROOM_FULL']);
  });

  test('answers for another moment too', async () => {
    const nbf = new Date(Date.now() + 3_600_000);
    const room = await house.backend.room({ nbf });
    const { jwt } = await room.token({ exp: new Date(nbf.getTime() + 3_600_000) });
    const codeAt = async (seconds: number, token?: string) =>
      (await explain(room.name, { token, at: new Date(nbf.getTime() + seconds * 1000) })).access.refusal?.code ?? 'in';
    expect([await codeAt(-1), await codeAt(0), await codeAt(0, jwt)]).toEqual(['ROOM_NOT_OPEN', 'in', 'in']);
    expect(await codeAt(3_600, jwt)).toBe('TOKEN_EXPIRED');
  });

  test('is for the backend alone', async () => {
    const room = await house.backend.room();
    for (const [caller, code] of [
      [house.anybody, 'UNAUTHENTICATED'],
      [await room.owner(), 'FORBIDDEN'],
    ] as const) {
      const { body } = await caller.ask(`{ explainEntry(roomName: "${room.name}") { steps { rule } } }`);
      expect(body.errors?.[0]?.extensions?.code).toBe(code);
    }
  });
});
