/** Keys that one statement takes at most: a flood of reads becomes several statements of bearable size. */
const maxKeys = 100;

interface Asked<Key, Found> {
  readonly key: Key;
  readonly found: PromiseWithResolvers<Found>;
}

/**
 * Reads one thing by its key, in one statement with all that are asked for in the same turn of the event loop: what belongs to each
 * of a hundred rooms takes one statement and not a hundred. Nothing is kept: each call is answered by a read begun after it.
 *
 * @param read answers for each key, in the order of the keys; where it throws, all who asked in that statement get the error
 * @param groupOf only keys of the same group are read together
 */
export function gatherReads<Key, Found>(
  read: (keys: readonly [Key, ...Key[]]) => Promise<readonly Found[]>,
  groupOf: (key: Key) => string = () => '',
): (key: Key) => Promise<Found> {
  let gathered: Asked<Key, Found>[] = [];
  const flush = () => {
    const groups = Map.groupBy(gathered, ({ key }) => groupOf(key));
    gathered = [];
    for (const group of groups.values()) {
      for (let start = 0; start < group.length; start += maxKeys)
        void answer(read, group.slice(start, start + maxKeys));
    }
  };
  return (key) => {
    const found = Promise.withResolvers<Found>();
    gathered.push({ key, found });
    // The items of a list come here one promise after another, but all before the event loop goes on.
    if (gathered.length === 1) setImmediate(flush);
    return found.promise;
  };
}

async function answer<Key, Found>(
  read: (keys: readonly [Key, ...Key[]]) => Promise<readonly Found[]>,
  [first, ...others]: readonly Asked<Key, Found>[],
): Promise<void> {
  if (first === undefined) return;
  const asked = [first, ...others];
  try {
    const all = await read([first.key, ...others.map(({ key }) => key)]);
    if (all.length !== asked.length) throw new Error('a gathered read answers once for each key');
    all.forEach((one, index) => {
      asked[index]?.found.resolve(one);
    });
  } catch (error) {
    for (const { found } of asked) found.reject(error);
  }
}
