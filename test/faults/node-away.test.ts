import { expect, test } from 'vitest';
import { distribute } from '../../src/storage/spread-by-domain.ts';
import { change, cursorOf, followRoom } from '../api/room-kit.ts';
import { playedCluster } from '../storage/played-cluster.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

// One of the nodes that have the rooms is away: a look at the rooms of all domains fails then, as it does here without the table.

const distributed = async () => {
  const database = await playedCluster();
  await distribute(database.url);
  return database;
};

const behind = 'events are \\d+ s behind';

test.each<readonly [string, () => Promise<TestDatabase>, number, object]>([
  ['spread', distributed, 200, { ready: true, problems: [], warnings: [expect.stringMatching(behind)] }],
  ['plain', createTestDatabase, 503, { ready: false, problems: [expect.stringMatching(behind)] }],
])('rooms that cannot be looked at on a %s database', async (_what, make, status, body) => {
  const database = await make();
  const server = await startServer({ databaseUrl: database.url });
  const backend = seed(server);
  const room = await backend.room();
  // Nobody says when a subscription has begun: it is told from here on.
  const following = await followRoom(backend, { roomName: room.name, after: await cursorOf(backend, room.name) });
  await change(backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'hello' } });
  await following.next();
  await database.sql`alter table rooms rename to away`;
  const ask = async () => {
    const answer = await fetch(`${server.url}/ready`);
    return { status: answer.status, text: await answer.text() };
  };
  const answer = await until(ask, ({ text }) => text.includes('behind'), 20_000);
  expect([answer.status, JSON.parse(answer.text)]).toEqual([status, body]);
});
