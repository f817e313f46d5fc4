import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { ProcessId } from '../../src/rules/ids.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createProcessStorage } from '../../src/storage/process.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

// Of several processes one is on the lookout, by a lease that it renews.

const store = await createTestDatabase();
const pool = openDatabase({ url: store.url, poolSize: 8 });
closeAfterwards(pool.close);
const { register, keepLookout, leaveLookout, retire } = createProcessStorage(pool);

const newId = () => randomUUID() as string as ProcessId;
const minute = 60;

let [first, second, third]: readonly [ProcessId, ProcessId, ProcessId] = [newId(), newId(), newId()];

beforeEach(async () => {
  await store.sql`delete from processes`;
  // In the order of their ids.
  const [a = newId(), b = newId(), c = newId()] = [newId(), newId(), newId()].toSorted();
  [first, second, third] = [a, b, c];
  for (const id of [first, second, third]) await register(id, 7);
});

test('whoever has it keeps it, whoever else asks', async () => {
  expect(await keepLookout(second, minute)).toBe(true);
  expect([await keepLookout(first, minute), await keepLookout(third, minute)]).toEqual([false, false]);
  expect(await keepLookout(second, minute)).toBe(true);
});

test('whoever is refused writes nothing', async () => {
  await keepLookout(second, minute);
  const rows = () => store.sql`select id, ctid, xmin, xmax from processes order by id`;
  const before = [...(await rows())];
  await keepLookout(first, minute);
  expect([...(await rows())]).toEqual(before);
});

const ends: Readonly<Record<string, () => Promise<unknown>>> = {
  'its lease is over': () =>
    store.sql`update processes set lookout_until = app_now() - interval '1 second' where id = ${second}`,
  'it has given it up': () => leaveLookout(second),
  'it has stopped': () => retire(second),
  'it was declared dead': () => store.sql`update processes set dead_at = app_now() where id = ${second}`,
  'the clock was set back': () =>
    store.sql`update processes set lookout_until = app_now() + interval '1 hour' where id = ${second}`,
};

test.each(Object.entries(ends))('another process has it when %s', async (_when, end) => {
  await keepLookout(second, minute);
  await end();
  expect(await keepLookout(third, minute)).toBe(true);
});

test('of several who took it at the same instant one keeps it', async () => {
  await store.sql`update processes set lookout_until = app_now() + interval '30 seconds'`;
  const kept = await Promise.all([third, second, first].map((id) => keepLookout(id, minute)));
  expect(kept).toEqual([false, false, true]);
});

test('a process that was declared dead never has it', async () => {
  await retire(first);
  expect(await keepLookout(first, minute)).toBe(false);
});
