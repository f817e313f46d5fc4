import pLimit from 'p-limit';

/** Runs the work for each item, so many at once. */
export function inParallel<Item, Made>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Made>,
): Promise<readonly Made[]> {
  return pLimit(width).map(items, work);
}

/** `from` up to but not including `from + count`. */
export function range(count: number, from = 0): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/**
 * Starts work at a fixed rate, whatever becomes of what was started before: who comes does not wait for who came. Each is told
 * the instant that it was due, so that a late start counts as waiting.
 */
export async function atRate(perSecond: number, seconds: number, start: (dueAt: number, index: number) => void) {
  const total = Math.round(perSecond * seconds);
  const beganAt = performance.now();
  let started = 0;
  await new Promise<void>((resolve) => {
    const tick = () => {
      const due = Math.min(total, Math.floor(((performance.now() - beganAt) / 1000) * perSecond));
      for (; started < due; started += 1) start(beganAt + (started / perSecond) * 1000, started);
      if (started >= total) resolve();
      else setTimeout(tick, 1);
    };
    tick();
  });
  return total;
}

/** Waits until it holds, or the time is over. True: it held in time. */
export async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; ) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return holds();
}
