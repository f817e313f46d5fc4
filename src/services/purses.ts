import type { BudgetPolicy, SharedPolicy } from '../rules/budget.ts';
import type { BudgetStorage } from '../storage/budget.ts';
import { BoundedMap } from './bounded-map.ts';

/** One unit of one budget. */
export interface Spending {
  readonly key: string;
  readonly policy: BudgetPolicy | SharedPolicy;
  /** How much must be left in the budget. */
  readonly floor: number;
}

interface Waiting {
  readonly floor: number;
  readonly answer: PromiseWithResolvers<number>;
}

/** What this process holds of one budget, and who waits for more of it. */
interface Purse {
  held: number;
  waiting: Waiting[];
  isRefilling: boolean;
}

const maxPurses = 50_000;

/**
 * Spends budgets that are kept in the database. One statement serves all in this process who wait for the same budget.
 * Answers 0, or how many seconds it takes until there may be a unit. @throws DatabaseError
 */
export function createPurses(storage: BudgetStorage): (spending: Spending) => Promise<number> {
  const purses = new BoundedMap<string, Purse>(maxPurses);
  return async ({ key, policy, floor }) => {
    const purse = purses.get(key) ?? { held: 0, waiting: [], isRefilling: false };
    purses.set(key, purse);
    if (purse.held >= 1) {
      purse.held -= 1;
      return 0;
    }
    const answer = Promise.withResolvers<number>();
    purse.waiting.push({ floor, answer });
    if (!purse.isRefilling) void refill(storage, key, policy, purse);
    return answer.promise;
  };
}

async function refill(
  storage: BudgetStorage,
  key: string,
  policy: BudgetPolicy | SharedPolicy,
  purse: Purse,
): Promise<void> {
  purse.isRefilling = true;
  while (purse.waiting.length > 0) {
    const group = purse.waiting.sort((a, b) => a.floor - b.floor);
    purse.waiting = [];
    try {
      await serve(storage, key, policy, purse, group);
    } catch (error) {
      for (const { answer } of group) answer.reject(error);
    }
  }
  purse.isRefilling = false;
}

/** Whose floor is lowest is served first. */
async function serve(
  storage: BudgetStorage,
  key: string,
  policy: BudgetPolicy | SharedPolicy,
  purse: Purse,
  group: readonly Waiting[],
): Promise<void> {
  const { capacity, perSecond, ahead } = policy;
  const depth = capacity + ('reserve' in policy ? policy.reserve : 0);
  const floors = [...group.map(({ floor }) => floor), ...Array.from({ length: ahead }, () => capacity / 2)];
  const { granted, left } = await storage.take({ key, depth, initial: capacity, perSecond, floors });
  purse.held += Math.max(0, granted - group.length);
  group.forEach(({ floor, answer }, index) => {
    answer.resolve(index < granted ? 0 : Math.max(0.001, (floor - left) / perSecond));
  });
}
