/** The database's clock as this process knows it. Every decision uses it, and never the machine's own clock. */
export interface Clock {
  readonly now: () => Date;
  /** Runs a statement that returns the database's time, and sets the clock by it. */
  readonly sync: <T extends { readonly clock: Date } | null>(statement: () => Promise<T>) => Promise<T>;
}

/** @param machineNow milliseconds of the machine's clock */
export function createClock(machineNow: () => number = Date.now): Clock {
  let offsetMs = 0;
  let asked = 0;
  /**
   * Which statement last corrected the clock. An answer that was already under way when it began has no newer time. They are counted, since the
   * machine's clock may be set back.
   */
  let correctedBy = 0;
  const correct = (statement: number, [before, after]: readonly [number, number], seen: number) => {
    // The database read its clock between these two instants. Ours is corrected only if it is outside of them.
    const correction = Math.min(seen - before, Math.max(seen - after, offsetMs));
    if (correction === offsetMs || statement < correctedBy) return;
    offsetMs = correction;
    correctedBy = statement;
  };
  return {
    now: () => new Date(Math.round(machineNow() + offsetMs)),
    sync: async (statement) => {
      asked += 1;
      const [number, before] = [asked, machineNow()];
      const result = await statement();
      if (result !== null) correct(number, [before, machineNow()], result.clock.getTime());
      return result;
    },
  };
}
