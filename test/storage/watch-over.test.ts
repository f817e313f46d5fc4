import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lookMs, watchOver } from '../../src/storage/postgres/watch-over.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Look = 'there' | 'unknown' | 'gone';

const answers: Readonly<Record<Look, () => Promise<boolean>>> = {
  there: async () => true,
  unknown: () => Promise.reject(new Error('EMFILE: too many open files')),
  gone: async () => false,
};

/** How often it is said that the server is lost, after each of these looks. */
async function watched(looks: readonly Look[], endAfter = looks.length): Promise<readonly number[]> {
  let next = 0;
  const lost = vi.fn();
  const said: number[] = [];
  const end = watchOver(() => answers[looks[next++] ?? 'there'](), lost);
  for (const at of looks.keys()) {
    if (at === endAfter) end();
    await vi.advanceTimersByTimeAsync(lookMs);
    said.push(lost.mock.calls.length);
  }
  end();
  return said;
}

it('says once that a server has ended', async () => {
  expect(await watched(['there', 'gone', 'gone'])).toEqual([0, 1, 1]);
});

it('says nothing of a server at which it cannot look, and looks again', async () => {
  expect(await watched(['unknown', 'there', 'unknown', 'gone'])).toEqual([0, 0, 0, 1]);
});

it('says nothing once it is over', async () => {
  expect(await watched(['there', 'gone', 'gone'], 1)).toEqual([0, 0, 0]);
});
