/** The database's clock as this process knows it: every decision is made by it, whatever the machine's own clock says. */
export interface Clock {
  readonly now: () => Date;
  /** Runs a statement that returns the database's time, and sets the clock by it. */
  readonly sync: <T extends { readonly clock: Date } | null>(statement: () => Promise<T>) => Promise<T>;
}

/** @param machineNow milliseconds of the machine's clock */
export function createClock(machineNow: () => number = Date.now): Clock {
  let offsetMs = 0;
  /** When the statement began that corrected the clock last: an answer that was under way before it knows nothing newer. */
  let correctedBy = Number.NEGATIVE_INFINITY;
  const correct = (before: number, after: number, seen: number) => {
    // The database looked at its clock between the two: only what lies outside corrects ours.
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
