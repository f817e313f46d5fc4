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
 * with the states that were tried before left out as Lowe does.)
 * @returns null, or the longest order that could be found, to see where it breaks
 */
export function findContradiction<State, Call, Output>(
  model: SerialModel<State, Call, Output>,
  history: readonly Operation<Call, Output>[],
): readonly number[] | null {
  const order = history.map((_, index) => index).sort((a, b) => begun(history, a) - begun(history, b));
  const seen = new Set<string>();
  const done = new Set<number>();
  const path: number[] = [];
  let longest: readonly number[] = [];
  const search = (state: State): boolean => {
    const open = order.filter((index) => !done.has(index));
    const mustBeDone = open.filter((index) => history[index]?.endedAt !== Number.POSITIVE_INFINITY);
    if (mustBeDone.length === 0) return true;
    const key = `${[...done].sort((a, b) => a - b).join()} ${model.keyOf(state)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    // Nothing that began after another had ended can come before it.
    const horizon = Math.min(...mustBeDone.map((index) => history[index]?.endedAt ?? 0));
    for (const index of open) {
      const operation = history[index];
      if (operation === undefined || operation.begunAt > horizon) break;
      const next = model.step(state, operation.call, operation.output, index);
      if (next === null) continue;
      done.add(index);
      path.push(index);
      if (path.length > longest.length) longest = [...path];
      if (search(next)) return true;
      path.pop();
      done.delete(index);
    }
    return false;
  };
  return search(model.initial) ? null : longest;
}

function begun(history: readonly { readonly begunAt: number }[], index: number): number {
  return history[index]?.begunAt ?? 0;
}
