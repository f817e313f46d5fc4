import type { MediaServerId } from '../rules/ids.ts';
import type { MediaOutcome } from './port.ts';

/** Between questions to a server that is away. Milliseconds. */
const urgentMs = 500;
const longestMs = 15_000;
const refusedMs = 30_000;
/** A healthy server may hang at any moment: this many rooms wait for it at most, so that it delays nobody else's. */
const atOnce = 25;

interface Health {
  /** How many questions in a row were not answered. */
  failures: number;
  asking: number;
  nextAskAt: number;
  /** Something that was decided waits for it. */
  isUrgent: boolean;
}

/**
 * What this process knows of media servers. One that is away is asked by one room at a time: every 500 ms while something that was decided
 * waits, and less and less often while nothing does. Once it answers, whoever waits is woken.
 */
export interface MediaHealth {
  /** 0: ask now, tell `answered` how it went, and `leave` when all is done. Else how many milliseconds to wait. */
  readonly enter: (id: MediaServerId, isWanted: boolean) => number;
  /** True: it answers again, after it did not. */
  readonly answered: (id: MediaServerId, outcome: MediaOutcome['outcome']) => boolean;
  readonly leave: (id: MediaServerId) => void;
}

/** @param clock milliseconds that only grow */
export function createMediaHealth(clock: () => number = () => performance.now()): MediaHealth {
  const known = new Map<MediaServerId, Health>();
  const healthOf = (id: MediaServerId): Health => {
    const health = known.get(id) ?? { failures: 0, asking: 0, nextAskAt: 0, isUrgent: false };
    known.set(id, health);
    return health;
  };
  return {
    enter: (id, isWanted) => {
      const health = healthOf(id);
      health.isUrgent ||= isWanted;
      if (health.failures === 0 && health.asking >= atOnce) return urgentMs / 5;
      if (health.failures > 0 && (health.asking > 0 || clock() < health.nextAskAt)) {
        // Whoever asks next is first: the others are woken when it answers.
        return health.asking > 0 ? longestMs : Math.max(1, health.nextAskAt - clock());
      }
      health.asking += 1;
      return 0;
    },
    answered: (id, outcome) => {
      const health = healthOf(id);
      if (outcome === 'DONE' || outcome === 'GONE') {
        const isBack = health.failures > 0;
        Object.assign(health, { failures: 0, nextAskAt: 0, isUrgent: false });
        return isBack;
      }
      health.failures += 1;
      const backOffMs = health.isUrgent ? urgentMs : Math.min(longestMs, urgentMs * 2 ** Math.min(health.failures, 10));
      health.nextAskAt = clock() + (outcome === 'REFUSED' ? refusedMs : backOffMs);
      return false;
    },
    leave: (id) => {
      healthOf(id).asking -= 1;
    },
  };
}
