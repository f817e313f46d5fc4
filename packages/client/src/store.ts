/** A value that changes, for whoever wants to follow it: React's useSyncExternalStore takes it as it is. */
export interface Store<Value> {
  /** The value as it is now; the same object as long as nothing changes. */
  readonly get: () => Value;
  /** Calls back at each change, until the answer is called. */
  readonly subscribe: (onChange: () => void) => () => void;
}

/** A store and the means to change it. */
export interface Source<Value> extends Store<Value> {
  readonly set: (value: Value) => void;
}

/** @param start begins the work that feeds the store, with the first who follows it; its answer ends it, with the last */
export function createStore<Value>(
  initial: Value,
  start: (set: (value: Value) => void) => () => void = () => () => {},
): Source<Value> {
  const listeners = new Set<() => void>();
  let value = initial;
  let stop: (() => void) | null = null;
  const set = (next: Value) => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    set,
    subscribe: (onChange) => {
      // One that is of its own, so that the same function may follow twice.
      const listener = () => onChange();
      listeners.add(listener);
      stop ??= start(set);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}
