import { setTimeout as pause } from 'node:timers/promises';
import { Deadline } from './timing.ts';

/**
 * Looks again and again until something is so; what it last saw is in the complaint. Between two looks it leaves the cores to what it
 * waits for.
 */
export async function until<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  withinMs = 10_000,
  everyMs = 10,
): Promise<T> {
  const deadline = new Deadline(withinMs);
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (deadline.isOver()) throw new Error(`not so within ${withinMs} ms: ${JSON.stringify(seen)}`);
    await pause(everyMs);
  }
}
