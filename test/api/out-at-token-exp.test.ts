import { beforeAll, expect, test } from 'vitest';
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

// A token that puts its holder out at its exp ends the admission behind which it stands as well: whoever came in by that would be
// inside for a moment, and out again.

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
  expect(await admit(waits)).toMatchObject({ __typename: 'KnockRequest' });
});

/** Who comes once the exp has passed, and with what. */
const comers: Readonly<Record<string, () => readonly [by: Caller, input: Readonly<Record<string, unknown>>]>> = {
  'who was let in only then, by the knock token': () => [callerOf(server), { knockToken: waits.knockToken }],
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
  expect(await change(by, 'joinRoom', { roomName: room.name, ...input })).toMatchObject({ code: 'TOKEN_EXPIRED' });
  expect(await read(backend, joined, { name: room.name })).toEqual(before);
});

test('the door says it beforehand to who was let in', async () => {
  const query = 'query ($name: String!) { access(roomName: $name) { level refusal { code } } }';
  const { access } = await read<{ access: object }>(waits, query, { name: room.name });
  expect(access).toEqual({ level: 'NONE', refusal: { code: 'TOKEN_EXPIRED' } });
});

test('an admission by the word of any other token outlives its exp', async () => {
  const { id } = await lasting.enter();
  expect(await personOf(backend, id)).toMatchObject({ connection: 'CONNECTED', leaveReason: null });
});
