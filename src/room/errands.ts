import pLimit from 'p-limit';

// What falls due in one room is done beside what falls due in all others: a room whose row somebody holds, or whose writes the database
// refuses, holds up nobody else. It is left alone for a while after it failed, and is not among what is looked for meanwhile.

/** Milliseconds. */
const firstRestMs = 1_000;
const longestRestMs = 60_000;
/** As many are left out of a look at most: a whole domain may be refused, or a whole node of a cluster. */
const maxLeftOut = 10_000;

/** Errands that others find again and again until they are done, each known by an id. */
export interface Errands {
  /** Those that are under way, or that failed lately: whoever looks for what is due leaves them out. */
  readonly leftOut: () => readonly string[];
  /**
   * Begins when one of the few places is free, and does not wait for the end. Nothing happens where it is under way, or failed lately.
   * @param work answers whether it was done; where it was not, it is left alone for 1, 2, 4 … 60 s
   */
  readonly take: (id: string, work: () => Promise<boolean>) => void;
  /** Waits for those that are under way, and begins with none that waits. */
  readonly stop: () => Promise<void>;
}

/** @param monotonicMs milliseconds that only grow */
export function createErrands(
  atOnce: number,
  onError: (error: unknown) => void,
  monotonicMs: () => number = () => performance.now(),
): Errands {
  const inTurn = pLimit(atOnce);
  const underWay = new Map<string, Promise<void>>();
  const rests = new Map<string, { readonly untilMs: number; readonly waitMs: number }>();
  let isStopped = false;
  const isResting = (id: string) => (rests.get(id)?.untilMs ?? Number.NEGATIVE_INFINITY) > monotonicMs();
  const rest = (id: string) => {
    // What was not found again since was done by somebody else.
    for (const [one, { untilMs }] of rests) if (untilMs + longestRestMs < monotonicMs()) rests.delete(one);
    const waitMs = Math.min(longestRestMs, (rests.get(id)?.waitMs ?? firstRestMs / 2) * 2);
    rests.set(id, { untilMs: monotonicMs() + waitMs, waitMs });
  };
  const run = async (id: string, work: () => Promise<boolean>) => {
    if (isStopped) return;
    try {
      if (await work()) rests.delete(id);
      else rest(id);
    } catch (error) {
      rest(id);
      onError(error);
    }
  };
  return {
    leftOut: () => [...new Set([...underWay.keys(), ...[...rests.keys()].filter(isResting)])].slice(0, maxLeftOut),
    take: (id, work) => {
      if (isStopped || underWay.has(id) || isResting(id)) return;
      underWay.set(
        id,
        inTurn(() => run(id, work)).finally(() => underWay.delete(id)),
      );
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(underWay.values());
    },
  };
}
