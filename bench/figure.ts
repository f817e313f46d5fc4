import type { Ground } from './ground.ts';
import { median } from './statistics.ts';

/** One line of the table. */
export interface Row {
  readonly figure: string;
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  /** What it is held against, or null where the target is a number of its own. */
  readonly floor: number | null;
  readonly ratio: number | null;
  /** The lowest and the highest ratio of a round, or value where there is no floor; empty where there were no rounds. */
  readonly spread: string;
  readonly target: string;
  /** Null: told for comparison, without a target. */
  readonly holds: boolean | null;
}

/** What a measurement found. */
export interface Findings {
  readonly rows: readonly Row[];
  /** Something was lost, doubled or let in: the figure does not count, however good. */
  readonly faults: readonly string[];
}

export interface Figure {
  readonly name: string;
  readonly measure: (ground: Ground) => Promise<Findings>;
}

/** A row that is held against the floor: at most `atMost` times as much, or at least `atLeast` times. */
export function against(
  figure: string,
  what: string,
  values: { readonly ours: number; readonly floor: number; readonly unit: string },
  target: { readonly atMost: number } | { readonly atLeast: number } | null,
): Row {
  const ratio = values.ours / values.floor;
  const told = target === null ? '' : 'atMost' in target ? `≤ ${target.atMost} ×` : `≥ ${target.atLeast} ×`;
  const holds = target === null ? null : 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;
  return { figure, what, ...values, ratio, spread: '', target: told, holds };
}

/** A row of rounds that took turns: the medians, and how far apart the rounds were. */
export function acrossRounds(
  figure: string,
  what: string,
  values: { readonly ours: readonly number[]; readonly floor: readonly number[]; readonly unit: string },
  target: Parameters<typeof against>[3],
): Row {
  const { ours, floor, unit } = values;
  const ratios = ours.map((value, round) => value / (floor[round] ?? Number.NaN));
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  return { ...against(figure, what, { ours: median(ours), floor: median(floor), unit }, target), spread };
}

/** A row with a target of its own. */
export function alone(
  figure: string,
  what: string,
  ours: number,
  unit: string,
  target: { readonly atMost: number } | { readonly atLeast: number } | null,
): Row {
  const told = target === null ? '' : 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  const holds = target === null ? null : 'atMost' in target ? ours <= target.atMost : ours >= target.atLeast;
  return { figure, what, ours, unit, floor: null, ratio: null, spread: '', target: told, holds };
}
