import { oldTokenMs } from '../rules/media-look.ts';
import type { ClaimedMediaRoom, MediaRoomOutcome } from '../storage/media-room.ts';
import type { PassEnd } from './pass.ts';

const inUseMs = 30_000;
/** A server that was away is asked again as `health.ts` says, which knows more rooms than this one. */
const failedMs = 500;
const watchEveryMs = 1_000;
const afterRemovalMs = [1_000, 5_000, 10_000] as const;
const streamMs = 1_000;
/** Whoever is judged once has to be seen by the next look. */
const judgedMs = 50;
const never = Number.POSITIVE_INFINITY;

/** When a room is looked at next, by what a look came to. Null: not any more, unless something is decided there. */
export function scheduleAfter(claimed: ClaimedMediaRoom, end: PassEnd, now: Date): MediaRoomOutcome | null {
  const { watchUntil, removedAt } = claimed;
  if (end.kind === 'FAILED') return { isDone: false, lookAfterMs: failedMs, watchUntil, removedAt };
  if (end.kind === 'OVER') return null;
  const watched = watchAfter(claimed, end, now);
  const removed = end.isMoved || claimed.isTakenOver ? now : removedAt;
  const followUpMs = followUpAfter(removed, now);
  const waits = [
    end.isInUse ? inUseMs : never,
    end.isDone ? never : failedMs,
    end.isStreaming ? streamMs : never,
    watched === null ? never : watchEveryMs,
    followUpMs,
    end.judgeAt === null ? never : untilJudged(end.judgeAt, now),
  ];
  const lookAfterMs = Math.min(...waits);
  if (lookAfterMs === never) return null;
  return { isDone: end.isDone, lookAfterMs, watchUntil: watched, removedAt: followUpMs === never ? null : removed };
}

/** A look that comes too early or too late leaves the others where they are. */
function followUpAfter(removedAt: Date | null, now: Date): number {
  if (removedAt === null) return never;
  const agoMs = now.getTime() - removedAt.getTime();
  const next = afterRemovalMs.find((afterMs) => afterMs > agoMs);
  return next === undefined ? never : next - agoMs;
}

function untilJudged(at: Date, now: Date): number {
  return Math.max(watchEveryMs, at.getTime() - now.getTime() + judgedMs);
}

/**
 * While a gate stands before the server, an old token opens nothing, and nobody has to watch. Whoever died on the way may have put somebody
 * out without writing it down.
 */
function watchAfter(
  { watchUntil, isTakenOver }: ClaimedMediaRoom,
  { isIntruded, isGated }: Extract<PassEnd, { kind: 'LOOKED' }>,
  now: Date,
): Date | null {
  if (isGated) return null;
  const until = Math.max(watchUntil?.getTime() ?? 0, isIntruded || isTakenOver ? now.getTime() + oldTokenMs : 0);
  return until > now.getTime() ? new Date(until) : null;
}
