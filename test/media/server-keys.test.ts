import { expect, onTestFinished, test, vi } from 'vitest';
import { createServerKeys } from '../../src/media/server-keys.ts';

/** Keys that are read from a place that knows none, and the names that were read. */
function openKeys() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const reads: string[] = [];
  const keys = createServerKeys({
    findByKey: async (name) => {
      reads.push(name);
      return [];
    },
  });
  const doubt = async (name: string, who: 'ANYBODY' | 'HOLDER') => {
    vi.advanceTimersByTime(10);
    await keys.newer(name, who, performance.now());
  };
  return { keys, reads, doubt };
}

test('anybody has a name read again once a second, whoever holds a token that a known key signed at once', async () => {
  const { keys, reads, doubt } = openKeys();
  await keys.known('APIkey');
  await keys.known('APIkey');
  expect(reads).toHaveLength(1);
  for (let tries = 0; tries < 99; tries += 1) await doubt('APIkey', 'ANYBODY');
  expect(reads).toHaveLength(2);
  await doubt('APIother', 'ANYBODY');
  expect(reads).toHaveLength(3);
  for (let tries = 0; tries < 3; tries += 1) await doubt('APIkey', 'HOLDER');
  expect(reads).toHaveLength(6);
  vi.advanceTimersByTime(1_000);
  for (let tries = 0; tries < 3; tries += 1) await doubt('APIkey', 'ANYBODY');
  expect(reads).toHaveLength(7);
});
