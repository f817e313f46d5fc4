import type { Findings, Row } from './figure.ts';

const heads = ['', 'what', 'ours', 'floor', 'ratio', 'spread', 'target', 'holds'] as const;

/** The one table: figure, floor, ratio, target, holds or not; what went wrong stands below it. */
export function showTable(found: readonly (Findings & { readonly name: string })[], seconds: number): string {
  const lines = [heads, ...found.flatMap(({ rows }) => rows.map(cellsOf))];
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head, ...rest] = lines;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const rows = found.flatMap((findings) => findings.rows).filter(({ holds }) => holds !== null);
  const held = rows.filter(({ holds }) => holds).length;
  const faults = found.flatMap(({ name, faults }) => faults.map((fault) => `FAULT in ${name}: ${fault}`));
  return [
    '',
    line(head ?? []),
    rule,
    ...rest.map(line),
    '',
    `${held} of ${rows.length} targets hold; ${seconds} s.`,
    ...faults,
  ].join('\n');
}

/** What one measurement found, before there is a table. */
export function showRows({ rows }: Findings): string {
  return rows.map((row) => `  ${cellsOf(row).join(' | ')}`).join('\n');
}

function cellsOf({ figure, what, ours, unit, floor, ratio, spread, target, holds }: Row): readonly string[] {
  const verdict = holds === null ? '' : holds ? 'yes' : 'NO';
  return [
    figure,
    what,
    `${round(ours)} ${unit}`,
    floor === null ? '' : `${round(floor)} ${unit}`,
    ratio === null ? '' : ratio.toFixed(2),
    spread,
    target,
    verdict,
  ];
}

function round(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const figures = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(figures);
}
