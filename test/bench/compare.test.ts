import { describe, expect, test } from 'vitest';
import { pairUp, showPairs } from '../../bench/compare.ts';
import { acrossRounds, alone } from '../../bench/figure.ts';
import { readCpuMs, readFamilyCpuMs } from '../../bench/proc.ts';

const row = (what: string, ours: number) => alone('P5', what, ours, 'ms', null);

describe('two trees in turns', () => {
  test('the rows of each round stand side by side by their names, in whatever order they come', () => {
    const rounds = [
      { other: [row('told', 10), row('joined', 40)], own: [row('joined', 20), row('told', 5)] },
      { other: [row('told', 12), row('joined', 44)], own: [row('told', 3), row('joined', 22)] },
    ];
    expect(pairUp(rounds)).toEqual([
      { figure: 'P5', what: 'joined', unit: 'ms', other: [40, 44], own: [20, 22] },
      { figure: 'P5', what: 'told', unit: 'ms', other: [10, 12], own: [5, 3] },
    ]);
    expect(showPairs(pairUp(rounds)).split('\n')[0]).toBe('P5 | joined | 40.0 → 20.0 ms | × 0.500 (0.50 to 0.50)');
  });

  test('a row that the other tree does not have is no number', () => {
    const [pair] = pairUp([{ other: [], own: [row('told', 5)] }]);
    expect(pair?.other).toEqual([Number.NaN]);
  });
});

test('a row of rounds says the medians, and the lowest and highest ratio of a round', () => {
  const values = { ours: [10, 30, 20], floor: [10, 10, 10], unit: 'µs' };
  expect(acrossRounds('P1', 'asked', values, { atMost: 2 })).toEqual({
    ...{ figure: 'P1', what: 'asked', ours: 20, unit: 'µs', floor: 10, ratio: 2 },
    ...{ spread: '1.00–3.00', target: '≤ 2 ×', holds: true },
  });
});

test.skipIf(process.platform !== 'linux')(
  'processor time is told of a process and of its children, and of nobody who is gone',
  () => {
    const { user, system } = process.cpuUsage();
    expect(Math.abs(readCpuMs(process.pid) - (user + system) / 1000)).toBeLessThan(100);
    const alone = readCpuMs(process.pid);
    expect(readFamilyCpuMs(process.pid)).toBeGreaterThanOrEqual(alone);
    expect([readCpuMs(2 ** 30), readFamilyCpuMs(2 ** 30)]).toEqual([0, 0]);
  },
);
