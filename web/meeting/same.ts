/** The new value, in which whatever says the same as before is the object of before: what did not change need not be drawn again. */
export function keepSame<Value>(before: Value, after: Value): Value {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) {
    const kept = after.map((item: unknown, index) => keepSame(before[index], item));
    const isSame = kept.length === before.length && kept.every((item, index) => Object.is(item, before[index]));
    // The items are those of `after`, or equal to them.
    return (isSame ? before : kept) as Value;
  }
  if (!isPlain(before) || !isPlain(after)) return after;
  const kept = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, keepSame(before[name], value)]));
  const isSame =
    Object.keys(before).length === Object.keys(kept).length &&
    Object.keys(kept).every((name) => name in before && Object.is(kept[name], before[name]));
  return (isSame ? before : kept) as Value;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
