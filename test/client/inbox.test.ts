import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Inbox } from '../../packages/client/src/inbox.ts';

let now = 0;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Reads of which each takes so many milliseconds. */
function openInbox(eachMs: number) {
  const read: number[] = [];
  const inbox = new Inbox<number>((item) => {
    now += eachMs;
    read.push(item);
  });
  const take = (...items: readonly number[]) => {
    for (const item of items) inbox.take(item);
  };
  return { inbox, read, take };
}

test('what comes alone is read at once', () => {
  const { read, take } = openInbox(20);
  take(1);
  expect(read).toEqual([1]);
  vi.runAllTimers();
  take(2);
  expect(read).toEqual([1, 2]);
});

test('what comes together is read in its order, half a frame at a time', () => {
  const { read, take } = openInbox(3);
  take(1, 2, 3, 4, 5, 6, 7);
  expect(read).toEqual([1, 2, 3]);
  vi.runOnlyPendingTimers();
  expect(read).toEqual([1, 2, 3, 4, 5, 6]);
  // Whoever comes later does not pass by those who wait.
  take(8);
  expect(read).toEqual([1, 2, 3, 4, 5, 6]);
  vi.runAllTimers();
  expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('what is left is read at once where the line ends, and once', () => {
  const { inbox, read, take } = openInbox(10);
  take(1, 2, 3);
  inbox.drain();
  expect(read).toEqual([1, 2, 3]);
  vi.runAllTimers();
  expect(read).toEqual([1, 2, 3]);
});

test('what is left is never read once it was emptied, and nothing waits for it', () => {
  const { inbox, read, take } = openInbox(10);
  take(1, 2, 3);
  inbox.empty();
  expect(vi.getTimerCount()).toBe(0);
  inbox.drain();
  expect(read).toEqual([1]);
});

test('a page that nobody looks at is kept waiting by no timer', () => {
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  const { read, take } = openInbox(10);
  take(1, 2, 3);
  expect(read).toEqual([1, 2, 3]);
});

test('what is read may bring more', () => {
  const read: number[] = [];
  const inbox = new Inbox<number>((item) => {
    read.push(item);
    if (item < 3) inbox.take(item + 1);
  });
  inbox.take(1);
  vi.runAllTimers();
  expect(read).toEqual([1, 2, 3]);
});
