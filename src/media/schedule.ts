import { oldTokenMs } from '../rules/media-look.ts';
import type { ClaimedMediaRoom, MediaRoomOutcome } from '../storage/media-room.ts';
import type { PassEnd } from './pass.ts';

const inUseMs = 30_000;
/** A server that was away is asked again as `health.ts` says, which knows more rooms than this one. */
const failedMs = 500;
const watchEveryMs = 1_000;
/** Counted from one look to the next. */
const afterRemovalMs = [1_000, 4_000, 5_000] as const;
const streamMs = 1_000;
/** Whoever is judged once has to be seen by the next look. */
const judgedMs = 50;

/** Says when a room is looked at next. */
export interface Schedule {
  /** Null: not any more, unless something is decided there. */
  readonly after: (claimed: ClaimedMediaRoom, end: PassEnd) => MediaRoomOutcome | null;
}

export function createSchedule(now: () => Date): Schedule {
  /** How many looks after a removal a room has had in this process. Another process goes by what every room gets. */
  const removals = new Map<string, number>();
  const followUp = (roomId: string, isMoved: boolean): number => {
    const step = isMoved ? 0 : (removals.get(roomId) ?? afterRemovalMs.length);
    const waitMs = afterRemovalMs[step];
    if (waitMs === undefined) removals.delete(roomId);
    else removals.set(roomId, step + 1);
    return waitMs ?? Number.POSITIVE_INFINITY;
  };
  return {
    after: (claimed, end) => {
      if (end.kind === 'FAILED') return { isDone: false, lookAfterMs: failedMs, watchUntil: claimed.watchUntil };
      if (end.kind === 'OVER') return null;
      const watchUntil = watchAfter(claimed, end, now());
      const afterMs = followUp(claimed.roomId, end.isMoved);
      const waits = [
        end.isInUse ? inUseMs : Number.POSITIVE_INFINITY,
        end.isDone ? Number.POSITIVE_INFINITY : failedMs,
        end.isStreaming ? streamMs : Number.POSITIVE_INFINITY,
        watchUntil === null ? Number.POSITIVE_INFINITY : watchEveryMs,
        afterMs,
        end.judgeAt === null ? Number.POSITIVE_INFINITY : untilJudged(end.judgeAt, now()),
      ];
      const lookAfterMs = Math.min(...waits);
      return lookAfterMs === Number.POSITIVE_INFINITY ? null : { isDone: end.isDone, lookAfterMs, watchUntil };
    },
  };
}

function untilJudged(at: Date, now: Date): number {
  return Math.max(watchEveryMs, at.getTime() - now.getTime() + judgedMs);
}

/** While a gate stands before the server, an old token opens nothing, and nobody has to watch. */
function watchAfter(
  { watchUntil }: ClaimedMediaRoom,
  { isIntruded, isGated }: Extract<PassEnd, { kind: 'LOOKED' }>,
  now: Date,
): Date | null {
  if (isGated) return null;
  const until = Math.max(watchUntil?.getTime() ?? 0, isIntruded ? now.getTime() + oldTokenMs : 0);
  return until > now.getTime() ? new Date(until) : null;
}
