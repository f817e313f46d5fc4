import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { many, patience, seedOfRun, spawnServers, until } from './fault-kit.ts';
import { findContradiction } from './linearizable.ts';
import { roomModel } from './room-model.ts';
import { Game, type Move, makePersons } from './room-players.ts';

const database = await createTestDatabase();
const servers = await spawnServers(database.url, 4);
const [first] = servers;
if (first === undefined) throw new Error('there is a server');
const backend = seed(first);
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
const game = fc.array(fc.array(move, { minLength: 4, maxLength: 8 }), { minLength: 3, maxLength: 5 });

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
    union all select p.user_id || ' IN' from participants p join rooms r on r.id = p.room_id where r.name = ${name} and p.left_at is null`;
  return rows.map(({ seen }) => seen);
}

describe.each([1, 2, 4])('on %i processes', (processes) => {
  test(
    `whatever happens in a room at once could have happened one after the other (seed ${seedOfRun})`,
    patience,
    async () => {
      const property = fc.asyncProperty(game, async (players) => {
        const room = await backend.waitingRoom({ knockTimeoutSeconds: timeoutSeconds, knockCooldownSeconds: 0 });
        const played = new Game(room, persons, letTimePass);
        await Promise.all(
          players.map((moves, index) => {
            const server = servers[index % processes] ?? first;
            return played.play(() => server.url, moves);
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
      });
      // What chance did once it need not do again: a smaller game would not break at the same place.
      await fc.assert(property, { seed: seedOfRun, numRuns: many(12), endOnFailure: true });
    },
  );
});

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
