/** A value that changes, for whoever wants to follow it: React's useSyncExternalStore takes it as it is. */
export interface Store<Value> {
  /** The value as it is now; the same object as long as nothing changes. */
  readonly get: () => Value;
  /** The value before anything happened: what a server renders, and a page that takes over from it. */
  readonly initial: Value;
  /** Calls back at each change, until the answer is called. */
  readonly subscribe: (onChange: () => void) => () => void;
}

/** A store and the means to change it. */
export interface Source<Value> extends Store<Value> {
  readonly set: (value: Value) => void;
}

/** Calls back at each change, until the answer is called. */
export type Follow = (onChange: () => void) => () => void;

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
    initial,
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

/**
 * What some store says of another thing, as a store of its own: it changes only when one of its fields does.
 *
 * @param follow follows whatever it is read from
 */
export function deriveStore<View extends object>(follow: Follow, read: () => View): Store<View> {
  const initial = read();
  let last = initial;
  const get = () => {
    const next = read();
    if (!isSame(last, next)) last = next;
    return last;
  };
  return {
    get,
    initial,
    subscribe: (onChange) => {
      let shown = get();
      return follow(() => {
        const now = get();
        if (now === shown) return;
        shown = now;
        onChange();
      });
    },
  };
}

function isSame(one: object, other: object): boolean {
  const [ones, others] = [Object.entries(one), new Map(Object.entries(other))];
  return ones.length === others.size && ones.every(([name, value]) => Object.is(value, others.get(name)));
}

export function followBoth(one: Follow, other: Follow): Follow {
  return (onChange) => {
    const ends = [one(onChange), other(onChange)];
    return () => {
      for (const end of ends) end();
    };
  };
}

/** Follows a store that another store holds, whichever it is at the moment. */
export function followInner<Outer>(outer: Store<Outer>, innerOf: (value: Outer) => Store<unknown> | null): Follow {
  return (onChange) => {
    let inner: Store<unknown> | null = null;
    let unfollow = () => {};
    const look = () => {
      const now = innerOf(outer.get());
      if (now === inner) return;
      const before = unfollow;
      inner = now;
      // The new one first, so that what both rest on goes on.
      unfollow = now?.subscribe(onChange) ?? (() => {});
      before();
    };
    const stop = outer.subscribe(() => {
      look();
      onChange();
    });
    look();
    return () => {
      stop();
      unfollow();
    };
  };
}
