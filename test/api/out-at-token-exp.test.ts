import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import {
  type Caller,
  callerOf,
  type KnockerSeed,
  type ParticipantSeed,
  type RoomSeed,
  type Seed,
  seed,
} from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { change, cursorOf, followFromJoining, followOwnKnock, personOf, read, until } from './room-kit.ts';

// A token that puts its holder out at its exp ends the wait and the admission behind which it stands as well: whoever came in by that
// would be inside for a moment, and out again.

const lifeSeconds = 600;
let server: TestServer;
let backend: Seed;
let room: RoomSeed;
/** Nobody answers them before the exp of their token. */
let waits: KnockerSeed;
/** Knocked, came in, and is put out at the exp. */
let stayed: { readonly knocker: KnockerSeed; readonly session: ParticipantSeed };
/** Knocked, came in, and had lost the connection before. */
let lost: { readonly knocker: KnockerSeed; readonly session: ParticipantSeed };
/** Was let in by the word of a token that ejects nobody. */
let lasting: KnockerSeed;

async function knockBy(claims: Readonly<Record<string, unknown>>): Promise<KnockerSeed> {
  const { jwt } = await room.token({
    knocking: true,
    exp: new Date(Date.now() + lifeSeconds * 1000).toISOString(),
    ...claims,
  });
  return room.knocker({ token: jwt });
}

const admit = ({ knockId }: KnockerSeed) => change(backend, 'admitKnock', { knockId });

async function comeIn() {
  const knocker = await knockBy({ ejectAtTokenExp: true });
  await admit(knocker);
  return { knocker, session: await knocker.enter() };
}

const reasonOf = async ({ id }: ParticipantSeed) => (await personOf(backend, id)).leaveReason;

beforeAll(async () => {
  const database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  room = await backend.waitingRoom({ knockTimeoutSeconds: 86_400 });
  const before = await cursorOf(backend, room.name);
  [lost, lasting, waits] = [await comeIn(), await knockBy({}), await knockBy({ ejectAtTokenExp: true })];
  await admit(lasting);
  await (await followOwnKnock(waits)).next();
  stayed = await comeIn();
  await followFromJoining(stayed.session, before);
  await moveClock(database, { seconds: 60, areAlive: true });
  await until(
    () => reasonOf(lost.session),
    (reason) => reason === 'CONNECTION_LOST',
  );
  await moveClock(database, { seconds: lifeSeconds + 1, areAlive: true });
  await until(
    () => reasonOf(stayed.session),
    (reason) => reason === 'TOKEN_EXPIRED',
  );
  expect(await admit(waits)).toMatchObject({ code: 'KNOCK_ALREADY_DECIDED' });
});

/** Who comes once the exp has passed, and with what. */
const comers: Readonly<Record<string, () => readonly [by: Caller, input: Readonly<Record<string, unknown>>]>> = {
  'who waited until then, by the knock token': () => [callerOf(server), { knockToken: waits.knockToken }],
  'who was put out at it, by the knock token': () => [callerOf(server), { knockToken: stayed.knocker.knockToken }],
  'who had lost the connection before, by the knock token': () => [
    callerOf(server),
    { knockToken: lost.knocker.knockToken },
  ],
  'who had lost the connection before, by the session': () => [lost.session, {}],
};

test.each(Object.keys(comers))('%s: comes in no more, and nobody sees them', async (who) => {
  const [by, input] = comers[who]?.() ?? expect.unreachable('it is in the table');
  const joined = 'query ($name: String!) { room(name: $name) { participantCount cursor } }';
  const before = await read(backend, joined, { name: room.name });
  expect(await change(by, 'joinRoom', { roomName: room.name, ...input })).toMatchObject({ code: 'KNOCK_CLOSED' });
  expect(await read(backend, joined, { name: room.name })).toEqual(before);
});

test('whoever waited until then is told that nobody answered', async () => {
  const query = '{ viewer { ... on KnockRequest { status reason } } }';
  expect(await read(waits, query)).toEqual({ viewer: { status: 'EXPIRED', reason: 'TIMED_OUT' } });
});

test('a wait and an admission are shown to end at that exp, also once the room has moved its own', async () => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { status exp } } }';
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const exp = inSeconds(3_000);
  const knocks = [
    { ...(await knockBy({ ejectAtTokenExp: true, exp })), status: 'ADMITTED' },
    { ...(await knockBy({ ejectAtTokenExp: true, exp })), status: 'PENDING' },
  ];
  await change(backend, 'admitKnock', { knockId: knocks[0]?.knockId });
  for (const roomExp of [inSeconds(2_000), inSeconds(9_000)]) {
    await change(backend, 'updateRoom', { roomName: room.name, settings: { exp: roomExp } });
    for (const { knockId, status } of knocks) {
      const { node } = await read<{ node: object }>(backend, query, { id: knockId });
      expect(node).toEqual({ status, exp: roomExp < exp ? roomExp : exp });
    }
  }
});

describe('the knock token of who may come in no more is as none', () => {
  const anew = (by: Caller, input: Readonly<Record<string, unknown>>) =>
    change(by, 'knock', { roomName: room.name, ...input });

  test('where they knock as a stranger', async () => {
    expect(await anew(stayed.knocker, { userName: 'Stranger' })).toMatchObject({ __typename: 'Knocked' });
  });

  test('where they knock by a new token', async () => {
    const { jwt } = await room.token({ knocking: true, userId: 'again' });
    expect(await anew(lost.knocker, { userName: 'Again', token: jwt })).toMatchObject({ __typename: 'Knocked' });
  });

  test('where somebody joins by another token', async () => {
    const { jwt } = await room.token({ userId: 'another' });
    const joined = await change(stayed.knocker, 'joinRoom', { roomName: room.name, token: jwt });
    expect(joined).toMatchObject({ __typename: 'Joined' });
  });
});

test('an admission by the word of any other token outlives its exp', async () => {
  const { id } = await lasting.enter();
  expect(await personOf(backend, id)).toMatchObject({ connection: 'CONNECTED', leaveReason: null });
});
