import { cluster, model } from './model.ts';

/** Mulberry32: the same numbers for the same seed, on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For each room the shard of its domain. */
export function shardsOf(random: () => number): () => number {
  const upTo = Array.from({ length: model.domains }, (_domain, index) => 1 / (index + 1));
  for (let index = 1; index < upTo.length; index += 1) upTo[index] = (upTo[index] ?? 0) + (upTo[index - 1] ?? 0);
  const shards = upTo.map(() => Math.floor(random() * cluster.shards));
  const total = upTo.at(-1) ?? 0;
  return () => {
    const found = random() * total;
    let [from, to] = [0, upTo.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((upTo[middle] ?? 0) < found) from = middle + 1;
      else to = middle;
    }
    return shards[from] ?? 0;
  };
}
