import type { Row } from './figure.ts';
import { median, percentile } from './statistics.ts';

/** One row of a figure, measured of both trees in turns: other, this, other, this … */
export interface Pairs {
  readonly figure: string;
  readonly what: string;
  readonly unit: string;
  readonly other: readonly number[];
  readonly own: readonly number[];
}

/** What a figure found of the other tree, and then of this one. */
export interface Round {
  readonly other: readonly Row[];
  readonly own: readonly Row[];
}

/** Puts the same rows of each round side by side. */
export function pairUp(rounds: readonly Round[]): Pairs[] {
  const [first] = rounds;
  const all = first?.own ?? [];
  return all.map(({ figure, what, unit }, place) => {
    // Several rows of a figure may say "the same: …", each of what stands above it.
    const before = all.slice(0, place).filter((row) => row.what === what).length;
    const of = (rows: readonly Row[]) => rows.filter((row) => row.what === what)[before]?.ours ?? Number.NaN;
    const [other, own] = [rounds.map((round) => of(round.other)), rounds.map((round) => of(round.own))];
    return { figure, what, unit, other, own };
  });
}

/** Least disturbed by what else the machine did: a fifth of the rounds were as good or better. */
const quiet = 0.2;

/** The ratio of each pair says most: both were measured within the same minutes. */
export function showPairs(pairs: readonly Pairs[]): string {
  return pairs
    .map(({ figure, what, unit, other, own }) => {
      // Nothing lost in both is the same in both.
      const ratios = own.map((value, round) => (value === other[round] ? 1 : value / (other[round] ?? Number.NaN)));
      const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
      const values = `${percentile(other, quiet).toPrecision(3)} → ${percentile(own, quiet).toPrecision(3)} ${unit}`;
      return `${figure} | ${what} | ${values} | × ${median(ratios).toFixed(3)} (${low} to ${high})`;
    })
    .join('\n');
}
