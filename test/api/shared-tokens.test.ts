import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { accessOf, act, codeOf, keyNamed } from './admission-kit.ts';
import { change, type Person, personOf, read, until } from './room-kit.ts';

// Two people came with one meeting token that names no user. What is done to one of them, and what each of them may do then: at the
// process where it was done, and at one that was started afterwards and knows nothing but what is stored.

let database: TestDatabase;
let server: TestServer;
let started: TestServer;
let backend: Seed;

type Pair = {
  readonly room: RoomSeed;
  readonly jwt: string;
  readonly jti: string;
  readonly one: ParticipantSeed;
  readonly other: ParticipantSeed;
};

/** What is done to one of them. */
const deeds: Readonly<Record<string, (pair: Pair) => Promise<unknown>>> = {
  'the first leaves': ({ one }) => one.ask('mutation { leaveRoom { __typename } }'),
  'the first is put out': ({ room, one }) =>
    change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [one.id] }),
  'the first is banned': ({ room, one }) =>
    change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [one.id], ban: true }),
  'the first is sent back to the lobby': ({ one }) => change(backend, 'returnToLobby', { participantId: one.id }),
  'the token is revoked': ({ jti }) => change(backend, 'revokeMeetingTokens', { jtis: [jti] }),
  'the token is revoked, and puts out': ({ jti }) =>
    change(backend, 'revokeMeetingTokens', { jtis: [jti], eject: true }),
};

/** Is the second still inside, and what is whoever comes with the token told? */
const expected: Readonly<Record<keyof typeof deeds, readonly [otherInside: boolean, token: string]>> = {
  'the first leaves': [true, 'FULL'],
  'the first is put out': [true, 'FULL'],
  // A ban is of the token where it has no user: whoever shows it anew is meant. Nobody named the second, who stays inside.
  'the first is banned': [true, 'BANNED'],
  // Until the return itself is decided, nobody can tell which of the two comes with the token.
  'the first is sent back to the lobby': [true, 'LOBBY'],
  'the token is revoked': [true, 'TOKEN_REVOKED'],
  'the token is revoked, and puts out': [false, 'TOKEN_REVOKED'],
};

const pairs = new Map<string, Pair>();

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  for (const [name, act] of Object.entries(deeds)) {
    const room = await backend.waitingRoom();
    const { jwt, meetingToken } = await room.token({ userName: 'Sharer' });
    const pair = {
      room,
      jwt,
      jti: meetingToken.jti,
      one: await room.join({ token: jwt }),
      other: await room.join({ token: jwt }),
    };
    pairs.set(name, pair);
    await act(pair);
  }
  started = await startServer({ databaseUrl: database.url, rateLimits: false, publicUrl: server.url });
});

const isInside = ({ connection }: Person) => connection !== 'LEFT';

describe.each(Object.keys(deeds))('two share a token, and %s', (name) => {
  const pairOf = (): Pair => {
    const pair = pairs.get(name);
    if (!pair) throw new Error(`${name} was not made`);
    return pair;
  };
  const [otherInside, told] = expected[name] ?? [];

  test('the second is told nothing new but by what ends the token itself', async () => {
    expect(isInside(await personOf(backend, pairOf().other.id))).toBe(otherInside);
  });

  test.each(['here', 'at a process that was started later'] as const)('whoever shows it %s', async (where) => {
    const { room, jwt } = pairOf();
    const at = where === 'here' ? server : started;
    const { level, refusal } = await accessOf(callerOf(at), room.name, jwt);
    expect(refusal?.code ?? level).toBe(told);
  });

  test.each(['here', 'at a process that was started later'] as const)(
    'the second, by the session, %s',
    async (where) => {
      const { room, other } = pairOf();
      const at = callerOf(where === 'here' ? server : started, other.sessionToken);
      const { level, refusal } = await accessOf(at, room.name);
      // A session that is inside is the right to be there, unless its token was taken back; one that was put out is as none.
      const inside = told === 'TOKEN_REVOKED' ? told : 'FULL';
      const own = otherInside ? inside : 'LOBBY';
      expect(refusal?.code ?? level).toBe(own);
    },
  );
});

describe('one who shares a token was sent back to the lobby, and the other comes back', () => {
  const idempotencyKey = keyNamed('the-other-who-shares');

  async function sendOneBack(): Promise<Pair> {
    const room = await backend.waitingRoom();
    const { jwt, meetingToken } = await room.token();
    const one = await room.join({ token: jwt });
    const other = await room.join({ token: jwt, idempotencyKey });
    await change(backend, 'returnToLobby', { participantId: one.id });
    return { room, jwt, jti: meetingToken.jti, one, other };
  }

  const ways: Readonly<Record<string, (pair: Pair) => readonly [bearer: string | undefined, input: object]>> = {
    'by the session': ({ other }) => [other.sessionToken, {}],
    'by the session, with the token beside it': ({ other, jwt }) => [other.sessionToken, { token: jwt }],
    'by the key of the first answer': ({ jwt }) => [undefined, { token: jwt, idempotencyKey }],
  };

  async function comeBack({ room, ...pair }: Pair, way: keyof typeof ways, at: TestServer) {
    const [bearer, input] = ways[way]?.({ room, ...pair }) ?? [];
    const { __typename, participant } = await act(callerOf(at, bearer), 'joinRoom', { roomName: room.name, ...input });
    return [__typename, participant?.id === pair.other.id];
  }

  const servers = () => [server, started];

  test.each(Object.keys(ways))('%s, while still inside', async (way) => {
    for (const at of servers()) expect(await comeBack(await sendOneBack(), way, at)).toEqual(['Joined', true]);
  });

  test('by any of these ways once the connection was lost; who was sent back must still be admitted', async () => {
    const rows = Object.keys(ways).flatMap((way) => servers().map((at) => ({ way, at })));
    const pairs = await Promise.all(rows.map(sendOneBack));
    await moveClock(database, { seconds: 60, areAlive: true });
    for (const { other } of pairs)
      await until(
        () => personOf(backend, other.id),
        (person) => !isInside(person),
      );
    for (const [index, { way, at }] of rows.entries()) {
      const pair = pairs[index];
      if (pair === undefined) throw new Error('each row has a pair');
      expect([way, ...(await comeBack(pair, way, at))]).toEqual([way, 'Joined', true]);
      const { room, one, jwt: token } = pair;
      const sentBack = (bearer: string | undefined, input: object) =>
        act(callerOf(at, bearer), 'joinRoom', { roomName: room.name, ...input });
      expect(codeOf(await sentBack(undefined, { token }))).toBe('MustKnock');
      expect(codeOf(await sentBack(one.sessionToken, {}))).toBe('KNOCK_PENDING');
    }
  });
});

test('whoever walks in by a shared token takes back no knock of the others who wait with it', async () => {
  const room = await backend.waitingRoom();
  const { jwt: token } = await room.token();
  const [max, inside] = [await room.join({ token }), await room.join({ token })];
  const sentBack = await change<{ readonly id: string }>(
    backend,
    'returnToLobby',
    { participantId: max.id },
    '... on KnockRequest { id }',
  );
  const waiting = [await room.knocker({ userName: 'Ann', token }), await room.knocker({ userName: 'Ben', token })];
  await change(backend, 'admitKnock', { knockId: sentBack.id });
  await room.join({ token });
  expect(await act(inside, 'joinRoom', { roomName: room.name, token })).toMatchObject({ __typename: 'Joined' });
  const query = 'query ($name: String!) { room(name: $name) { knockRequests(status: [PENDING]) { nodes { id } } } }';
  const nodes = waiting.map(({ knockId }) => ({ id: knockId }));
  expect(await read(backend, query, { name: room.name })).toEqual({ room: { knockRequests: { nodes } } });
});
