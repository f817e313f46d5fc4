import { createStore } from '../../packages/client/src/index.ts';
import type { Followed } from '../store.ts';

/** A clock for many who show the time: one timer tells all of them that this interval has passed. In milliseconds. */
export function clockOf(everyMs: number, get: () => number): Followed<number> {
  let ticks = 0;
  const { subscribe } = createStore(0, (set) => {
    const timer = setInterval(() => set(++ticks), everyMs);
    return () => clearInterval(timer);
  });
  return { get, subscribe };
}
