import { createHmac } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { type RoomSeed, withDomain } from '../support/seed.ts';
import { accessOf, act, codeOf, read } from './admission-kit.ts';
import { change } from './room-kit.ts';

// Every length and count that creating a token allows is good at every door, and in its joinUrl.

let house: DomainSeed;
let room: Pick<RoomSeed, 'name' | 'token'>;

beforeAll(async () => {
  house = await openDomain();
  // The longest name that a room may have.
  const name = 'r'.repeat(128);
  await act(house.backend, 'createRoom', { name, settings: { privacy: 'PRIVATE', enableKnocking: true } });
  const other = await house.backend.room();
  room = { name, token: (claims = {}) => other.token({ roomName: name, ...claims }) };
});

const astral = (count: number, index = 0) => `${'𝒶'.repeat(count - String(index).length)}${index}`;
const kinds = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];
const overridesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ userId: astral(36, index), kinds }));
const permissionsWith = (count: number) => ({
  hasPresence: true,
  canSend: kinds,
  canReceive: { base: kinds, overrides: overridesOf(count) },
  canAdmin: ['PARTICIPANTS', 'STREAMING', 'TRANSCRIPTION'],
});
const largest = (): Variables => ({
  roomName: room.name,
  userName: astral(128),
  userId: astral(36),
  nbf: '1999-12-31T23:59:59.999Z',
  exp: '9999-12-31T23:59:59.999Z',
  ejectAtTokenExp: false,
  ejectAfterElapsedSeconds: 2_147_483_647,
  startVideoOff: false,
  startAudioOff: false,
  enableScreenshare: false,
  lang: 'abc-12345678-12345678-12345678-1234',
  permissions: permissionsWith(20),
  maxUses: 2_147_483_647,
});
const overridesPath = (...before: readonly string[]) => [...before, 'permissions', 'canReceive', 'overrides'];

/** What each door says to a token. */
async function everywhere(token: string): Promise<readonly unknown[]> {
  const roomName = room.name;
  const query = `query ($roomName: String!, $token: String!) {
    explainEntry(roomName: $roomName, token: $token) { access { level } }
    validateMeetingToken(jwt: $token) { __typename ... on Refusal { code } } }`;
  type Said = { explainEntry: { access: { level: string } }; validateMeetingToken: { __typename: string } };
  const said = await read<Said>(house.backend, query, { roomName, token });
  return [
    said.validateMeetingToken.__typename,
    said.explainEntry.access.level,
    (await accessOf(house.anybody, roomName, token)).level,
    codeOf(await act(house.anybody, 'knock', { roomName, userName: 'Nora', token })),
    codeOf(await act(house.anybody, 'joinRoom', { roomName, token })),
  ];
}

const issues = '... on InvalidInput { issues { path } }';
const allGood = ['MeetingToken', 'FULL', 'FULL', 'Knocked', 'Joined'];

describe('the largest token that can be made', () => {
  test.each([
    ['of an owner', { isOwner: true }, allGood],
    ['for knocking', { knocking: true }, ['MeetingToken', 'LOBBY', 'LOBBY', 'Knocked', 'MustKnock']],
  ])('%s is good at every door, and in its joinUrl', async (_whose, more, good) => {
    const { jwt, joinUrl } = await change<{ jwt: string; joinUrl: string }>(
      house.backend,
      'createMeetingToken',
      { ...largest(), ...more },
      '... on IssuedMeetingToken { jwt joinUrl }',
    );
    // With a host's name of 253 characters 7,500, and with the path 7,700: most servers take 8 KiB for one line of a request.
    expect(jwt.length).toBeLessThan(7_100);
    expect(await everywhere(jwt)).toEqual(good);
    const page = await fetch(joinUrl.replace(/^https?:\/\/[^/]+/, house.server.url));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="app">');
  });

  test('comes over WebSocket too', async () => {
    const { jwt } = await room.token(largest());
    const query = 'mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }';
    const answer = await house.anybody
      .ws()
      .subscribe(query, { input: withDomain(house.anybody, { roomName: room.name, token: jwt }) });
    expect(await answer.next()).toEqual({ data: { joinRoom: { __typename: 'Joined' } } });
  });

  test('one override more is refused by name, and every number up to it works', async () => {
    for (const count of [0, 1, 19, 20]) {
      const made = await act(house.backend, 'createMeetingToken', {
        roomName: room.name,
        permissions: permissionsWith(count),
      });
      expect(await everywhere(made.jwt ?? ''), String(count)).toEqual(allGood);
    }
    for (const count of [21, 60, 100]) {
      const refused = await act(house.backend, 'createMeetingToken', {
        roomName: room.name,
        permissions: permissionsWith(count),
      });
      expect(refused.code, String(count)).toBe('INVALID_INPUT');
      expect(refused.issues?.map(({ path }) => path)).toEqual([overridesPath('input')]);
    }
  });
});

test.each([
  ['as it is', (text: string) => text],
  [
    'in escapes, as some JSON libraries write it',
    (text: string) => text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
])('the same, signed by the backend itself, with its text %s', async (_how, write) => {
  const { secret } = await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    d: house.server.domain,
    iat,
    room_name: room.name,
    user_name: astral(128),
    user_id: astral(36),
    permissions: permissionsWith(20),
  };
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const input = `${encode('{"alg":"HS256"}')}.${encode(write(JSON.stringify(claims)))}`;
  const token = `${input}.${createHmac('sha256', secret ?? '')
    .update(input)
    .digest('base64url')}`;
  expect(await everywhere(token)).toEqual(allGood);
});

describe('what a token may hold may be named elsewhere', () => {
  test('the longest userId: in overrides, in revoking, in ejecting, however it is written', async () => {
    const userId = 'e\u0301'.repeat(36);
    const { jwt, meetingToken } = await room.token({
      userId,
      permissions: { canReceive: { overrides: [{ userId, kinds: [] }] } },
    });
    const joined = await act(house.anybody, 'joinRoom', { roomName: room.name, token: jwt });
    expect(joined).toMatchObject({
      participant: {
        userId: userId.normalize('NFC'),
        permissions: { canReceive: { overrides: [{ userId: userId.normalize('NFC') }] } },
      },
    });
    const ejected = await act(house.backend, 'ejectParticipants', { roomName: room.name, userIds: [userId] });
    expect(ejected.participants).toHaveLength(1);
    const long = await room.token({ userId: astral(36) });
    expect(await act(house.backend, 'revokeMeetingTokens', { userId: astral(36) })).toMatchObject({
      count: expect.any(Number),
    });
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token: long.jwt }))).toBe(
      'TOKEN_REVOKED',
    );
    expect(meetingToken.jti).not.toBe(long.meetingToken.jti);
  });

  test('the longest jti of a token that the backend signed', async () => {
    const { secret } = await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' });
    const token = createSigner({ key: secret ?? '', algorithm: 'HS256' })({
      d: house.server.domain,
      r: room.name,
      jti: astral(128, 7),
    });
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token }))).toBe('Joined');
    expect(await act(house.backend, 'revokeMeetingTokens', { jtis: [astral(128, 7)] })).toMatchObject({ count: 1 });
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token }))).toBe('TOKEN_REVOKED');
  });

  test('permissions of rooms, domains and participants: a hundred overrides are kept, one more is refused by name', async () => {
    const guest = await act(house.anybody, 'joinRoom', { roomName: room.name, token: (await room.token()).jwt });
    const changes: readonly [string, (permissions: Variables) => Variables, readonly string[]][] = [
      ['updateRoom', (permissions) => ({ roomName: room.name, settings: { permissions } }), ['input', 'settings']],
      ['updateDomain', (permissions) => ({ permissions }), ['input']],
      ['updateParticipant', (permissions) => ({ participantId: guest.participant?.id, permissions }), ['input']],
    ];
    for (const [operation, inputOf, path] of changes) {
      const refused = await change(
        house.backend,
        operation,
        inputOf({ canReceive: { overrides: overridesOf(101) } }),
        issues,
      );
      expect(refused, operation).toMatchObject({ code: 'INVALID_INPUT' });
      expect(refused, operation).toMatchObject({ issues: [{ path: overridesPath(...path) }] });
      const kept = await change(
        house.backend,
        operation,
        inputOf({ canReceive: { overrides: overridesOf(100) } }),
        issues,
      );
      expect('code' in kept, `${operation} ${JSON.stringify(kept)}`).toBe(false);
    }
    const seen = await act(house.anybody, 'joinRoom', { roomName: room.name, token: (await room.token()).jwt });
    expect(codeOf(seen)).toBe('Joined');
  });
});
