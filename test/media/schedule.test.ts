import { expect, test } from 'vitest';
import type { PassEnd } from '../../src/media/pass.ts';
import { scheduleAfter, scheduleUnseen } from '../../src/media/schedule.ts';
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

const followUps = [300, 1_000, 2_000, 5_000, 10_000];

test('after a removal it is looked at 0.3, 1, 2, 5 and 10 s later, and not any more', () => {
  expect(looksOf(claimed, { ...looked, isMoved: true }, 60_000)).toEqual(followUps);
});

test('so it is after any loss of rights, though nobody was there to be removed: somebody may just have passed the gate', () => {
  const lost = { ...claimed, watchUntil: after(quarterMs) };
  expect(looksOf(lost, looked, 60_000)).toEqual(followUps);
});

test('a look between does not put these off, and one that comes late leaves out what is past', () => {
  const removed = { ...claimed, removedAt: start };
  expect(scheduleAfter(removed, looked, after(300))?.lookAfterMs).toBe(700);
  expect(scheduleAfter(removed, looked, after(4_000))?.lookAfterMs).toBe(1_000);
  expect(scheduleAfter({ ...removed, watchUntil: after(quarterMs - 3_000) }, looked, after(4_000))?.lookAfterMs).toBe(
    1_000,
  );
  expect(scheduleAfter(removed, looked, after(10_000))).toBeNull();
});

test('a room whose holder died is looked at as if it had removed somebody', () => {
  const orphan = { ...claimed, isTakenOver: true };
  expect(looksOf(orphan, looked, 60_000)).toEqual(followUps);
  const watched = scheduleAfter(orphan, { ...looked, isGated: false }, start);
  expect(watched).toMatchObject({ lookAfterMs: 300, watchUntil: after(quarterMs) });
});

test('without a gate it is watched every second for 15 minutes after whoever came in; with one it is looked at as after a removal', () => {
  const intruded = { ...looked, isIntruded: true };
  const open = scheduleAfter(claimed, { ...intruded, isGated: false }, start);
  expect(open?.watchUntil).toEqual(after(quarterMs));
  const row = { ...claimed, watchUntil: after(quarterMs) };
  for (const ms of [11_000, 300_000, quarterMs - 1]) {
    expect(scheduleAfter(row, { ...looked, isGated: false }, after(ms))?.lookAfterMs).toBe(1_000);
  }
  expect(scheduleAfter(row, { ...looked, isGated: false }, after(quarterMs))).toBeNull();
  expect(looksOf(claimed, intruded, 60_000)).toEqual(followUps);
});

test('a gate that is gone meanwhile is missed by the next look: what was lost before is watched from then on', () => {
  const used = { ...looked, isInUse: true };
  const row = { ...claimed, watchUntil: after(quarterMs) };
  const gated = scheduleAfter(row, used, after(60_000));
  expect(gated).toMatchObject({ lookAfterMs: 30_000, watchUntil: after(quarterMs) });
  const open = scheduleAfter(
    { ...row, watchUntil: gated?.watchUntil ?? null },
    { ...used, isGated: false },
    after(90_000),
  );
  expect(open?.lookAfterMs).toBe(1_000);
});

const failed: PassEnd = { kind: 'FAILED' };

test('a server that is away leaves who was removed, and nobody is watched who was not', () => {
  const row = { ...claimed, removedAt: after(-9) };
  expect(scheduleAfter(row, failed, start)).toEqual({
    ...{ isDone: false, lookAfterMs: 500, watchUntil: null, removedAt: after(-9) },
  });
});

test.each([true, false])(
  'a server that is away is watched as long as ever once it answers, however long it was away; with a gate: %s',
  (isGated) => {
    let row: ClaimedMediaRoom = { ...claimed, watchUntil: after(quarterMs) };
    for (let at = 0; at < 4 * quarterMs; at += 15_000) {
      row = { ...row, watchUntil: scheduleUnseen(row, 15_000, after(at)).watchUntil };
    }
    const first = { ...looked, isGated };
    expect(scheduleAfter(row, first, after(4 * quarterMs - 15_000))?.lookAfterMs).toBe(300);
  },
);
