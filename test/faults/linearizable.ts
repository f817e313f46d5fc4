/** One operation as its client saw it. Times are of one clock, in milliseconds. */
export type Operation<Call, Output> = {
  readonly call: Call;
  readonly begunAt: number;
  /** Infinity: no answer ever came, and it may be done at any time, or never. */
  readonly endedAt: number;
  /** Null: not known. */
  readonly output: Output | null;
};

/** What a thing would do if it did one operation after the other. */
export type SerialModel<State, Call, Output> = {
  readonly initial: State;
  /** The state after this call, or null where the output says that it did not happen in this state. */
  readonly step: (state: State, call: Call, output: Output | null, index: number) => State | null;
  /** Equal for equal states. */
  readonly keyOf: (state: State) => string;
};

/**
 * Is there an order of these operations, true to their times, in which one after the other gives just these outputs? (Wing and Gong,
 * with the states that were tried before left out as Lowe does.) What got no answer is tried last, and not where it changes nothing;
 * and what was tried in vain with fewer of those done need not be tried with more, for it can do them later.
 * @returns null, or the longest order that could be found, to see where it breaks
 */
export function findContradiction<State, Call, Output>(
  model: SerialModel<State, Call, Output>,
  history: readonly Operation<Call, Output>[],
): readonly number[] | null {
  const inTime = [...history.entries()].sort(([, a], [, b]) => a.begunAt - b.begunAt);
  const answered = inTime.filter(([, { endedAt }]) => endedAt !== Number.POSITIVE_INFINITY);
  const lost = inTime.filter(([, { endedAt }]) => endedAt === Number.POSITIVE_INFINITY);
  const tried = new Map<string, (readonly number[])[]>();
  const done = new Set<number>();
  let longest: readonly number[] = [];
  const search = (state: State, key: string): boolean => {
    const open = answered.filter(([index]) => !done.has(index));
    if (open.length === 0) return true;
    const lostDone = lost.flatMap(([index]) => (done.has(index) ? [index] : []));
    const place = `${open.map(([index]) => index).join()} ${key}`;
    const before = tried.get(place) ?? [];
    if (before.some((fewer) => fewer.every((index) => done.has(index)))) return false;
    tried.set(place, [...before, lostDone]);
    // Nothing that began after another had ended can come before it.
    const horizon = Math.min(...open.map(([, { endedAt }]) => endedAt));
    for (const [index, operation] of [...open, ...lost]) {
      if (operation.begunAt > horizon || done.has(index)) continue;
      const next = model.step(state, operation.call, operation.output, index);
      if (next === null) continue;
      const nextKey = model.keyOf(next);
      if (operation.endedAt === Number.POSITIVE_INFINITY && nextKey === key) continue;
      done.add(index);
      if (done.size > longest.length) longest = [...done];
      if (search(next, nextKey)) return true;
      done.delete(index);
    }
    return false;
  };
  return search(model.initial, model.keyOf(model.initial)) ? null : longest;
}
