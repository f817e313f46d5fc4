import fc from 'fast-check';
import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { many, patience, seedOfRun, spawnServers, until } from './fault-kit.ts';
import { findContradiction } from './linearizable.ts';
import { roomModel } from './room-model.ts';
import { Game, type Move, makePersons } from './room-players.ts';

const database = await createTestDatabase();
// All at once they would wait for each other longer than a start may take on a busy machine.
const servers = [...(await spawnServers(database.url, 4)), ...(await spawnServers(database.url, 4))];
const first = servers[0] ?? fail();
// Not the one that will be saturated.
const backend = seed(servers.at(-1) ?? fail());
const persons = await makePersons(backend, 3);

const kinds: readonly (readonly [Move['kind'], number])[] = [
  ['knock', 8],
  ['admit', 6],
  ['join', 8],
  ['deny', 2],
  ['cancel', 2],
  ['leave', 3],
  ['eject', 2],
  ['open', 1],
  ['close', 2],
  ['expire', 1],
  ['delete', 1],
];

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(...kinds.map(([kind, weight]) => ({ arbitrary: fc.constant(kind), weight }))),
  person: fc.nat({ max: persons.length - 1 }),
  ban: fc.boolean(),
});
const few: fc.Arbitrary<Move[][]> = fc.array(fc.array(move, { minLength: 4, maxLength: 8 }), {
  minLength: 3,
  maxLength: 5,
});
// One player for each process.
const eight: fc.Arbitrary<Move[][]> = fc.array(fc.array(move, { minLength: 2, maxLength: 5 }), {
  minLength: 8,
  maxLength: 8,
});

// Knocks time out after ten seconds here: one step of the clock is enough, and no session is lost by it.
const timeoutSeconds = 10;
let ahead = 0;
const letTimePass = async () => {
  ahead += timeoutSeconds + 2;
  await moveClock(database, { seconds: ahead });
};

const nothingIsDue = () =>
  until(
    () => database.sql`select 1 from rooms where due_at <= app_now()`,
    (due) => due.length === 0,
  );

async function whatIsThere(name: string): Promise<readonly string[]> {
  const rows = await database.sql<{ seen: string }[]>`
    select k.user_id || ' ' || k.status as seen from knocks k join rooms r on r.id = k.room_id where r.name = ${name}
    union all select coalesce(p.user_id, 'nobody') || ' IN' from participants p join rooms r on r.id = p.room_id where r.name = ${name} and p.left_at is null`;
  return rows.map(({ seen }) => seen);
}

function fail(): never {
  throw new Error('there is a server');
}

/** Plays one game in a room of its own on the first of the processes, and holds what was answered against every serial order. */
async function playOn(processes: number, players: readonly (readonly Move[])[]): Promise<void> {
  const room = await backend.waitingRoom({ knockTimeoutSeconds: timeoutSeconds, knockCooldownSeconds: 0 });
  const played = new Game(room, persons, letTimePass);
  await Promise.all(
    players.map((moves, index) => {
      const { url } = servers[index % processes] ?? first;
      return played.play(() => url, moves);
    }),
  );
  await nothingIsDue();
  played.end(await whatIsThere(room.name));
  const order = findContradiction(roomModel, played.history);
  if (order !== null) throw new Error(`${explain(played.history, order)}\n${await recordOf(room.name)}`);
  const banned = await database.sql`
    select p.user_id from participants p join rooms r on r.id = p.room_id join bans b on b.room_id = r.id and b.user_id = p.user_id
    where r.name = ${room.name} and p.left_at is null and b.lifted_at is null`;
  expect(banned).toEqual([]);
}

/** What chance did once it need not do again: a smaller game would not break at the same place. */
const playAll = (game: fc.Arbitrary<Move[][]>, processes: number, games: number) =>
  fc.assert(
    fc.asyncProperty(game, (players) => playOn(processes, players)),
    { seed: seedOfRun, numRuns: games, endOnFailure: true },
  );

const asIfInTurn = `whatever happens in a room at once could have happened one after the other (seed ${seedOfRun})`;

test.each([1, 2, 4])(`on %i processes ${asIfInTurn}`, patience, (processes) => playAll(few, processes, many(12)));

test(`on 8 processes, one of them saturated, ${asIfInTurn}`, patience, async () => {
  const { answered, stop } = saturate(first.url);
  await playAll(eight, 8, many(5)).finally(stop);
  expect(answered()).toBeGreaterThan(many(20));
});

/** Keeps a process at work all the time, so that whatever else is asked of it waits. */
function saturate(url: string) {
  let isOver = false;
  let answered = 0;
  // Much to do for the process, and nothing for the database.
  const ask = async () => {
    while (!isOver) {
      const response = await fetch(`${url}/graphql?query=${encodeURIComponent(getIntrospectionQuery())}`);
      expect(response.status).toBe(200);
      await response.bytes();
      answered += 1;
    }
  };
  const asking = Promise.all([ask(), ask()]);
  const stop = async () => {
    isOver = true;
    await asking;
  };
  return { answered: () => answered, stop };
}

async function recordOf(name: string): Promise<string> {
  const rows = await database.sql<{ line: string }[]>`
    select concat_ws(' ', e.seq, e.type, left(e.group_id::text, 8), e.at, e.payload->'knock', e.payload->'participant', e.also) as line
    from room_events e join rooms r on r.id = e.room_id where r.name = ${name} order by e.seq`;
  return rows.map(({ line }) => line).join('\n');
}

function explain(history: Game['history'], order: readonly number[]): string {
  const lines = history.map(({ call, begunAt, endedAt, output }, index) => {
    const place = order.indexOf(index);
    const times = `${begunAt.toFixed(1)}–${endedAt.toFixed(1)}`;
    return `${index} [${place < 0 ? 'no place' : place}] ${times} ${JSON.stringify(call)} → ${JSON.stringify(output)}`;
  });
  return `no serial order explains this:\n${lines.join('\n')}`;
}
