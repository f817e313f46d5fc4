import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { chanceFrom, many, patience, seedOfRun, spawnOne, until, upTo } from './fault-kit.ts';
import { findContradiction, type Operation } from './linearizable.ts';
import { type Call, type Output, roomModel } from './room-model.ts';
import { Game, type Move, makePersons } from './room-players.ts';

const database = await createTestDatabase();
const proxies = await Promise.all([startTcpProxy(database.url), startTcpProxy(database.url)]);
const servers: ServerProcess[] = await Promise.all(proxies.map(({ url }) => spawnOne(url)));
const persons = await makePersons(seed(servers[0] ?? missing()), 4);

function missing(): never {
  throw new Error('there is one');
}

// What the game before has done to connections may still be in the way of the first try.
const makeRoom = () => seed(servers[0] ?? missing()).waitingRoom({ knockCooldownSeconds: 0 });

type Chance = () => number;

const pick = <Item>(items: readonly Item[], chance: Chance): Item =>
  items[Math.floor(chance() * items.length)] ?? missing();

/** What goes wrong now and then, in ways that processes, connections and networks know. */
const troubles: readonly ((chance: Chance) => Promise<void>)[] = [
  async () => {
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.name} and application_name = 'vestibule'`;
  },
  async (chance) => pick(proxies, chance).cut(),
  async (chance) => {
    const proxy = pick(proxies, chance);
    proxy.hold(pick(['requests', 'answers'] as const, chance));
    await pause(30 + chance() * 150);
    if (chance() < 0.5) proxy.cut();
    proxy.release();
  },
  async (chance) => {
    const proxy = pick(proxies, chance);
    proxy.refuse();
    proxy.cut();
    await pause(chance() * 150);
    proxy.accept();
  },
  async (chance) => {
    const server = pick(servers, chance);
    await server.kill('SIGSTOP');
    await pause(chance() * 200);
    await server.kill('SIGCONT');
  },
];

async function killOne(chance: Chance): Promise<void> {
  const index = Math.floor(chance() * servers.length);
  const old = servers[index] ?? missing();
  await old.kill('SIGKILL');
  servers[index] = await spawnOne(proxies[index]?.url ?? missing(), { PORT: new URL(old.url).port });
}

const kinds: readonly Move['kind'][] = [
  'knock',
  'knock',
  'admit',
  'admit',
  'join',
  'join',
  'deny',
  'cancel',
  'leave',
  'eject',
];

function movesOf(chance: Chance, count: number): readonly Move[] {
  return upTo(count).map(() => ({ kind: pick(kinds, chance), person: Math.floor(chance() * 4), ban: chance() < 0.15 }));
}

/** One person's part of a game: what concerns others does not concern it. */
function partOf(userId: string, history: readonly Operation<Call, Output>[]): readonly Operation<Call, Output>[] {
  const owners = new Map<string, string>();
  for (const { call, output } of history) {
    if (call.kind === 'knock' && output?.knock !== undefined) owners.set(output.knock, call.person);
    if (call.kind === 'join' && output?.participant !== undefined)
      owners.set(output.participant, owners.get(call.knock) ?? '');
  }
  const ownerOf = (call: Call): string | undefined => {
    if ('person' in call) return call.person;
    if ('knock' in call) return owners.get(call.knock);
    return 'participant' in call ? owners.get(call.participant) : userId;
  };
  // Whose token a call showed is its place in the whole game's history, so that operations stay where they are.
  return history.map((operation) => {
    if (operation.call.kind === 'look') {
      const seen = operation.output?.seen?.filter((line) => line.startsWith(`${userId} `)) ?? [];
      return { ...operation, output: { said: 'OK', seen } };
    }
    return ownerOf(operation.call) === userId ? operation : nothing;
  });
}

/** In the place of what somebody else did. */
const nothing: Operation<Call, Output> = {
  call: { kind: 'expire' },
  begunAt: 0,
  endedAt: Number.POSITIVE_INFINITY,
  output: { said: 'never' },
};
const personModel = {
  ...roomModel,
  step: (...args: Parameters<typeof roomModel.step>) => (args[1].kind === 'expire' ? null : roomModel.step(...args)),
};

describe(`under faults (seed ${seedOfRun})`, () => {
  test.each(upTo(many(2)))(
    'game %i: every answer that was given fits one order of all that was asked',
    patience,
    async (round) => {
      const chance = chanceFrom(seedOfRun + round);
      const room = await until(
        () => makeRoom().catch(() => null),
        (made) => made !== null,
      );
      if (room === null) throw new Error('until waits for a room');
      const game = new Game(room, persons, async () => undefined);
      let isOver = false;
      const trouble = (async () => {
        for (let count = 1; !isOver; count += 1) {
          await pause(40 + chance() * 120);
          // What goes wrong while a process starts ends it, and its supervisor starts it again: nothing else goes wrong meanwhile.
          await (count === 3 ? killOne(chance) : pick(troubles, chance)(chance));
        }
      })();
      const playing = upTo(6).map((index) =>
        game.play(() => servers[(index + round) % servers.length]?.url ?? missing(), movesOf(chance, 20)),
      );
      await Promise.all(playing);
      isOver = true;
      await trouble;
      const rows = await database.sql<{ seen: string }[]>`
      select k.user_id || ' ' || k.status as seen from knocks k join rooms r on r.id = k.room_id where r.name = ${room.name}
      union all select p.user_id || ' IN' from participants p join rooms r on r.id = p.room_id where r.name = ${room.name} and p.left_at is null`;
      game.end(rows.map(({ seen }) => seen));
      expect(servers.map((server) => server.output()).join('')).not.toContain('Error');
      const answered = game.history.filter(({ output }) => output !== null);
      expect(answered.length).toBeGreaterThan(10);
      for (const { userId } of persons) {
        const part = partOf(userId, game.history);
        const order = findContradiction(personModel, part);
        if (order !== null)
          throw new Error(
            `no serial order explains this:\n${part
              .map(
                (one, index) =>
                  `${index} [${order.indexOf(index)}] ${one.begunAt.toFixed(1)}–${one.endedAt.toFixed(1)} ${JSON.stringify(one.call)} → ${JSON.stringify(one.output)}`,
              )
              .filter((_, index) => part[index] !== nothing)
              .join('\n')}`,
          );
      }
    },
  );
});

test('a history that contradicts itself is found out', () => {
  const at = (begunAt: number, endedAt: number, call: Call, output: Output | null): Operation<Call, Output> => ({
    begunAt,
    endedAt,
    call,
    output,
  });
  const knock = at(0, 1, { kind: 'knock', person: 'p' }, { said: 'OK', knock: 'k', status: 'PENDING' });
  const admitted = at(2, 3, { kind: 'admit', knock: 'k' }, { said: 'OK', status: 'ADMITTED' });
  const denied = at(2, 4, { kind: 'deny', knock: 'k', ban: false }, { said: 'OK', status: 'DENIED' });
  expect(findContradiction(roomModel, [knock, admitted])).toBeNull();
  // Two that both decided it; a verdict that was never given; a knock that was acknowledged and is gone.
  expect(findContradiction(roomModel, [knock, admitted, denied])).not.toBeNull();
  expect(
    findContradiction(roomModel, [
      knock,
      admitted,
      at(5, 6, { kind: 'admit', knock: 'k' }, { said: 'DECIDED', status: 'DENIED' }),
    ]),
  ).not.toBeNull();
  expect(findContradiction(roomModel, [knock, at(5, 6, { kind: 'look' }, { said: 'OK', seen: [] })])).not.toBeNull();
  // What got no answer may have been done, or not.
  const lost = at(2, Number.POSITIVE_INFINITY, { kind: 'deny', knock: 'k', ban: false }, null);
  expect(
    findContradiction(roomModel, [knock, lost, at(5, 6, { kind: 'look' }, { said: 'OK', seen: ['p DENIED'] })]),
  ).toBeNull();
  expect(
    findContradiction(roomModel, [knock, lost, at(5, 6, { kind: 'look' }, { said: 'OK', seen: ['p PENDING'] })]),
  ).toBeNull();
});
