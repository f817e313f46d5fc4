import { isObjectType } from 'graphql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { schema } from '../../schema/index.ts';
import type { DomainId, KnockId, RoomId } from '../../src/rules/ids.ts';
import { createKnockQueues } from '../../src/streams/knock-queue.ts';

// A crowd asks for its places again and again; the database is asked as often as is promised.

const place = { domainId: 'd' as DomainId, roomId: 'r' as RoomId };
const [first, second] = ['first' as KnockId, 'second' as KnockId];

const shown = schema.getType('KnockRequest');
const { description = '' } = (isObjectType(shown) && shown.getFields().position) || {};
const promisedMs = 1000 * Number(/at most every (\d+) seconds/.exec(description ?? '')?.[1]);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function queuesOf(ids: readonly KnockId[]) {
  const count = vi.fn(async () => ids);
  return { count, queues: createKnockQueues({ queue: count }, (error) => expect.unreachable(String(error))) };
}

test('places are counted once in the time that is promised, whoever asks', async () => {
  const { count, queues } = queuesOf([first, second]);
  expect(await queues.rankOf({ ...place, id: first })).toBe(1);
  await vi.advanceTimersByTimeAsync(promisedMs - 1);
  expect(await queues.rankOf({ ...place, id: second })).toBe(2);
  expect(count).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await queues.rankOf({ ...place, id: second })).toBe(2);
  expect(count).toHaveBeenCalledTimes(2);
});

test('whoever follows is woken once in that time, however often something moves', async () => {
  const { count, queues } = queuesOf([first, second]);
  const wake = vi.fn();
  const { queue, release } = queues.watch(place, wake);
  await queue.rankOf(first);
  for (let waitedMs = 0; waitedMs < 3 * promisedMs; waitedMs += 100) {
    queue.soon();
    await vi.advanceTimersByTimeAsync(100);
  }
  release();
  expect(count).toHaveBeenCalledTimes(1 + 3);
  expect(wake).toHaveBeenCalledTimes(1 + 3);
});

test('places that the database did not tell are counted again, though nobody moves, as long as somebody follows them', async () => {
  const [before, own] = [first, second];
  const away = new Error('the database is away');
  const count = vi.fn(async (): Promise<readonly KnockId[]> => [own]);
  count.mockResolvedValueOnce([before, own]).mockRejectedValueOnce(away).mockRejectedValueOnce(away);
  const onError = vi.fn();
  const { queue, release } = createKnockQueues({ queue: count }, onError).watch(place, () => {});
  expect(await queue.rankOf(own)).toBe(2);
  queue.soon();
  await vi.advanceTimersByTimeAsync(6_100);
  expect([queue.known(own), onError.mock.calls]).toEqual([1, [[away], [away]]]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toHaveBeenCalledTimes(4);
  count.mockRejectedValueOnce(away);
  queue.soon();
  await vi.advanceTimersByTimeAsync(10);
  release();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toHaveBeenCalledTimes(5);
});
