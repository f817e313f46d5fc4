/** The database's clock as this process knows it. Every decision uses it, and never the machine's own clock. */
export interface Clock {
  readonly now: () => Date;
  /** Runs a statement that returns the database's time, and sets the clock by it. */
  readonly sync: <T extends { readonly clock: Date } | null>(statement: () => Promise<T>) => Promise<T>;
}

/** @param machineNow milliseconds of the machine's clock */
export function createClock(machineNow: () => number = Date.now): Clock {
  let offsetMs = 0;
  /** When the statement that last corrected the clock began. An answer that was already under way then has no newer time. */
  let correctedBy = Number.NEGATIVE_INFINITY;
  const correct = (before: number, after: number, seen: number) => {
    // The database read its clock between these two instants. Ours is corrected only if it is outside of them.
    const correction = Math.min(seen - before, Math.max(seen - after, offsetMs));
    if (correction === offsetMs || before < correctedBy) return;
    offsetMs = correction;
    correctedBy = before;
  };
  return {
    now: () => new Date(Math.round(machineNow() + offsetMs)),
    sync: async (statement) => {
      const before = machineNow();
      const result = await statement();
      if (result !== null) correct(before, machineNow(), result.clock.getTime());
      return result;
    },
  };
}
