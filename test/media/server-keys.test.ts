import { expect, onTestFinished, test, vi } from 'vitest';
import { createServerKeys, KeysBusy, type ServerKey } from '../../src/media/server-keys.ts';
import type { DomainId, MediaServerId } from '../../src/rules/ids.ts';

const keyOf = (id: string): ServerKey => ({
  ...{ id: id as MediaServerId, domainId: `domain of ${id}` as DomainId, secret: `secret of ${id}` },
});

/** Keys that are read from a place which the test fills, and the names that were read together. */
function openKeys() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const reads: (readonly string[])[] = [];
  const there = new Map<string, readonly ServerKey[]>();
  const keys = createServerKeys({
    findByKeys: async (names) => {
      reads.push(names);
      return there;
    },
  });
  /** A question that comes a moment later, by a token that these have signed. */
  const doubt = async (name: string, isHolder = false) => {
    await vi.advanceTimersByTimeAsync(10);
    const since = performance.now();
    const known = await settled(keys.known(name));
    return settled(keys.newer(name, { known, isHolder, since }));
  };
  const readsOf = (name: string) => reads.filter((names) => names.includes(name)).length;
  return { keys, reads, readsOf, there, doubt };
}

/** What is read waits for the statement before it. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(50);
  return answer;
}

test('a name is read again once a second for all who show no good signature together', async () => {
  const { keys, readsOf, doubt } = openKeys();
  for (let tries = 0; tries < 2; tries += 1) await settled(keys.known('APIkey'));
  expect(readsOf('APIkey')).toBe(1);
  for (let tries = 0; tries < 5; tries += 1) await doubt('APIkey');
  expect(readsOf('APIkey')).toBe(2);
  await doubt('APIkey', true);
  await doubt('APIkey');
  expect(readsOf('APIkey')).toBe(3);
  await vi.advanceTimersByTimeAsync(1_000);
  await doubt('APIkey');
  expect(readsOf('APIkey')).toBe(4);
});

test('whoever shows a good signature learns of a new media server, however many were refused just before, by twenty statements a second', async () => {
  const { keys, reads, there } = openKeys();
  const [before, after] = [keyOf('before'), keyOf('after')];
  there.set('APIkey', [before]);
  await settled(keys.known('APIkey'));
  const read = reads.length;
  const ask = () => keys.newer('APIkey', { known: [before], isHolder: true, since: performance.now() });
  const refused: Promise<unknown>[] = [];
  for (let ms = 0; ms < 1_000; ms += 1) {
    refused.push(ask());
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(new Set(await Promise.all(refused))).toEqual(new Set([null]));
  expect(reads.length - read).toBeLessThanOrEqual(22);
  there.set('APIkey', [after]);
  expect(await settled(ask())).toEqual([after]);
});

test('what somebody else had read meanwhile is news to everybody who asked before', async () => {
  const { keys, readsOf, there } = openKeys();
  const [before, after] = [keyOf('before'), keyOf('after')];
  there.set('APIkey', [before]);
  const known = await settled(keys.known('APIkey'));
  await vi.advanceTimersByTimeAsync(10);
  const since = performance.now();
  there.set('APIkey', [before, after]);
  await vi.advanceTimersByTimeAsync(10);
  const asked = Array.from({ length: 20 }, () => keys.newer('APIkey', { known, isHolder: true, since }));
  expect(await settled(Promise.all(asked))).toEqual(asked.map(() => [before, after]));
  expect(readsOf('APIkey')).toBe(2);
});

test('names that nobody has are read together, push out none that somebody has, and make nobody wait for long', async () => {
  const { keys, reads, readsOf, there } = openKeys();
  there.set('APIkey', [keyOf('own')]);
  there.set('APIlate', [keyOf('late')]);
  await settled(keys.known('APIkey'));
  const before = reads.length;
  const flood = Array.from({ length: 9_000 }, (_, index) => keys.known(`made-up-${index}`));
  const late = keys.known('APIlate');
  await vi.advanceTimersByTimeAsync(500);
  expect(await late).toHaveLength(1);
  expect((await Promise.all(flood)).flat()).toEqual([]);
  // The first alone, and then a thousand by each statement.
  expect(reads.length - before).toBe(10);
  for (let index = 0; index < 9_000; index += 1) void keys.known(`made-up-too-${index}`);
  await vi.advanceTimersByTimeAsync(500);
  await keys.known('APIkey');
  expect(readsOf('APIkey')).toBe(1);
});

test('beyond ten thousand that wait a name is not taken, and what could not be read is read by the next', async () => {
  const { keys } = openKeys();
  const waiting = Array.from({ length: 10_001 }, (_, index) => keys.known(`made-up-${index}`));
  await expect(keys.known('one-more')).rejects.toBeInstanceOf(KeysBusy);
  await vi.advanceTimersByTimeAsync(600);
  expect((await Promise.all(waiting)).flat()).toEqual([]);
  expect(await settled(keys.known('one-more'))).toEqual([]);
});
