import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceClock, Store } from '../packages/client/src/index.ts';

/** The store's current value, again after each change. */
export function useStore<Value>(store: Store<Value>): Value {
  return usePart(store, whole);
}

function whole<Value>(value: Value): Value {
  return value;
}

/** What has a value, and tells when it is another. */
export type Followed<Value> = Pick<Store<Value>, 'get' | 'subscribe'>;

/** A part of what a store holds: what draws it is drawn again when that part is another, and not for whatever else changes. */
export function usePart<Value, Part>(store: Followed<Value>, partOf: (value: Value) => Part): Part {
  const [, redraw] = useState({});
  const part = partOf(store.get());
  const drawn = useRef({ part, partOf });
  drawn.current = { part, partOf };
  useEffect(() => {
    const look = () => {
      if (!Object.is(drawn.current.partOf(store.get()), drawn.current.part)) redraw({});
    };
    // What has changed since it was drawn, and before it was followed.
    look();
    return store.subscribe(look);
  }, [store]);
  return part;
}

/** Do both say the same by each of these names, and have no others? */
export function hasSameFields(one: object, other: object): boolean {
  const [ones, others] = [Object.entries(one), new Map(Object.entries(other))];
  return ones.length === others.size && ones.every(([name, value]) => Object.is(value, others.get(name)));
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
