import { beforeAll, describe, expect, test } from 'vitest';
import { allOperations, type Operation, operationsOn } from '../api/callers-operations.ts';
import { type CallerName, expectedAnswers } from '../api/callers-policy.ts';
import { answerIn, setScene } from '../api/callers-scene.ts';
import { change, read } from '../api/room-kit.ts';
import { moveClock } from '../support/database.ts';
import type { Result } from '../support/graphql-client.ts';
import { type Caller, callerOf, type RoomSeed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { openPair, type Pair } from './people.ts';

// A credential that has ended, at each operation of the API, at the process where it ended and at another. `viewer` says of sessions and
// knocks for a day what became of them; what may be done twice may be done again; all else is answered as to a credential that nobody knows.

type Ended = {
  /** Makes the credential, which is good until `end`. */
  readonly make: (
    pair: Pair,
    room: RoomSeed,
  ) => Promise<{ readonly credential: string; readonly end: (at: TestServer) => Promise<unknown> }>;
  /** What it still answers. */
  readonly stillOpens: readonly string[];
};

const expSeconds = 3600;

async function makeKey(room: RoomSeed, exp: string | null) {
  const made = await change<{ secret: string; apiKey: { id: string } }>(
    room.backend,
    'createApiKey',
    { name: 'all', scopes: ['ADMIN'], exp },
    '... on CreatedApiKey { secret apiKey { id } }',
  );
  return { credential: made.secret, id: made.apiKey.id };
}

const asBackend = (server: TestServer) => callerOf(server, server.apiKey);
const sessionOnly = ['viewer', 'leaveRoom'];

/** One list of all credentials that are shown as bearer, and of the ways in which they end. */
const credentials: Readonly<Record<string, Ended>> = {
  'an API key that was revoked': {
    make: async (_pair, room) => {
      const { credential, id } = await makeKey(room, null);
      const document = 'mutation ($id: ID!) { revokeApiKey(apiKeyId: $id) { ... on ApiKey { id } } }';
      return { credential, end: (at) => read(asBackend(at), document, { id }) };
    },
    stillOpens: [],
  },
  'an API key that has run out': {
    make: async (pair, room) => {
      const exp = new Date(Date.now() + expSeconds * 1000).toISOString();
      const { credential } = await makeKey(room, exp);
      return { credential, end: () => moveClock(pair.database, { seconds: expSeconds + 1, areAlive: true }) };
    },
    stillOpens: [],
  },
  'a session that was replaced on resuming': {
    make: async (_pair, room) => {
      const guest = await room.guest();
      const end = async (at: TestServer) => {
        const selection = '... on Joined { sessionToken }';
        const next = await change<{ sessionToken: string }>(
          callerOf(at, guest.sessionToken),
          'joinRoom',
          { roomName: room.name },
          selection,
        );
        await read(callerOf(at, next.sessionToken), '{ viewer { __typename } }');
      };
      return { credential: guest.sessionToken, end };
    },
    stillOpens: [],
  },
  'a session that was left': {
    make: async (_pair, room) => {
      const { sessionToken } = await room.guest();
      return {
        credential: sessionToken,
        end: (at) => read(callerOf(at, sessionToken), 'mutation { leaveRoom { __typename } }'),
      };
    },
    stillOpens: sessionOnly,
  },
  'a session that was ejected': {
    make: async (_pair, room) => {
      const { id, sessionToken } = await room.guest();
      return {
        credential: sessionToken,
        end: (at) => change(asBackend(at), 'ejectParticipants', { roomName: room.name, participantIds: [id] }),
      };
    },
    stillOpens: sessionOnly,
  },
  'a knock that was taken back': {
    make: async (_pair, room) => {
      const { knockToken } = await room.knocker();
      return {
        credential: knockToken,
        end: (at) => read(callerOf(at, knockToken), 'mutation { cancelKnock { __typename } }'),
      };
    },
    stillOpens: ['viewer', 'cancelKnock'],
  },
  'a knock that was denied': {
    make: async (_pair, room) => {
      const { knockId, knockToken } = await room.knocker();
      return { credential: knockToken, end: (at) => change(asBackend(at), 'denyKnock', { knockId }) };
    },
    stillOpens: ['viewer'],
  },
};

/** Operations that need no credential, and what an ended knock that is shown to them says of itself. */
const forAnybody = ['access', 'doorPage', 'joinRoom', 'knock'];

let pair: Pair;
let operations: readonly Operation[];
let room: RoomSeed;
const ended = new Map<string, { readonly here: Caller; readonly there: Caller }>();

beforeAll(async () => {
  pair = await openPair();
  room = await pair.backend.waitingRoom({ knockCooldownSeconds: 0 });
  const [guest, left] = [await room.guest(), await room.owner()];
  await left.ask('mutation { leaveRoom { __typename } }');
  operations = operationsOn(await setScene(room, guest.id, left.id));
  for (const [name, { make }] of Object.entries(credentials)) {
    const { credential, end } = await make(pair, room);
    const callers = { here: callerOf(pair.here, credential), there: callerOf(pair.there, credential) };
    // Both processes know it, so that one of them has something to forget.
    for (const caller of Object.values(callers)) await read(caller, '{ viewer { __typename } }');
    await end(pair.there);
    ended.set(name, callers);
  }
});

async function answerTo(caller: Caller, operation: Operation): Promise<string> {
  const { document, variables } = operation;
  if (!document.startsWith('subscription')) {
    const { body } = await caller.ask<NonNullable<Result['data']>>(document, variables);
    return answerIn(body, operation);
  }
  const stream = await caller.sse().subscribe<NonNullable<Result['data']>>(document, variables);
  const first = await stream.next();
  await stream.stop();
  return answerIn(first, operation);
}

const unknown: CallerName = 'unknown credential';

describe.each(Object.entries(credentials))('%s', (name, { stillOpens }) => {
  test.each(['here', 'there'] as const)('opens nothing at any operation, at the process %s', async (where) => {
    const caller = ended.get(name)?.[where];
    if (caller === undefined) throw new Error('nobody shows this credential');
    const asked = operations.filter((operation) => ![...forAnybody, ...stillOpens].includes(operation.name));
    const answers: Record<string, string> = {};
    for (const operation of asked) answers[operation.name] = await answerTo(caller, operation);
    const expected = asked.map((operation) => [
      operation.name,
      expectedAnswers(operation.policy, operation.allowed)[unknown],
    ]);
    expect(answers).toEqual(Object.fromEntries(expected));
  });
});

test('each operation is asked, or is for anybody, or says what became of the credential', () => {
  const named = new Set([...operations.map((operation) => operation.name), 'leaveRoom', 'cancelKnock']);
  expect(allOperations.map((operation) => operation.name).filter((name) => !named.has(name))).toEqual([]);
});
