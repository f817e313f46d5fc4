import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import type { RoomSeed } from '../support/seed.ts';
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
const validate = async (jwt: string) => {
  const query =
    'query ($jwt: String!) { it: validateMeetingToken(jwt: $jwt) { ... on MeetingToken { status exp } ... on Refusal { code } } }';
  return (await read<{ it: { status?: string; exp?: string; code?: string } }>(house.backend, query, { jwt })).it;
};
const explained = async (roomName: string, token: string) => {
  const query =
    'query ($roomName: String!, $token: String) { it: explainEntry(roomName: $roomName, token: $token) { access { level refusal { code } } } }';
  type Explained = { it: { access: { level: string; refusal: { code: string } | null } } };
  const { access } = (await read<Explained>(house.backend, query, { roomName, token })).it;
  return access.refusal?.code ?? access.level;
};

/** What each place that judges a token says of it. */
async function everywhere(roomName: string, token: string): Promise<readonly (string | undefined)[]> {
  const { status, code } = await validate(token);
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
    ['user', (room) => ({ userId: `of-${room.name}`.slice(0, 36) })],
  ];
  const tokenOf = (room: RoomSeed, ahead: number) => sign({ r: room.name, ud: `of-${room.name}`.slice(0, 36) }, ahead);

  test.each(matches)('by %s covers what a clock that is ahead signed up to then, never shown', async (_by, match) => {
    const room = await house.backend.waitingRoom();
    const tokens = [-60, 0, 3].map((ahead) => tokenOf(room, ahead));
    const early = [60, 600].map((ahead) => tokenOf(room, ahead));
    await revoke(match(room));
    for (const token of tokens.slice(1))
      expect(await everywhere(room.name, token)).toEqual(Array(5).fill('TOKEN_REVOKED'));
    for (const token of early) expect(await join(room.name, token)).toBe('TOKEN_NOT_YET_VALID');
  });

  test.each(matches)(
    'by %s covers what was shown before it, whenever it says that it was signed',
    async (_by, match) => {
      const room = await house.backend.waitingRoom();
      const shown = tokenOf(room, 60);
      expect(await join(room.name, shown)).toBe('TOKEN_NOT_YET_VALID');
      await revoke(match(room));
      await moveClock(house.database, { seconds: 70 });
      try {
        // What is asked for brings the news of the clock.
        await accessOf(house.anybody, room.name);
        expect(await join(room.name, shown)).toBe('TOKEN_REVOKED');
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

  test('and without iat would never end: it is refused', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const token = createSigner({ key: secret, algorithm: 'HS256', noTimestamp: true })({ d: 'default', r: room.name });
    expect(await everywhere(room.name, token)).toEqual(Array(5).fill('TOKEN_INVALID'));
  });
});
