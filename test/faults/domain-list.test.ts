import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from './fault-kit.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

type Told = { readonly data?: { readonly knockRequested: { readonly id: string } } | null };

test('a knock that waited for its room comes to the list of the whole domain, however much was read meanwhile', async () => {
  const database = await createTestDatabase();
  const backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  const [held, busy] = [await backend.waitingRoom(), await backend.waitingRoom()];
  const list = await backend.ws().subscribe<Told['data']>('subscription { knockRequested { id } }');
  const isTold = (knockId: string) => list.find(({ data }) => data?.knockRequested.id === knockId);
  const unlock = await lockRoom(database, held.name);
  // It is decided, and cannot be written yet.
  const late = held.knocker();
  await until(
    () => countLockWaits(database),
    (waiting) => waiting >= 1,
  );
  for (const _time of ['once', 'and again']) await isTold((await busy.knocker()).knockId);
  await unlock();
  const { knockId } = await late;
  expect(await isTold(knockId)).toMatchObject({ data: { knockRequested: { id: knockId } } });
});
