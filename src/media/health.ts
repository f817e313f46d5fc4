import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { MediaOutcome } from './port.ts';
import type { MediaPlace } from './reports.ts';

/** Between questions to a server that is away. Milliseconds. */
const urgentMs = 500;
const longestMs = 15_000;
const refusedMs = 30_000;
/** Of the places that others leave a domain takes one part of so many, so that there is always something left for the next. */
const shares = 4;

interface Health {
  /** How many questions in a row were not answered. */
  failures: number;
  asking: number;
  nextAskAt: number;
  /** Something that was decided waits for it. */
  isUrgent: boolean;
}

/** Which media server of which domain. */
type Asked = Pick<MediaPlace, 'domainId' | 'mediaServerId'>;

/**
 * What this process knows of media servers. A healthy one may hang at any moment, or be slow by intent, and a domain may have left many: so
 * all rooms of a domain together have a share of the places, which is smaller the more is taken. One that is away is asked by one room at a
 * time: every 500 ms while something that was decided waits, and less and less often while nothing does. Once it answers, whoever waits is
 * woken.
 */
export interface MediaHealth {
  /** 0: ask now, tell `answered` how it went, and `leave` when all is done. Else how many milliseconds to wait. */
  readonly enter: (place: Asked, isWanted: boolean) => number;
  /** True: it answers again, after it did not. */
  readonly answered: (id: MediaServerId, outcome: MediaOutcome['outcome']) => boolean;
  readonly leave: (place: Asked) => void;
}

/**
 * @param size how many rooms are looked at at once, of all domains
 * @param clock milliseconds that only grow
 */
export function createMediaHealth(size: number, clock: () => number = () => performance.now()): MediaHealth {
  const known = new Map<MediaServerId, Health>();
  const places = createShares(size);
  const healthOf = (id: MediaServerId): Health => {
    const health = known.get(id) ?? { failures: 0, asking: 0, nextAskAt: 0, isUrgent: false };
    known.set(id, health);
    return health;
  };
  return {
    enter: ({ domainId, mediaServerId }, isWanted) => {
      const health = healthOf(mediaServerId);
      health.isUrgent ||= isWanted;
      if (health.failures > 0 && (health.asking > 0 || clock() < health.nextAskAt)) {
        // Whoever asks next is first: the others are woken when it answers.
        return health.asking > 0 ? longestMs : Math.max(1, health.nextAskAt - clock());
      }
      // A real wait (`dueWithinMs`): each time costs two writes, and the places may be taken for seconds.
      if (!places.take(domainId)) return urgentMs;
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
    leave: ({ domainId, mediaServerId }) => {
      healthOf(mediaServerId).asking -= 1;
      places.giveBack(domainId);
    },
  };
}

function createShares(size: number) {
  const taken = new Map<DomainId, number>();
  let all = 0;
  const move = (domainId: DomainId, by: 1 | -1) => {
    const own = (taken.get(domainId) ?? 0) + by;
    all += by;
    if (own === 0) taken.delete(domainId);
    else taken.set(domainId, own);
  };
  return {
    /** False: the domain has its share. Whoever has nothing yet always gets one. */
    take: (domainId: DomainId): boolean => {
      const own = taken.get(domainId) ?? 0;
      const left = size - (all - own);
      if (own >= Math.max(1, Math.floor(left / shares))) return false;
      move(domainId, 1);
      return true;
    },
    giveBack: (domainId: DomainId) => move(domainId, -1),
  };
}
