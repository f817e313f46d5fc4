import { beforeAll, describe, expect, test } from 'vitest';
import { createClient, createVisit, type TokenStorage } from '../../packages/client/src/index.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createStorage, follow, followLeaving } from './client-kit.ts';

// Whoever goes from the page while something is asked for them: what comes late changes nothing, and nobody stays inside for it.

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

/** Holds back the first answer in which this is asked, until it is let go. */
function holdBack(what: string) {
  const [asked, letGo, came] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const answer = await globalThis.fetch(url, init);
    if (String(init?.body).includes(what)) {
      asked.resolve();
      await letGo.promise;
      // All that follows an answer is done before the next turn.
      setTimeout(came.resolve, 0);
    }
    return answer;
  };
  const release = async () => {
    letGo.resolve();
    await came.promise;
  };
  return { fetch, asked: asked.promise, release };
}

interface Place {
  readonly storage: TokenStorage;
  readonly sessionToken?: string;
  readonly fetch?: typeof globalThis.fetch;
}

const open = (room: RoomSeed, { fetch, ...options }: Place) =>
  createVisit(createClient({ url: server.url, ...(fetch === undefined ? {} : { fetch }) }), {
    roomName: room.name,
    ...options,
  });

async function enter(visit: ReturnType<typeof open>) {
  const letGo = visit.hold();
  const { session } = await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
  if (session === null) throw new Error('inside without a session');
  return { letGo, session };
}

async function gone(visit: ReturnType<typeof open>, letGo: () => void): Promise<void> {
  letGo();
  await follow(visit.join.view).until(({ phase }) => phase === 'IDLE');
}

/** Why those have left who left, oldest first. */
async function readLeaving({ name }: RoomSeed): Promise<readonly string[]> {
  type Answer = {
    readonly room: { readonly events: { readonly nodes: readonly { readonly leaveReason?: string }[] } };
  };
  const query =
    'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { ... on ParticipantLeft { leaveReason } } } } }';
  const { body } = await backend.ask<Answer>(query, { name });
  return body.data?.room.events.nodes.flatMap(({ leaveReason }) => leaveReason ?? []) ?? [];
}

describe('a visit that has gone', () => {
  test('while the session was looked at that another page handed over goes on with nothing', async () => {
    const room = await backend.room();
    const { sessionToken } = await room.guest();
    const storage = createStorage();
    const gate = holdBack('viewer');
    const first = open(room, { storage, sessionToken, fetch: gate.fetch });
    const letGo = first.hold();
    await gate.asked;
    await gone(first, letGo);
    await gate.release();
    const second = open(room, { storage, sessionToken });
    const inside = await enter(second);
    await gone(second, inside.letGo);
    await expect.poll(() => readLeaving(room)).toEqual(['LEFT']);
  });

  test('while they knocked keeps the knock, and holds nobody inside who goes on with it', async () => {
    const room = await backend.waitingRoom();
    const storage = createStorage();
    const gate = holdBack('knock(');
    const first = open(room, { storage, fetch: gate.fetch });
    const letGo = first.hold();
    await follow(first.join.view).until(({ phase }) => phase === 'MUST_KNOCK');
    const knocking = first.knock.actions.knock({ userName: 'Nora' });
    await gate.asked;
    await gone(first, letGo);
    await gate.release();
    await knocking;
    const second = open(room, { storage });
    const letGoAgain = second.hold();
    const knock = follow(second.knock.view);
    const { knockRequest } = await knock.until(({ phase }) => phase === 'WAITING');
    await backend.ask('mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename } }', {
      input: { knockId: knockRequest?.id },
    });
    await follow(second.join.view).until(({ phase }) => phase === 'JOINED');
    knock.stop();
    const kept = storage.size();
    await second.join.actions.leave();
    letGoAgain();
    // The session and the knock are forgotten.
    await expect.poll(() => kept - storage.size()).toBe(2);
  });
});

describe('whoever goes', () => {
  test('while a session of before is looked at leaves, and is not brought back by the next page', async () => {
    const room = await backend.room();
    const storage = createStorage();
    const before = open(room, { storage });
    const letGoBefore = before.hold({ leaves: false });
    await follow(before.join.view).until(({ phase }) => phase === 'JOINED');
    await gone(before, letGoBefore);
    const gate = holdBack('viewer');
    const visit = open(room, { storage, fetch: gate.fetch });
    const letGo = visit.hold();
    await gate.asked;
    await gone(visit, letGo);
    await gate.release();
    await expect.poll(() => readLeaving(room)).toEqual(['LEFT']);
    expect(storage.size()).toBe(0);
  });

  test('while a stay whose connection was lost is brought back leaves', async () => {
    const lost = await createTestDatabase();
    const own = await startServer({ databaseUrl: lost.url });
    const itsBackend = seed(own);
    const room = await itsBackend.room();
    const { sessionToken } = await room.guest();
    const left = await followLeaving(itsBackend, room);
    await moveClock(lost, { seconds: 60, areAlive: true });
    await left.find(({ data }) => data?.roomEvents.leaveReason === 'CONNECTION_LOST', 15_000);
    const gate = holdBack('joinRoom');
    const storage = createStorage();
    const client = createClient({ url: own.url, fetch: gate.fetch });
    const visit = createVisit(client, { roomName: room.name, storage, sessionToken });
    const letGo = visit.hold();
    await gate.asked;
    await gone(visit, letGo);
    await gate.release();
    await left.find(({ data }) => data?.roomEvents.leaveReason === 'LEFT', 15_000);
    // Whose stay it was is all that is known.
    expect(storage.size()).toBe(1);
  });
});
