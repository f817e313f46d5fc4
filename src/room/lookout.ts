import type { ProcessId } from '../rules/ids.ts';
import type { ProcessStorage } from '../storage/process.ts';

// What may be due anywhere (in rooms, for webhooks, on media servers, old rows, keys) is looked for in all domains, which costs every machine of
// a cluster. Of several processes one looks: whoever is on the lookout, by a lease of 0.6 s that it renews. Whoever dies is followed
// by the next one then. A process that is alone, as it hears when it renews its own lease, asks nobody. For a moment two may look: rules and
// claims make sure that everything happens once, whoever looks.

export interface Lookout {
  /** Is it this process that looks? */
  readonly isOnDuty: () => boolean;
  /** This process has as much to do as it can take: if there are others, another one is to look for more. */
  readonly passOn: () => void;
}

/** The same, for whoever keeps it. */
export interface LookoutKeeper extends Lookout {
  /** How many other processes there are, as the renewal of the lease of this one tells; not finite: nobody knows. */
  readonly hearOfOthers: (count: number) => void;
  /** Takes the lookout, or keeps it, if nobody else has it. To be called four times a second. @throws DatabaseError */
  readonly tick: (processId: ProcessId) => Promise<void>;
}

/** Longer than two ticks of a busy machine, shorter than the lease of a media room. Milliseconds. */
const leaseMs = 600;
/** How long it is left to others. Milliseconds. */
const restMs = 500;
/** When a database that did not answer is asked again: each time is an error in the log. Milliseconds. */
const failedMs = 1_000;

/** Of a process that never looks, and leaves it to others. */
export const noLookout: LookoutKeeper = {
  isOnDuty: () => false,
  passOn: () => {},
  hearOfOthers: () => {},
  tick: async () => {},
};

/** @param monotonicMs milliseconds that only grow */
export function createLookout(
  { keepLookout, leaveLookout }: Pick<ProcessStorage, 'keepLookout' | 'leaveLookout'>,
  onError: (error: unknown) => void,
  monotonicMs: () => number = () => performance.now(),
): LookoutKeeper {
  let others = Number.POSITIVE_INFINITY;
  let dutyUntil = Number.NEGATIVE_INFINITY;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let own: ProcessId | null = null;
  return {
    isOnDuty: () => others === 0 || monotonicMs() < dutyUntil,
    passOn: () => {
      if (others === 0 || own === null || monotonicMs() >= dutyUntil) return;
      dutyUntil = Number.NEGATIVE_INFINITY;
      restsUntil = monotonicMs() + restMs;
      leaveLookout(own).catch(onError);
    },
    hearOfOthers: (count) => {
      others = count;
    },
    tick: async (processId) => {
      own = processId;
      if (others === 0 || monotonicMs() < restsUntil) return;
      const isKept = await keepLookout(processId, leaseMs / 1_000).catch((error: unknown) => {
        restsUntil = monotonicMs() + failedMs;
        throw error;
      });
      // It counts from the answer, which may have taken long: then another one may look as well for a moment, but never nobody.
      if (monotonicMs() >= restsUntil) dutyUntil = isKept ? monotonicMs() + leaseMs : Number.NEGATIVE_INFINITY;
    },
  };
}
