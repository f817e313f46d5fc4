import { expect, test } from 'vitest';
import { createBudgetStorage } from '../../src/storage/budget.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

const store = await createTestDatabase();
const pool = openDatabase({ url: store.url, poolSize: 1 });
closeAfterwards(pool.close);
const budgets = createBudgetStorage(pool);

/** One unit at once, and the next after a minute. */
const take = async (key: string) => {
  const { granted } = await budgets.take({ key, depth: 1, initial: 1, perSecond: 1 / 60, floors: [1] });
  return granted;
};
const setBack = (key: string, by: string) =>
  store.sql`update budgets set at = app_now() + ${by}::interval where key = ${key}`;

test('a budget fills with time alone', async () => {
  expect([await take('time'), await take('time')]).toEqual([1, 0]);
  await setBack('time', '-1 minute');
  expect([await take('time'), await take('time')]).toEqual([1, 0]);
});

test('where the database’s clock was set back, nobody waits until it is where it was', async () => {
  expect(await take('clock')).toBe(1);
  await setBack('clock', '1 hour');
  expect([await take('clock'), await take('clock')]).toEqual([1, 0]);
});

test('clocks of two machines that differ by a moment fill nothing', async () => {
  expect(await take('moment')).toBe(1);
  await setBack('moment', '1 second');
  expect(await take('moment')).toBe(0);
});

test('whoever is refused writes nothing, and holds nobody up', async () => {
  expect(await take('refused')).toBe(1);
  const row = () => store.sql`select ctid, xmin, xmax from budgets where key = 'refused'`;
  const before = await row();
  await store.sql.begin(async (sql) => {
    await sql`select from budgets where key = 'refused' for update`;
    expect(await take('refused')).toBe(0);
  });
  // Locking it, as whoever takes does, would show in xmax.
  const locked = await row();
  expect(await take('refused')).toBe(0);
  expect([locked.map(({ ctid, xmin }) => [ctid, xmin]), await row()]).toEqual([
    before.map(({ ctid, xmin }) => [ctid, xmin]),
    locked,
  ]);
});

test('of many who ask at the same moment as many are given units as there are', async () => {
  const more = Array.from({ length: 3 }, () => openDatabase({ url: store.url, poolSize: 4 }));
  for (const { close } of more) closeAfterwards(close);
  const all = more.map(createBudgetStorage);
  const request = { key: 'many', depth: 5, initial: 5, perSecond: 1 / 3_600, floors: [1] };
  await budgets.take(request);
  await store.sql`update budgets set "left" = 5 where key = 'many'`;
  const taken = await Promise.all(Array.from({ length: 8 }, () => all.map((one) => one.take(request))).flat());
  expect(taken.filter(({ granted }) => granted === 1)).toHaveLength(5);
});
