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
