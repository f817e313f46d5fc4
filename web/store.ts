import { useEffect, useState } from 'preact/hooks';
import type { ServiceClock, Store } from '../packages/client/src/index.ts';

/** The store's current value, again after each change. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, redraw] = useState({});
  useEffect(() => {
    redraw({});
    return store.subscribe(() => redraw({}));
  }, [store]);
  return store.get();
}

let clock: Pick<ServiceClock, 'now'> = { now: Date.now };

/** From now on times are judged by the service's clock, because the device's own clock may be wrong. */
export function goBy(service: Pick<ServiceClock, 'now'>): void {
  clock = service;
}

/** The service's time in milliseconds. */
export function serviceNow(): number {
  return clock.now();
}

/** Milliseconds since the page began. No clock that is set anew changes it. */
export function pageNow(): number {
  return performance.now();
}

/** The time in milliseconds, by default the service's, updated at this interval. */
export function useNow(everyMs: number, clockNow: () => number = serviceNow): number {
  const [now, setNow] = useState(clockNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(clockNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, clockNow]);
  return now;
}
