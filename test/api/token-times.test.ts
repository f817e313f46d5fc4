import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { accessOf, act, codeOf, type House, openHouse, read } from './admission-kit.ts';

// When a token that the domain's backend signed itself is good, by the clocks of two machines.

let house: House;
let secret: string;

beforeAll(async () => {
  house = await openHouse();
  secret = (await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' })).secret ?? '';
});

const seconds = () => Math.floor(Date.now() / 1000);
/** Signed by a clock that is ahead by so many seconds. */
const sign = (claims: object, ahead = 0) =>
  createSigner({ key: secret, algorithm: 'HS256' })({ d: 'default', iat: seconds() + ahead, ...claims });
const join = async (roomName: string, token: string) =>
  codeOf(await act(house.anybody, 'joinRoom', { roomName, token }));
const revoke = (input: object) => act(house.backend, 'revokeMeetingTokens', input as Record<string, unknown>);
/** Left out, as by whoever knows of no such argument, or as it is given. */
const validate = async (jwt: string, ignoreNbf?: boolean) => {
  const query = `query ($jwt: String!, $ignoreNbf: Boolean) { it: validateMeetingToken(jwt: $jwt, ignoreNbf: $ignoreNbf) {
    ... on MeetingToken { status exp } ... on Refusal { code } } }`;
  type Validated = { it: { status?: string; exp?: string; code?: string } };
  return (await read<Validated>(house.backend, query, ignoreNbf === undefined ? { jwt } : { jwt, ignoreNbf })).it;
};
const explained = async (roomName: string, token: string, at?: Date) => {
  const query = `query ($roomName: String!, $token: String, $at: DateTime) {
    it: explainEntry(roomName: $roomName, token: $token, at: $at) { access { level refusal { code } } } }`;
  type Explained = { it: { access: { level: string; refusal: { code: string } | null } } };
  const { access } = (await read<Explained>(house.backend, query, { roomName, token, at: at?.toISOString() })).it;
  return access.refusal?.code ?? access.level;
};

/** What each place that judges a token says of it. */
async function everywhere(roomName: string, token: string): Promise<readonly (string | undefined)[]> {
  const validated = await validate(token);
  const { status, code } = validated;
  expect(await validate(token, false)).toEqual(validated);
  // Who looks past nbf looks past nothing else.
  if (code !== 'TOKEN_NOT_YET_VALID') expect(await validate(token, true)).toEqual(validated);
  const access = await accessOf(house.anybody, roomName, token);
  const said = [
    code ?? status,
    access.refusal?.code ?? access.level,
    await explained(roomName, token),
    codeOf(await act(house.anybody, 'knock', { roomName, userName: 'Nora', token })),
    await join(roomName, token),
  ];
  return said;
}

describe('an iat that another clock wrote', () => {
  test('may be five seconds ahead, everywhere', async () => {
    const room = await house.backend.waitingRoom();
    expect(await everywhere(room.name, sign({ r: room.name }, 4))).toEqual([
      'ACTIVE',
      'FULL',
      'FULL',
      'Knocked',
      'Joined',
    ]);
  });

  test('that is more ahead is not valid yet, everywhere, until its time has come', async () => {
    const room = await house.backend.waitingRoom();
    const token = sign({ r: room.name, ud: 'early' }, 60);
    expect(await everywhere(room.name, token)).toEqual(Array(5).fill('TOKEN_NOT_YET_VALID'));
    const query = '{ domain { meetingTokens(userId: "early") { nodes { status } } } }';
    expect(await read(house.backend, query)).toMatchObject({
      domain: { meetingTokens: { nodes: [{ status: 'NOT_YET_VALID' }] } },
    });
    const other = await openHouse();
    expect(codeOf(await act(other.anybody, 'joinRoom', { roomName: room.name, token }))).toBe('TOKEN_INVALID');
  });

  test('may be five seconds before the room was made, unless an earlier room had its name', async () => {
    const name = 'once-and-again';
    const first = await act(house.backend, 'createRoom', { name, settings: { privacy: 'PRIVATE' } });
    expect(first.name).toBe(name);
    expect(await join(name, sign({ r: name }, -4))).toBe('Joined');
    const token = sign({ r: name }, -3);
    await act(house.backend, 'deleteRoom', { roomName: name });
    await act(house.backend, 'createRoom', { name, settings: { privacy: 'PRIVATE' } });
    expect(await join(name, token)).toBe('TOKEN_FOR_OTHER_ROOM');
  });
});

describe('revocation by room or by user', () => {
  const matches: readonly [string, (room: RoomSeed) => object][] = [
    ['room', (room) => ({ roomName: room.name })],
    ['user', (room) => ({ userId: userOf(room) })],
    ['room and user', (room) => ({ roomName: room.name, userId: userOf(room) })],
  ];
  const userOf = (room: RoomSeed) => `of-${room.name}`.slice(0, 36);
  const tokenOf = (room: RoomSeed, ahead: number) => sign({ r: room.name, ud: userOf(room) }, ahead);

  test.each(matches)('by %s covers what a clock that is ahead signed up to then, never shown', async (_by, match) => {
    const room = await house.backend.waitingRoom();
    const tokens = [-60, 0, 3].map((ahead) => tokenOf(room, ahead));
    const early = [60, 600].map((ahead) => tokenOf(room, ahead));
    await revoke(match(room));
    for (const token of tokens.slice(1))
      expect(await everywhere(room.name, token)).toEqual(Array(5).fill('TOKEN_REVOKED'));
    for (const token of early) expect(await join(room.name, token)).toBe('TOKEN_NOT_YET_VALID');
  });

  test.each(matches)('by %s leaves alone what it does not name, never shown', async (by, match) => {
    const [room, other] = [await house.backend.waitingRoom(), await house.backend.waitingRoom()];
    await revoke(match(room));
    const ofUser = { ud: userOf(room) };
    const said = {
      'the user in another room': await join(other.name, sign({ r: other.name, ...ofUser })),
      'the user in any room': await join(other.name, sign(ofUser)),
      'others in the room': await join(room.name, sign({ r: room.name, ud: 'another' })),
      'nobody in particular, in the room': await join(room.name, sign({ r: room.name })),
      'others in another room': await join(other.name, sign({ r: other.name, ud: 'another' })),
    };
    const ofUsers = by === 'user' ? 'TOKEN_REVOKED' : 'Joined';
    const ofRooms = by === 'room' ? 'TOKEN_REVOKED' : 'Joined';
    expect(said).toEqual({
      'the user in another room': ofUsers,
      'the user in any room': ofUsers,
      'others in the room': ofRooms,
      'nobody in particular, in the room': ofRooms,
      'others in another room': 'Joined',
    });
  });

  /** Wherever a token can be shown, and what is said of one that claims to be signed in a minute. */
  const early = 'TOKEN_NOT_YET_VALID';
  const showings: Readonly<
    Record<string, readonly [(roomName: string, token: string) => Promise<string | undefined>, said: string]>
  > = {
    joinRoom: [join, early],
    knock: [
      async (roomName, token) => codeOf(await act(house.anybody, 'knock', { roomName, userName: 'Nora', token })),
      early,
    ],
    access: [async (roomName, token) => (await accessOf(house.anybody, roomName, token)).refusal?.code, early],
    explainEntry: [explained, early],
    'explainEntry of a later instant': [
      (roomName, token) => explained(roomName, token, new Date(Date.now() + 90_000)),
      'FULL',
    ],
    validateMeetingToken: [async (_room, token) => (await validate(token)).code, early],
    'validateMeetingToken that looks past nbf': [
      async (_room, token) => (await validate(token, true)).status,
      'NOT_YET_VALID',
    ],
  };

  test.each(matches)(
    'by %s covers what was shown before it, wherever that was, whenever it says that it was signed',
    async (_by, match) => {
      const room = await house.backend.waitingRoom();
      const shown: (readonly [string, string])[] = [];
      for (const [where, [show, said]] of Object.entries(showings)) {
        const token = sign({ r: room.name, ud: userOf(room), u: where }, 60);
        expect([where, await show(room.name, token)]).toEqual([where, said]);
        shown.push([where, token]);
      }
      await revoke(match(room));
      await moveClock(house.database, { seconds: 70 });
      try {
        // What is asked for brings the news of the clock.
        await accessOf(house.anybody, room.name);
        for (const [where, token] of shown)
          expect([where, await join(room.name, token)]).toEqual([where, 'TOKEN_REVOKED']);
        expect(await join(room.name, tokenOf(room, 70)), 'one that was signed later').toBe('Joined');
      } finally {
        await moveClock(house.database, { seconds: 0 });
        await accessOf(house.anybody, room.name);
      }
    },
  );

  test("leaves alone what the service's own keys sign afterwards", async () => {
    const room = await house.backend.waitingRoom();
    await revoke({ roomName: room.name });
    const { jwt } = await room.token({});
    expect(await everywhere(room.name, jwt)).toEqual(['ACTIVE', 'FULL', 'FULL', 'Knocked', 'Joined']);
  });
});

describe('a self-signed token without exp', () => {
  test('is good for as long as the domain says from its iat on, or for ever', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const token = sign({ ud: 'lasting' });
    expect(await join(room.name, token)).toBe('Joined');
    const query = '{ domain { meetingTokens(userId: "lasting") { nodes { exp } } } }';
    type Listed = { domain: { meetingTokens: { nodes: readonly { exp: string }[] } } };
    const [listed] = (await read<Listed>(house.backend, query)).domain.meetingTokens.nodes;
    const hours = (Date.parse(listed?.exp ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect((await validate(token)).exp).toBe(listed?.exp);
    const old = sign({ r: undefined }, -25 * 3600);
    expect(await everywhere(room.name, old)).toEqual(Array(5).fill('TOKEN_EXPIRED'));
    await act(house.backend, 'updateDomain', { meetingTokenLifetimeSeconds: null });
    expect(await join(room.name, old)).toBe('Joined');
    expect((await validate(sign({}))).exp).toBeNull();
  });

  test('is judged by how long that is now, at whichever process it was changed', async () => {
    const room = await house.backend.waitingRoom();
    const elsewhere = callerOf(
      await startServer({ databaseUrl: house.database.url, publicUrl: house.server.url, rateLimits: false }),
    );
    const asked = { roomName: room.name, token: sign({ r: undefined }, -600) };
    for (const [seconds, said] of [
      [86_400, ['FULL', 'Joined', 'Knocked']],
      [60, Array(3).fill('TOKEN_EXPIRED')],
      [null, ['FULL', 'Joined', 'Knocked']],
    ] as const) {
      await act(house.backend, 'updateDomain', { meetingTokenLifetimeSeconds: seconds });
      const { level, refusal } = await accessOf(elsewhere, room.name, asked.token);
      const joined = codeOf(await act(elsewhere, 'joinRoom', asked));
      const knocked = codeOf(await act(elsewhere, 'knock', { ...asked, userName: 'Nora' }));
      expect([seconds, refusal?.code ?? level, joined, knocked]).toEqual([seconds, ...said]);
    }
  });

  test('and without iat would never end: it is refused', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const token = createSigner({ key: secret, algorithm: 'HS256', noTimestamp: true })({ d: 'default', r: room.name });
    expect(await everywhere(room.name, token)).toEqual(Array(5).fill('TOKEN_INVALID'));
  });
});
