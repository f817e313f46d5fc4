import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetPolicies, floorFor, type SharedPolicy, type Taken, takenLately } from '../../src/rules/budget.ts';

const policy: SharedPolicy = budgetPolicies.arrivals.KNOCK.room;

/** How often each asks in a second, for so many seconds; what each got, and what it got after the first half. */
function simulate(asks: readonly number[], seconds: number) {
  const steps = 1_000;
  const got = asks.map(() => 0);
  const gotLate = asks.map(() => 0);
  const taken: (Taken | undefined)[] = asks.map(() => undefined);
  let level = policy.capacity;
  for (let step = 0; step < seconds * steps; step += 1) {
    const atMs = (step * 1_000) / steps;
    level = Math.min(policy.capacity + policy.reserve, level + policy.perSecond / steps);
    asks.forEach((perSecond, who) => {
      if (Math.floor(((step + 1) * perSecond) / steps) === Math.floor((step * perSecond) / steps)) return;
      const lately = takenLately(taken[who], atMs);
      if (level < floorFor(policy, lately)) return;
      level -= 1;
      taken[who] = { amount: lately + 1, atMs };
      got[who] = (got[who] ?? 0) + 1;
      if (step >= (seconds * steps) / 2) gotLate[who] = (gotLate[who] ?? 0) + 1;
    });
  }
  return { total: got.reduce((sum, one) => sum + one, 0), perSecond: gotLate.map((one) => one / (seconds / 2)) };
}

describe('a budget that many share', () => {
  test.each([1, 2, 3, 5, 10, 20])('is used to the last by %i who flood it, in equal shares', (count) => {
    const { total, perSecond } = simulate(Array(count).fill(200 / count), 120);
    expect(total).toBeGreaterThan(policy.capacity - policy.reserve + 120 * policy.perSecond - 2);
    expect(total).toBeLessThanOrEqual(policy.capacity + 120 * policy.perSecond);
    const fair = policy.perSecond / count;
    for (const one of perSecond) expect(Math.abs(one - fair)).toBeLessThan(0.25 * fair + 0.15);
  });

  test('a caller that asks for less than a fair share gets all of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 200 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.double({ min: 0.05, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 4 }),
        (floods, quiet) => {
          const { perSecond } = simulate([...floods, ...quiet], 60);
          quiet.forEach((asked, index) => {
            expect(perSecond[floods.length + index]).toBeGreaterThanOrEqual(asked - 0.1);
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('lets in at once somebody who comes for the first time', () => {
    expect(floorFor(policy, 0)).toBe(1);
    for (const amount of [1, 10, 100, 1_000]) expect(floorFor(policy, amount)).toBeLessThan(policy.reserve);
  });

  test('forgets what was taken, and never remembers more than that', () => {
    expect(takenLately({ amount: 8, atMs: 5_000 }, 5_000)).toBe(8);
    expect(takenLately({ amount: 8, atMs: 5_000 }, 4_000)).toBe(8);
    expect(takenLately({ amount: 8, atMs: 5_000 }, 65_000)).toBeLessThan(0.1);
    expect(takenLately(undefined, 5_000)).toBe(0);
  });
});
