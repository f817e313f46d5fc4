import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '../support/database.ts';
import { type RoomSeed, seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import {
  anybodyAt,
  attempt,
  backendOf,
  chanceFrom,
  inParallel,
  many,
  mutations,
  type Outcome,
  patience,
  seedOfRun,
  spawnServers,
  upTo,
} from './fault-kit.ts';

const database = await createTestDatabase();
const servers = await spawnServers(database.url, 2);

const verdict = z.object({ id: z.string(), status: z.string() });

/** One of the processes, in turn. */
const serverOf = (index: number): TestServer => {
  const server = servers[index % servers.length];
  if (server === undefined) throw new Error('there is a server');
  return server;
};

const made = (outcome: Outcome | 'LOST') => {
  if (outcome === 'LOST') throw new Error('nothing is lost here');
  return outcome;
};

async function knockTimes(room: RoomSeed, count: number): Promise<readonly string[]> {
  const asked = await inParallel(upTo(count), 100, async (index) => {
    const input = { roomName: room.name, userName: `Knocker ${index}` };
    const outcome = made(await attempt(anybodyAt(serverOf(index)), mutations.knock, { input }));
    return z.object({ knockRequest: verdict }).parse(outcome).knockRequest.id;
  });
  return asked;
}

/** How often each knock was decided, by the record. */
async function decisionsOf(room: RoomSeed) {
  return database.sql<{ id: string; times: number; status: string; logged: string }[]>`
    select k.id, k.status, count(*)::int as times, min(e.payload->'knock'->>'status') as logged
    from knocks k join rooms r on r.id = k.room_id
    join room_events e on e.room_id = k.room_id and e.payload->'knock'->>'id' = k.id::text and e.payload->'knock'->>'status' <> 'PENDING'
    where r.name = ${room.name} group by k.id, k.status`;
}

test(
  'a knock is decided once, however many admit and deny it on two processes, and every loser is told how',
  patience,
  async () => {
    const room = await seed(serverOf(0)).waitingRoom();
    const ids = await knockTimes(room, many(300));
    const deciders = Array.from({ length: 8 }, (_, index) => ({
      ask: backendOf(serverOf(index)),
      document: index % 4 < 2 ? mutations.admit : mutations.deny,
      chance: chanceFrom(seedOfRun + index),
    }));
    const said = await Promise.all(
      deciders.map(({ ask, document, chance }) => {
        const order = ids.map((id) => ({ id, at: chance() })).sort((a, b) => a.at - b.at);
        return inParallel(order, 40, async ({ id }) => ({ id, outcome: made(await attempt(ask, document, { id })) }));
      }),
    );
    const decided = await decisionsOf(room);
    expect(decided.filter(({ times }) => times !== 1)).toEqual([]);
    expect(decided).toHaveLength(ids.length);

    const truth = new Map(decided.map(({ id, status }) => [id, status]));
    const answers = said.flat().map(({ id, outcome }) => {
      const isWinner = outcome.__typename === 'KnockRequest';
      if (!isWinner)
        expect(outcome).toMatchObject({ __typename: 'KnockAlreadyDecided', code: 'KNOCK_ALREADY_DECIDED' });
      const told = isWinner ? verdict.parse(outcome) : z.object({ knockRequest: verdict }).parse(outcome).knockRequest;
      return { id, isWinner, told: told.status };
    });
    expect(answers.filter(({ isWinner }) => isWinner)).toHaveLength(ids.length);
    const byGlobalId = new Map<string, Set<string>>();
    for (const { id, told } of answers) byGlobalId.set(id, (byGlobalId.get(id) ?? new Set()).add(told));
    expect([...byGlobalId.values()].filter(({ size }) => size !== 1)).toEqual([]);
    expect(countBy(answers.filter(({ isWinner }) => isWinner).map(({ told }) => told))).toEqual(
      countBy([...truth.values()]),
    );
  },
);

test(
  'admitting everybody and denying some at once gives each knock one verdict, and no client sees a deadlock',
  patience,
  async () => {
    const room = await seed(serverOf(0)).waitingRoom();
    const ids = await knockTimes(room, Math.min(1_000, many(300)));
    const denied = ids.filter((_, index) => index % 10 === 0);
    const input = { roomName: room.name, requestedBefore: new Date(Date.now() + 60_000).toISOString() };
    const [all, ...single] = await Promise.all([
      attempt(backendOf(serverOf(0)), mutations.admitMany, { input }).then(made),
      ...denied.map((id, index) => attempt(backendOf(serverOf(index)), mutations.deny, { id }).then(made)),
    ]);
    const admitted = z
      .object({ knockRequests: z.array(verdict) })
      .parse(all)
      .knockRequests.map(({ id }) => id);
    const won = single.filter(({ __typename }) => __typename === 'KnockRequest');
    expect(single.filter(({ code }) => code !== undefined && code !== 'KNOCK_ALREADY_DECIDED')).toEqual([]);
    expect(admitted.length + won.length).toBe(ids.length);
    expect(new Set([...admitted, ...won.map((one) => verdict.parse(one).id)]).size).toBe(ids.length);
    expect((await decisionsOf(room)).filter(({ times }) => times !== 1)).toEqual([]);
  },
);

test(
  'of ten times as many joins as there are places, on two processes, exactly as many come in',
  patience,
  async () => {
    const places = many(5);
    const room = await seed(serverOf(0)).room({ maxParticipants: places });
    const outcomes = await inParallel(upTo(places * 10), 60, async (index) => {
      return made(
        await attempt(anybodyAt(serverOf(index)), mutations.join, {
          input: { roomName: room.name, userName: 'Guest' },
        }),
      );
    });
    expect(countBy(outcomes.map(({ code }) => code ?? 'IN'))).toEqual({ IN: places, ROOM_FULL: places * 9 });
  },
);

test('on two processes together, a token opens exactly as many sessions as it has uses', patience, async () => {
  const room = await seed(serverOf(0)).waitingRoom();
  const { jwt } = await room.token({ maxUses: 7 });
  const outcomes = await inParallel(upTo(many(40)), 40, async (index) => {
    const input = { roomName: room.name, userName: 'Guest', token: jwt };
    return made(await attempt(anybodyAt(serverOf(index)), mutations.join, { input }));
  });
  expect(countBy(outcomes.map(({ code }) => code ?? 'IN'))).toEqual({ IN: 7, TOKEN_USED_UP: outcomes.length - 7 });
});

test('the same key fifty times at once is one knock with one token, and one session', patience, async () => {
  const room = await seed(serverOf(0)).waitingRoom();
  const idempotencyKey = randomBytes(24).toString('base64url');
  const input = { roomName: room.name, userName: 'Twice', idempotencyKey };
  const knocks = await inParallel(upTo(50), 50, async (index) =>
    z
      .object({ knockToken: z.string(), knockRequest: verdict })
      .parse(await attempt(anybodyAt(serverOf(index)), mutations.knock, { input })),
  );
  expect(new Set(knocks.map(({ knockToken, knockRequest }) => `${knockToken} ${knockRequest.id}`)).size).toBe(1);

  const { jwt } = await room.token({ maxUses: 1 });
  const joins = await inParallel(upTo(50), 50, async (index) =>
    z
      .object({ sessionToken: z.string(), participant: z.object({ id: z.string() }) })
      .parse(await attempt(anybodyAt(serverOf(index)), mutations.join, { input: { ...input, token: jwt } })),
  );
  expect(new Set(joins.map(({ sessionToken, participant }) => `${sessionToken} ${participant.id}`)).size).toBe(1);
});

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
