import { expect, test } from 'vitest';
import { createUpkeep } from '../../src/webhooks/upkeep.ts';

const hour = 3_600_000;

/** A process that keeps house, and what it did; each of the tables has so many old rows. */
function keepHouse(rows: number) {
  const left = { forget: rows, endAbandoned: rows };
  const state = { isOnDuty: false, isAway: false, ms: 0 };
  const take = (what: keyof typeof left, limit: number) => {
    const taken = Math.min(left[what], limit);
    left[what] -= taken;
    return Promise.resolve(taken);
  };
  const troubles: unknown[] = [];
  const told: unknown[] = [];
  const upkeep = createUpkeep({
    outbox: {
      endAbandoned: (limit) => take('endAbandoned', limit),
      forget: (_days, limit) => take('forget', limit),
      measure: async () => {
        if (state.isAway) throw new Error('away');
        return { pending: 0, lagSeconds: 0 };
      },
    },
    reports: { queued: (size) => void told.push(size), troubled: (error) => troubles.push(error) },
    retentionDays: 30,
    isOnDuty: () => state.isOnDuty,
    monotonicMs: () => state.ms,
  });
  const tick = async () => {
    upkeep.tick();
    // Its statements answer at once here.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return { left, state, troubles, told, upkeep, tick };
}

test('whatever is old goes with one look, in batches, and another process on duty is left to it', async () => {
  const { left, state, troubles, tick } = keepHouse(2_500);
  await tick();
  expect(left).toEqual({ forget: 2_500, endAbandoned: 2_500 });
  state.isOnDuty = true;
  await tick();
  expect([left, troubles]).toEqual([{ forget: 0, endAbandoned: 0 }, []]);
  Object.assign(left, { forget: 10, endAbandoned: 10 });
  state.ms += hour - 1;
  await tick();
  expect(left).toEqual({ forget: 10, endAbandoned: 0 });
  state.ms += 1;
  await tick();
  expect(left.forget).toBe(0);
});

test('what waits for a webhook that was just switched off ends with the next look, whoever is on duty', async () => {
  const { left, upkeep, tick } = keepHouse(1_001);
  upkeep.endAbandoned();
  await tick();
  expect(left).toEqual({ forget: 1_001, endAbandoned: 0 });
});

test('while the database is away nobody is told an old number', async () => {
  const { state, told, troubles, tick } = keepHouse(0);
  await tick();
  state.isAway = true;
  state.ms += 15_000;
  await tick();
  expect(told).toEqual([{ pending: 0, lagSeconds: 0 }, null]);
  expect(troubles).toHaveLength(1);
});
