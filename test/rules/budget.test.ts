import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BudgetPolicy,
  budgetPolicies,
  floorFor,
  type SharedPolicy,
  type Taken,
  takenLately,
} from '../../src/rules/budget.ts';
import { rateLimited } from '../../src/rules/refusal.ts';
import { readDocument } from '../docs/markdown.ts';

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

describe('the table of budgets', async () => {
  const document = await readDocument('docs/decisions/0007-budgets.md');
  const { address, newRoom, arrivals, person, manyPeople, act, acts } = budgetPolicies;
  /** As the table has them: those of one row beside each other. */
  const inTable: readonly (readonly [what: string, BudgetPolicy])[] = [
    ['access by address', address.ACCESS],
    ['joins by address', address.JOIN],
    ['knocks by address', address.KNOCK],
    ['rooms that are new to an address', newRoom.address],
    ['rooms that are new to a network', newRoom.network],
    ['knocks at a room', arrivals.KNOCK.room],
    ['knocks in a domain', arrivals.KNOCK.domain],
    ['joins of a room', arrivals.JOIN.room],
    ['joins in a domain', arrivals.JOIN.domain],
    ['access of one person', person.ACCESS],
    ['joins of one person', person.JOIN],
    ['knocks of one person', person.KNOCK],
    ['access by a token that many have', manyPeople.ACCESS],
    ['joins by a token that many have', manyPeople.JOIN],
    ['knocks by a token that many have', manyPeople.KNOCK],
    ['acts about oneself', act.OWN],
    ['acts on others', act.OTHERS],
    ['acts of people who wait', act.WAITING],
    ['acts of all at one address', acts],
  ];
  const numbersIn = (cell: string) => cell.split(';').map((number) => Number(number.replaceAll(',', '')));
  const promised = document
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(({ length }) => length === 6)
    .flatMap(([, , , atOnce = '', perSecond = '']) => {
      const rates = numbersIn(perSecond);
      return numbersIn(atOnce).map((capacity, index) => ({ capacity, perSecond: rates[index] }));
    })
    .filter(({ capacity }) => !Number.isNaN(capacity));

  test.each(inTable.map(([what, { capacity, perSecond }], index) => [what, { capacity, perSecond }, index] as const))(
    'promises of %s what is in force: %j',
    (_what, inForce, index) => {
      expect(promised[index]).toEqual(inForce);
    },
  );

  test('has every budget that there is', () => {
    const policiesIn = (value: object): readonly object[] =>
      'capacity' in value ? [value] : Object.values(value).flatMap((inner: object) => policiesIn(inner));
    expect(new Set(inTable.map(([, inForce]) => inForce))).toEqual(new Set(policiesIn(budgetPolicies)));
    expect(promised).toHaveLength(inTable.length);
  });
});

test.each([
  [0, 1],
  [0.2, 1],
  [1, 1],
  [1.001, 2],
  [50.5, 51],
])('whoever must wait %d seconds is told %d: an earlier attempt would be refused again', (needed, said) => {
  expect(rateLimited(needed).retryAfterSeconds).toBe(said);
});
