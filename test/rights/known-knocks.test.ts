import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { change, read, type Said } from '../api/room-kit.ts';
import { countStatements, type StatementCounter } from '../security/statement-counter.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';

// A process that has seen a knock token lets its holder in without looking the token up: the guard of the room finds the knock and the token. Each
// token is used here, so that this process knows it; ends, or comes to open something else, at the other process; and is then used here to join.

type Waits = { readonly knockId: string; readonly knockToken: string };
type Ending = (room: RoomSeed, waits: Waits) => Promise<unknown>;

let counter: StatementCounter;
let here: TestServer;
let there: TestServer;

beforeAll(async () => {
  const database = await createTestDatabase();
  counter = await countStatements(database.url);
  here = await startServer({ databaseUrl: counter.url });
  there = await startServer({ databaseUrl: database.url });
});

const viewer = '{ viewer { __typename } }';
const joined = '... on Joined { participant { id } sessionToken }';
type JoinSaid = Said & { readonly participant?: { readonly id: string }; readonly sessionToken?: string };
const joinAt = (at: TestServer, roomName: string, knockToken: string, more = {}) =>
  change<JoinSaid>(callerOf(at), 'joinRoom', { roomName, knockToken, ...more }, joined);
const backend = () => callerOf(there, there.apiKey);
const decide =
  (field: string) =>
  (_room: RoomSeed, { knockId }: Waits) =>
    change(backend(), field, { knockId });
const admit = decide('admitKnock');
/** Admitted, and in by the other process. */
const letIn = async (room: RoomSeed, waits: Waits) => {
  await admit(room, waits);
  return joinAt(there, room.name, waits.knockToken);
};
const countInside = async ({ name }: RoomSeed) => {
  const query = `{ room(name: "${name}") { participantCount } }`;
  return (await read<{ room: { participantCount: number } }>(backend(), query)).room.participantCount;
};
const reply = ({ __typename, code, participant }: JoinSaid) => ({ __typename, code, id: participant?.id });

const endings: Readonly<Record<string, Ending>> = {
  'still waits': async () => undefined,
  'was denied': decide('denyKnock'),
  'was taken back': (_room, { knockToken }) =>
    read(callerOf(there, knockToken), 'mutation { cancelKnock { __typename } }'),
  'was admitted, and the admission taken back': async (room, waits) => {
    await admit(room, waits);
    await decide('recallAdmission')(room, waits);
  },
  'came in': letIn,
  'came in and left': async (room, waits) => {
    const { sessionToken = '' } = await letIn(room, waits);
    await read(callerOf(there, sessionToken), 'mutation { leaveRoom { __typename } }');
  },
  'came in and was put out': async (room, waits) => {
    const { participant } = await letIn(room, waits);
    await change(backend(), 'ejectParticipants', { roomName: room.name, participantIds: [participant?.id] });
  },
  'came in and was banned': async (room, waits) => {
    const { participant } = await letIn(room, waits);
    const input = { roomName: room.name, participantIds: [participant?.id], ban: true };
    await change(backend(), 'ejectParticipants', input);
  },
  'came in and was sent back': async (room, waits) => {
    const { participant } = await letIn(room, waits);
    await change(backend(), 'returnToLobby', { participantId: participant?.id });
  },
  'was admitted to a room that has closed': async (room, waits) => {
    await admit(room, waits);
    await change(backend(), 'deleteRoom', { roomName: room.name });
  },
  'was admitted to a room that has closed, and whose name a public one has now': async (room, waits) => {
    await admit(room, waits);
    await change(backend(), 'deleteRoom', { roomName: room.name });
    await change(backend(), 'createRoom', { name: room.name, settings: { privacy: 'PUBLIC' } });
  },
};

/** Somebody who waits, and whose token this process knows. */
async function waitHere(input = {}): Promise<{ readonly room: RoomSeed; readonly waits: Waits }> {
  const room = await seed(here).waitingRoom({ knockCooldownSeconds: 0 });
  const waits = await room.knocker(input);
  await read(waits, viewer);
  return { room, waits };
}

describe.each(Object.entries(endings))('whoever %s elsewhere', (_what, end) => {
  test('is answered by a process that knows their token as by one that does not', async () => {
    const { room, waits } = await waitHere();
    await end(room, waits);
    const answer = reply(await joinAt(here, room.name, waits.knockToken));
    expect(answer).toEqual(reply(await joinAt(there, room.name, waits.knockToken)));
  });
});

test('a knock token that ended when somebody else took the knock over opens nothing', async () => {
  const room = await seed(here).waitingRoom();
  const userId = randomUUID();
  const [first, second] = [await room.token({ userId, knocking: true }), await room.token({ userId, knocking: true })];
  const before = await room.knocker({ token: first.jwt });
  await read(before, viewer);
  await change(backend(), 'revokeMeetingTokens', { jtis: [first.meetingToken.jti] });
  const after = await change<{ knockToken: string }>(
    callerOf(there),
    'knock',
    { roomName: room.name, token: second.jwt, userName: 'Nora Knocker' },
    '... on Knocked { knockToken }',
  );
  await change(backend(), 'admitKnock', { knockId: before.knockId });
  expect(reply(await joinAt(here, room.name, before.knockToken)).code).toBe('KNOCK_CLOSED');
  expect(await countInside(room)).toBe(0);
  expect((await joinAt(here, room.name, after.knockToken)).__typename).toBe('Joined');
});

test('who was denied comes once into a room that is public now', async () => {
  const { room, waits } = await waitHere();
  await change(backend(), 'denyKnock', { knockId: waits.knockId });
  await change(backend(), 'updateRoom', { roomName: room.name, settings: { privacy: 'PUBLIC' } });
  expect((await joinAt(here, room.name, waits.knockToken)).__typename).toBe('Joined');
  expect(await countInside(room)).toBe(1);
});

test('a known knock token opens its own room alone', async () => {
  const { room, waits } = await waitHere();
  const other = await seed(here).waitingRoom();
  await admit(room, waits);
  const answers = [await joinAt(here, other.name, waits.knockToken), await joinAt(there, other.name, waits.knockToken)];
  expect(reply(answers[0] ?? raise())).toEqual(reply(answers[1] ?? raise()));
  expect(answers[0]?.__typename).toBe('EntryRefused');
});

function raise(): never {
  throw new Error('there is no answer');
}

test('who was admitted joins without a look at the token, and a second time as the same person', async () => {
  const { room, waits } = await waitHere();
  await change(callerOf(here, here.apiKey), 'admitKnock', { knockId: waits.knockId });
  const lookUps = () => counter.count(/"hasEnded"/);
  const before = lookUps();
  const idempotencyKey = randomUUID();
  const once = await joinAt(here, room.name, waits.knockToken, { idempotencyKey });
  expect(lookUps()).toBe(before);
  const again = await joinAt(here, room.name, waits.knockToken, { idempotencyKey });
  expect([once.__typename, again]).toEqual(['Joined', once]);
});

test('an attempt counts once, whether or not the token has to be looked up after all', async () => {
  const { room, waits } = await waitHere();
  const codes = new Set<string>();
  // More than half of what a person may try at once.
  for (let attempt = 0; attempt < 45; attempt += 1) {
    await read(callerOf(here, waits.knockToken), viewer);
    codes.add((await joinAt(here, room.name, waits.knockToken)).__typename);
  }
  expect([...codes]).not.toContain('RateLimited');
});
