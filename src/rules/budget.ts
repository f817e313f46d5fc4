// How often something may be tried, and how many who share one budget share it fairly.
//
// A budget is a bucket: `capacity` at once, then `perSecond`. Where many share one (networks, /24 of IPv4 and /48 of IPv6, the knocks and
// joins at a room or in a domain of those who show nothing; people at one address what they do in rooms), each must find the more left in the
// bucket the more it has taken lately:
//
//   floor = reserve × taken / (reserve + taken), at least 1, where `taken` fades by 1/e in ten seconds, and reserve = 2 × perSecond
//
// A flood from k of them lets the level sink to where each is refused as often as makes k equal shares of `perSecond`: below that level,
// and above 1, only those get in who have taken less. So the whole of `perSecond` is used, however few ask; who asks for less than a fair
// share gets all of it, a first knock from a quiet network at once; and one network's many addresses count as one. The bucket is deeper
// than `capacity` by the reserve, and begins without it: there are never more than `capacity` and what came since.
//
// What each has taken a process remembers by itself: with several, it is judged a little too mildly, and in the same order. The bucket is
// one for all of them.

export interface BudgetPolicy {
  readonly capacity: number;
  readonly perSecond: number;
  /**
   * So many more are taken with one that is needed, and then spent without asking the database, as long as half the budget is left.
   * They are never given up: nothing of a budget is lost.
   */
  readonly ahead: number;
}

/** A budget that many share fairly. */
export interface SharedPolicy extends BudgetPolicy {
  readonly reserve: number;
}

function shared(policy: BudgetPolicy): SharedPolicy {
  return { ...policy, reserve: 2 * policy.perSecond };
}

/** What one of them has taken, at an instant (milliseconds). */
export interface Taken {
  readonly amount: number;
  readonly atMs: number;
}

const fadeMs = 10_000;

/** What is still remembered of it. */
export function takenLately(taken: Taken | undefined, nowMs: number): number {
  return taken === undefined ? 0 : taken.amount * Math.exp(-Math.max(0, nowMs - taken.atMs) / fadeMs);
}

/** So much must be left for one that has taken so much lately. */
export function floorFor({ reserve }: SharedPolicy, taken: number): number {
  return Math.max(1, (reserve * taken) / (reserve + taken));
}

/** Wide enough for an office behind one address, narrow enough for a flood. */
export const budgetPolicies = {
  /** People without a credential, by address. */
  address: {
    ACCESS: { capacity: 3_000, perSecond: 100, ahead: 50 },
    JOIN: { capacity: 300, perSecond: 5, ahead: 0 },
    KNOCK: { capacity: 60, perSecond: 1, ahead: 0 },
  },
  /** Asking about a room that the address did not ask about in the last minutes: by whatever operation, and whether there is such a room or not. */
  newRoom: {
    address: { capacity: 300, perSecond: 5, ahead: 5 },
    network: { capacity: 3_000, perSecond: 50, ahead: 20 },
  },
  /** Of all who show nothing, at one room and in the domain: their knocks, and how many of them come into public rooms. */
  arrivals: {
    KNOCK: {
      room: shared({ capacity: 300, perSecond: 10, ahead: 5 }),
      domain: shared({ capacity: 3_000, perSecond: 100, ahead: 20 }),
    },
    JOIN: {
      room: shared({ capacity: 3_000, perSecond: 100, ahead: 50 }),
      domain: shared({ capacity: 10_000, perSecond: 300, ahead: 50 }),
    },
  },
  /** Who shows a good credential that is one person's: a token with a userId, a knock, a session. */
  person: {
    ACCESS: { capacity: 120, perSecond: 2, ahead: 10 },
    JOIN: { capacity: 60, perSecond: 1, ahead: 2 },
    KNOCK: { capacity: 60, perSecond: 1, ahead: 2 },
  },
  /** Who shows a good token without userId, which many may have. */
  manyPeople: {
    ACCESS: { capacity: 3_000, perSecond: 100, ahead: 50 },
    JOIN: { capacity: 3_000, perSecond: 100, ahead: 20 },
    KNOCK: { capacity: 300, perSecond: 10, ahead: 5 },
  },
  /** What somebody in a room, or before it, does about itself, and about others. */
  act: {
    OWN: { capacity: 60, perSecond: 2, ahead: 10 },
    WAITING: { capacity: 30, perSecond: 0.5, ahead: 5 },
    OTHERS: { capacity: 600, perSecond: 20, ahead: 50 },
  },
  /** The same of all at one address, who share it. */
  acts: shared({ capacity: 2_000, perSecond: 60, ahead: 50 }),
} as const;

/** What somebody tries at the door. */
export type Attempt = keyof typeof budgetPolicies.address;

/** What brings somebody to a room, and into its record. */
export type Arrival = keyof typeof budgetPolicies.arrivals;
