import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { DatabaseError } from '../../src/storage/postgres/error.ts';
import { createTimelineReader, followTimeline } from '../../src/storage/timeline.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';

test('a database says which timeline it writes on', async () => {
  const database = openDatabase({ url: (await createTestDatabase()).url, poolSize: 1 });
  closeAfterwards(database.close);
  const read = createTimelineReader(database);
  expect(await read()).toMatch(/^[0-9A-F]{8}$/);
  expect(await read()).toBe(await read());
});

test.each([
  ['lends it to nobody', 'BAD', '42501', null],
  ['knows no such function', 'REFUSED', '0A000', null],
  ['does not answer', 'LOST', 'ECONNRESET', null],
] as const)('a database that %s', async (_, failure, code, expected) => {
  const query = async () => {
    throw new DatabaseError(failure, code);
  };
  const outcome = await createTimelineReader({ query })
    .call(null)
    .catch(() => 'thrown');
  expect(outcome).toBe(expected);
});

test('another timeline is told of once each time that it changes', async () => {
  const timelines = ['A', 'A', null, 'A', 'B', 'B', null, 'B', 'A', 'A'];
  const told: number[] = [];
  let index = -1;
  const look = followTimeline(
    async () => timelines[index] ?? null,
    () => told.push(index),
  );
  for (index = 0; index < timelines.length; index += 1) await look();
  expect(told).toEqual([4, 8]);
});
