import type { DomainId, RoomId } from '../rules/ids.ts';
import { type RateLimited, rateLimited } from '../rules/refusal.ts';
import type { BudgetStorage } from '../storage/budget.ts';
import type { Client } from './caller.ts';

export type BudgetKind = 'ACCESS' | 'JOIN' | 'KNOCK';

/** How often something may be tried: by address, and knocks by room and by domain too. All processes share them. */
export interface Budgets {
  readonly take: (
    kind: BudgetKind,
    client: Client,
    where?: { readonly domainId: DomainId; readonly roomId: RoomId },
  ) => Promise<RateLimited | null>;
}

interface Policy {
  readonly capacity: number;
  readonly perSecond: number;
  /** So much is taken at once and then spent without asking: for budgets that many share. */
  readonly slice: number;
}

/** At once, and then per second. Wide enough for an office behind one address, narrow enough for a flood. */
export const budgetPolicies = {
  ACCESS: { address: { capacity: 600, perSecond: 10, slice: 10 } },
  JOIN: { address: { capacity: 300, perSecond: 5, slice: 1 } },
  KNOCK: {
    address: { capacity: 60, perSecond: 1, slice: 1 },
    room: { capacity: 300, perSecond: 10, slice: 5 },
    domain: { capacity: 3_000, perSecond: 100, slice: 20 },
  },
} as const satisfies Record<BudgetKind, Record<string, Policy>>;

/** What is left of a slice is given up after so long. Milliseconds. */
const sliceMs = 2_000;
const maxPurses = 50_000;

/** What this process holds of one budget. Whoever finds it empty waits for the one refill that is on its way. */
interface Purse {
  left: number;
  until: number;
  waiting: number;
  refill: Promise<number> | null;
}

export function createBudgets(storage: BudgetStorage): Budgets {
  const purses = new Map<string, Purse>();
  const purseOf = (key: string): Purse => {
    const known = purses.get(key);
    if (known !== undefined) return known;
    if (purses.size >= maxPurses) purses.clear();
    const purse: Purse = { left: 0, until: 0, waiting: 0, refill: null };
    purses.set(key, purse);
    return purse;
  };
  const spend = async (key: string, policy: Policy): Promise<number> => {
    const purse = purseOf(key);
    while (purse.left < 1 || purse.until < performance.now()) {
      purse.waiting += 1;
      purse.refill ??= refill(storage, key, policy, purse).finally(() => {
        purse.refill = null;
      });
      try {
        const waitSeconds = await purse.refill;
        if (waitSeconds > 0) return waitSeconds;
      } finally {
        purse.waiting -= 1;
      }
    }
    purse.left -= 1;
    if (purse.left < 1 && purse.waiting === 0) purses.delete(key);
    return 0;
  };
  return {
    take: async (kind, client, where) => {
      const budgets = budgetsOf(kind, client, where);
      const waits = await Promise.all(budgets.map(({ key, policy }) => spend(key, policy)));
      const longest = Math.max(...waits);
      return longest > 0 ? rateLimited(longest) : null;
    },
  };
}

/** Fills a purse for all who wait, or with what is left. Answers 0, or how many seconds it takes until there is anything. */
async function refill(storage: BudgetStorage, key: string, policy: Policy, purse: Purse): Promise<number> {
  const { capacity, perSecond, slice } = policy;
  const take = async (amount: number) => (await storage.take([{ key, capacity, perSecond, amount }]))[0] ?? null;
  let amount = Math.min(capacity, Math.max(slice, purse.waiting));
  let short = await take(amount);
  if (short !== null && short.left >= 1) {
    amount = Math.floor(short.left);
    short = await take(amount);
  }
  if (short !== null) return Math.max(0.001, (1 - short.left) / perSecond);
  purse.left = amount;
  purse.until = performance.now() + sliceMs;
  return 0;
}

/** With `RATE_LIMITS=false`: nothing is counted. */
export const noBudgets: Budgets = { take: async () => null };

function budgetsOf(
  kind: BudgetKind,
  client: Client,
  where: { readonly domainId: DomainId; readonly roomId: RoomId } | undefined,
): readonly { readonly key: string; readonly policy: Policy }[] {
  if (where === undefined) return [{ key: `${kind} ${client.addressHash}`, policy: budgetPolicies[kind].address }];
  const { room, domain } = budgetPolicies.KNOCK;
  return [
    { key: `${kind} room ${where.roomId}`, policy: room },
    { key: `${kind} domain ${where.domainId}`, policy: domain },
  ];
}
