import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { underGuard } from '../../schema/root-guard.ts';
import { lastOperations, type Operation, operationsOn } from '../api/callers-operations.ts';
import { answerIn, setScene } from '../api/callers-scene.ts';
import { change, read } from '../api/room-kit.ts';
import { countStatements, type StatementCounter } from '../security/statement-counter.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Result } from '../support/graphql-client.ts';
import { callerOf, type KnockerSeed, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';

// A process keeps whose session or knock token it was, for commands that the guard of the room confirms. Each credential is used here, so that
// this process keeps it, ends or becomes another at the other process, and is then used here for each of those commands.

type Person = { readonly bearer: string; readonly end: (at: TestServer) => Promise<unknown> };

const asBackend = (server: TestServer) => callerOf(server, server.apiKey);
const viewer = '{ viewer { __typename ... on Participant { id } ... on KnockRequest { id status } } }';

/** Hands out a new session token, and uses it. */
async function replace(at: TestServer, { name: roomName }: RoomSeed, bearer: string): Promise<void> {
  const selection = '... on Joined { sessionToken }';
  const { sessionToken } = await change<{ sessionToken: string }>(
    callerOf(at, bearer),
    'joinRoom',
    { roomName },
    selection,
  );
  await read(callerOf(at, sessionToken), viewer);
}

const ofSession = (
  come: (room: RoomSeed) => Promise<ParticipantSeed>,
  end: (at: TestServer, room: RoomSeed, person: ParticipantSeed) => Promise<unknown>,
) => {
  return async (room: RoomSeed): Promise<Person> => {
    const person = await come(room);
    return { bearer: person.sessionToken, end: (at) => end(at, room, person) };
  };
};
const ofKnock = (end: (at: TestServer, room: RoomSeed, knocker: KnockerSeed) => Promise<unknown>) => {
  return async (room: RoomSeed): Promise<Person> => {
    const knocker = await room.knocker();
    return { bearer: knocker.knockToken, end: (at) => end(at, room, knocker) };
  };
};

const owner = (room: RoomSeed) => room.owner();
const guest = (room: RoomSeed) => room.guest({ userId: randomUUID() });
const leave = 'mutation { leaveRoom { __typename } }';
const ejected = (at: TestServer, { name: roomName }: RoomSeed, { id }: ParticipantSeed) =>
  change(asBackend(at), 'ejectParticipants', { roomName, participantIds: [id] });
const endings: Readonly<Record<string, (room: RoomSeed) => Promise<Person>>> = {
  "an owner's session that was replaced": ofSession(owner, (at, room, { sessionToken }) =>
    replace(at, room, sessionToken),
  ),
  "an owner's session that was left": ofSession(owner, (at, _room, { sessionToken }) =>
    read(callerOf(at, sessionToken), leave),
  ),
  "an owner's session that was ejected": ofSession(owner, ejected),
  "a guest's session that was replaced": ofSession(guest, (at, room, { sessionToken }) =>
    replace(at, room, sessionToken),
  ),
  "a guest's session that was ejected": ofSession(guest, ejected),
  'a session whose holder was sent back to the lobby': ofSession(guest, (at, _room, { id: participantId }) =>
    change(asBackend(at), 'returnToLobby', { participantId }),
  ),
  'a knock that was denied': ofKnock((at, _room, { knockId }) => change(asBackend(at), 'denyKnock', { knockId })),
  'a knock that was admitted': ofKnock((at, _room, { knockId }) => change(asBackend(at), 'admitKnock', { knockId })),
  'a knock that was taken back': ofKnock((at, _room, { knockToken }) =>
    read(callerOf(at, knockToken), 'mutation { cancelKnock { __typename } }'),
  ),
};

let counter: StatementCounter;
let here: TestServer;
let there: TestServer;
let room: RoomSeed;
let operations: readonly Operation[];

async function start(databaseUrl: string): Promise<TestServer> {
  const port = await findFreePort();
  const server = await startServer({ databaseUrl, rateLimits: false, port, publicUrl: 'http://vestibule.example' });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

beforeAll(async () => {
  const database = await createTestDatabase();
  counter = await countStatements(database.url);
  here = await start(counter.url);
  there = await start(database.url);
  room = await seed(here).waitingRoom({ knockCooldownSeconds: 0 });
  const left = await room.owner();
  await read(left, leave);
  const scene = operationsOn(await setScene(room, (await room.guest()).id, left.id));
  operations = [...scene, ...lastOperations()].filter(({ name }) => underGuard.has(name));
});

async function ask(at: TestServer, bearer: string, operation: Operation): Promise<string> {
  const { body } = await callerOf(at, bearer).ask<NonNullable<Result['data']>>(operation.document, operation.variables);
  return answerIn(body, operation);
}

const lookUps = () => counter.count(/"hasEnded"/);

test('each command that is decided on a kept credential is asked', () => {
  expect(operations.map(({ name }) => name).toSorted()).toEqual([...underGuard].toSorted());
});

describe.each(Object.entries(endings))('%s elsewhere', (_what, come) => {
  test('is answered as by a process that keeps nothing, at each command', async () => {
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const operation of operations) {
      const { bearer, end } = await come(room);
      await read(callerOf(here, bearer), viewer);
      await end(there);
      // A query makes the other process look.
      await callerOf(there, bearer).ask(viewer);
      answers[operation.name] = await ask(here, bearer, operation);
      expected[operation.name] = await ask(there, bearer, operation);
    }
    expect(Object.keys(answers).length).toBeGreaterThan(10);
    expect(answers).toEqual(expected);
  });
});

test('whoever is known needs no look at the database for a command, and one for a query', async () => {
  const { sessionToken } = await room.owner();
  const caller = callerOf(here, sessionToken);
  await read(caller, viewer);
  const before = lookUps();
  expect(before).toBeGreaterThan(0);
  for (const audio of [true, false]) await change(caller, 'updateMyMedia', { audio });
  expect(lookUps()).toBe(before);
  await read(caller, viewer);
  expect(lookUps()).toBe(before + 1);
});

test('a command that is refused before its room is asked is answered after one look', async () => {
  const { sessionToken } = await room.guest();
  const caller = callerOf(here, sessionToken);
  await read(caller, viewer);
  const before = lookUps();
  const answer = await change(caller, 'replyToKnock', { knockId: 'knk_none', reply: 'x'.repeat(5_000) });
  expect(answer.__typename).toBe('InvalidInput');
  expect(lookUps()).toBe(before + 1);
});
