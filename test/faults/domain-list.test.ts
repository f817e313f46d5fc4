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

test('a knock whose commit took longer than changes are looked back for comes to the list of the whole domain, and nobody twice', async () => {
  const database = await createTestDatabase();
  const backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  const room = await backend.waitingRoom();
  const first = await room.knocker();
  const list = await backend.ws().subscribe<Told['data']>('subscription { knockRequested { id } }');
  const told: (string | undefined)[] = [];
  const next = async (withinMs?: number) => void told.push((await list.next(withinMs)).data?.knockRequested.id);
  await next();
  const second = await room.knocker();
  await next();
  // As it is seen when the database has waited for its standby: decided long ago, and there only now.
  await database.sql`insert into knocks select (jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(),
    'changed_at', changed_at - interval '30 seconds', 'token_hash', '\\x' || md5('late')))).* from knocks k limit 1`;
  await next(20_000);
  const third = await room.knocker();
  await next();
  expect(new Set(told).size).toBe(4);
  expect([told[0], told[1], told[3]]).toEqual([first, second, third].map(({ knockId }) => knockId));
});
