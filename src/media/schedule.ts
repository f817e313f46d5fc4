import { oldTokenMs } from '../rules/media-look.ts';
import type { ClaimedMediaRoom, MediaRoomOutcome } from '../storage/media-room.ts';
import type { PassEnd } from './pass.ts';

const inUseMs = 30_000;
/** A server that was away is asked again as `health.ts` says, which knows more rooms than this one. */
const failedMs = 500;
const watchEveryMs = 1_000;
/** After somebody was removed, or may do less than before: whoever passed the gate an instant earlier arrives within seconds. */
const followUpsMs = [300, 1_000, 2_000, 5_000, 10_000] as const;
const streamMs = 1_000;
/** Whoever is judged once has to be seen by the next look. */
const judgedMs = 50;
const never = Number.POSITIVE_INFINITY;

/** When a room is looked at next, by what a look came to. Null: not any more, unless something is decided there. */
export function scheduleAfter(claimed: ClaimedMediaRoom, end: PassEnd, now: Date): MediaRoomOutcome | null {
  if (end.kind === 'FAILED') return scheduleUnseen(claimed, failedMs, now);
  if (end.kind === 'OVER') return null;
  const watchUntil = watchAfter(claimed, end, now);
  const removed = end.isMoved || claimed.isTakenOver ? now : later(claimed.removedAt, lostAt(watchUntil));
  const followUpMs = followUpAfter(removed, now);
  const waits = [
    end.isInUse ? inUseMs : never,
    end.isDone ? never : failedMs,
    end.isStreaming ? streamMs : never,
    watchUntil === null || end.isGated ? never : watchEveryMs,
    followUpMs,
    end.judgeAt === null ? never : untilJudged(end.judgeAt, now),
  ];
  const lookAfterMs = Math.min(...waits);
  if (lookAfterMs === never) return null;
  return { isDone: end.isDone, lookAfterMs, watchUntil, removedAt: followUpMs === never ? null : removed };
}

/** The room could not be looked at. Who may still come with an old token is watched from the first look that is answered. */
export function scheduleUnseen(
  { watchUntil, removedAt }: ClaimedMediaRoom,
  lookAfterMs: number,
  now: Date,
): MediaRoomOutcome {
  const watched = watchUntil === null ? null : later(watchUntil, watchFrom(now));
  return { isDone: false, lookAfterMs, watchUntil: watched, removedAt };
}

/** A look that comes too early or too late leaves the others where they are. */
function followUpAfter(removedAt: Date | null, now: Date): number {
  if (removedAt === null) return never;
  const agoMs = now.getTime() - removedAt.getTime();
  const next = followUpsMs.find((afterMs) => afterMs > agoMs);
  return next === undefined ? never : next - agoMs;
}

function untilJudged(at: Date, now: Date): number {
  return Math.max(watchEveryMs, at.getTime() - now.getTime() + judgedMs);
}

/**
 * Until when an old token may open something. Whoever died on the way may have put somebody out without writing it down. While a gate stands
 * before the server such a token opens nothing, but it is not forgotten: the gate may be gone at the next look.
 */
function watchAfter(
  { watchUntil, isTakenOver }: ClaimedMediaRoom,
  { isIntruded }: Extract<PassEnd, { kind: 'LOOKED' }>,
  now: Date,
): Date | null {
  const until = isIntruded || isTakenOver ? later(watchUntil, watchFrom(now)) : watchUntil;
  return until !== null && until > now ? until : null;
}

function watchFrom(lost: Date): Date {
  return new Date(lost.getTime() + oldTokenMs);
}

/** When somebody last lost a right. */
function lostAt(watchUntil: Date | null): Date | null {
  return watchUntil === null ? null : new Date(watchUntil.getTime() - oldTokenMs);
}

function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
