import { expect, test } from 'vitest';
import type { PassEnd } from '../../src/media/pass.ts';
import { scheduleAfter } from '../../src/media/schedule.ts';
import type { DomainId, MediaServerId, RoomId } from '../../src/rules/ids.ts';
import type { ClaimedMediaRoom } from '../../src/storage/media-room.ts';

// When a room is looked at next follows from its row and from what a look has shown: a process that dies takes nothing with it.

const start = new Date('2026-11-29T12:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);
const claimed: ClaimedMediaRoom = {
  domainId: '1' as DomainId,
  roomId: '2' as RoomId,
  mediaServerId: '3' as MediaServerId,
  wanted: 1,
  done: 1,
  watchUntil: null,
  removedAt: null,
  isTakenOver: false,
  leasedUntil: start,
};
const looked: Extract<PassEnd, { kind: 'LOOKED' }> = {
  kind: 'LOOKED',
  isDone: true,
  isMoved: false,
  isIntruded: false,
  isGated: true,
  isInUse: false,
  judgeAt: null,
  isStreaming: false,
};
const quarterMs = 15 * 60_000;

/** At which milliseconds a room is looked at, with what its first look has shown. Each look is another process's, which knows the row alone. */
function looksOf(first: ClaimedMediaRoom, end: PassEnd, until: number): readonly number[] {
  const looks: number[] = [];
  let row = first;
  let at = 0;
  for (let shown = end; at < until; shown = looked) {
    const next = scheduleAfter(row, shown, after(at));
    if (next === null) break;
    at += next.lookAfterMs;
    looks.push(at);
    row = { ...claimed, watchUntil: next.watchUntil, removedAt: next.removedAt };
  }
  return looks;
}

test('after a removal it is looked at 1, 5 and 10 s later, and not any more', () => {
  expect(looksOf(claimed, { ...looked, isMoved: true }, 60_000)).toEqual([1_000, 5_000, 10_000]);
});

test('a look between does not put these off, and one that comes late leaves out what is past', () => {
  const removed = { ...claimed, removedAt: start };
  expect(scheduleAfter(removed, looked, after(300))?.lookAfterMs).toBe(700);
  expect(scheduleAfter(removed, looked, after(4_000))?.lookAfterMs).toBe(1_000);
  expect(scheduleAfter(removed, looked, after(10_000))).toBeNull();
});

test('a room whose holder died is looked at as if it had removed somebody', () => {
  const orphan = { ...claimed, isTakenOver: true };
  expect(looksOf(orphan, looked, 60_000)).toEqual([1_000, 5_000, 10_000]);
  const watched = scheduleAfter(orphan, { ...looked, isGated: false }, start);
  expect(watched).toMatchObject({ lookAfterMs: 1_000, watchUntil: after(quarterMs) });
});

test('without a gate it is watched every second for 15 minutes after whoever came in; with one it is not', () => {
  const intruded = { ...looked, isIntruded: true };
  expect(scheduleAfter(claimed, { ...intruded, isGated: false }, start)).toMatchObject({
    lookAfterMs: 1_000,
    watchUntil: after(quarterMs),
  });
  expect(scheduleAfter(claimed, intruded, start)).toBeNull();
});

test('a server that is away changes nothing of this', () => {
  const row = { ...claimed, watchUntil: after(9), removedAt: after(-9) };
  expect(scheduleAfter(row, { kind: 'FAILED' }, start)).toMatchObject({ watchUntil: after(9), removedAt: after(-9) });
});
