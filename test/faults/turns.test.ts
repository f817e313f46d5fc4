import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTurns } from '../../src/storage/postgres/turns.ts';
import { directWay } from '../../src/storage/postgres/way.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { onThisMachine } from '../support/timing.ts';
import { anybodyAt, attempt, inParallel, many, mutations, patience, spawnServers, upTo } from './fault-kit.ts';

const database = await createTestDatabase();
const servers = await spawnServers(database.url, 4);
const first = servers[0] ?? fail();

function fail(): never {
  throw new Error('there is a server');
}

const knock = (url: string, roomName: string) =>
  attempt(anybodyAt({ url }), mutations.knock, { input: { roomName, userName: 'Knocker' } });

test('processes that write one room at once take turns: none starves, and nothing is refused', patience, async () => {
  const room = await seed(first).waitingRoom();
  // Who has just started is slow with all that it does for the first time, and would be behind for that.
  const warmUp = servers.flatMap(({ url }) => upTo(8).map(() => knock(url, room.name)));
  for (const outcome of await Promise.all(warmUp)) expect(outcome).toMatchObject({ __typename: 'Knocked' });
  // Long enough for many turns: up to eight are written at once.
  const until = performance.now() + many(3_000);
  const shares = await Promise.all(
    servers.map(async ({ url }) => {
      let done = 0;
      const client = async () => {
        for (; performance.now() < until; done += 1)
          expect(await knock(url, room.name)).toMatchObject({ __typename: 'Knocked' });
      };
      await Promise.all(upTo(8).map(client));
      return done;
    }),
  );
  const all = shares.reduce((sum, share) => sum + share, 0);
  // Even shares would be a quarter each; this machine has other things to do as well.
  for (const share of shares) expect(share / all).toBeGreaterThan(0.12);
  const [row] = await database.sql<{ knocks: number }[]>`
    select count(*)::int as knocks from knocks k join rooms r on r.id = k.room_id where r.name = ${room.name}`;
  expect(row?.knocks).toBe(all + warmUp.length);
});

test('a process that hangs while it has its turn holds nobody up', async () => {
  const room = await seed(first).waitingRoom();
  const [row] = await database.sql`select id from rooms where name = ${room.name}`;
  const { id } = z.object({ id: z.string() }).parse(row);
  const session = await database.sql.reserve();
  await session`select pg_advisory_lock(hashtextextended(${id}, 0))`;
  const begun = performance.now();
  const outcomes = await inParallel(upTo(20), 20, (index) =>
    knock((servers[index % servers.length] ?? first).url, room.name),
  );
  expect(outcomes.filter((outcome) => outcome === 'LOST' || outcome.__typename !== 'Knocked')).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(onThisMachine(2_000));
  await session`select pg_advisory_unlock_all()`;
  session.release();
});

test('a process whose turn did not come, however often, has one when there is one again', async () => {
  const turns = createTurns({ url: database.url, way: directWay });
  closeAfterwards(turns.close);
  const session = await database.sql.reserve();
  await session`select pg_advisory_lock(hashtextextended('busy', 0))`;
  expect(await Promise.all(upTo(3).map(() => turns.take('busy')))).toEqual([null, null, null]);
  await session`select pg_advisory_unlock_all()`;
  session.release();
  await expect.poll(() => turns.take('busy')).not.toBeNull();
});
