import { LRUCache } from 'lru-cache';
import type { Clock } from '../room/clock.ts';
import {
  type Arrival,
  type Attempt,
  type BudgetPolicy,
  budgetPolicies,
  floorFor,
  type SharedPolicy,
  type Taken,
  takenLately,
} from '../rules/budget.ts';
import type { Caller, Client } from '../rules/caller.ts';
import { type RateLimited, rateLimited } from '../rules/refusal.ts';
import type { BudgetStorage } from '../storage/budget.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { CallerAtDoor } from './entry/caller-at-door.ts';

/** What people in a room, or at its door, do: something about themselves, or about others. */
export type Act = 'OWN' | 'OTHERS';

/**
 * How often something may be tried. A caller with a good credential has a budget of its own. A caller without one has the budget of its
 * address, and shares the budgets of the room and of the domain with all others without one. All processes share the budgets.
 */
export interface Budgets {
  /** Somebody asks about a room, wants to join or knocks, whether or not the room exists. */
  readonly attempt: (attempt: Attempt, atDoor: CallerAtDoor, roomName: string) => Promise<RateLimited | null>;
  /** Somebody knocks at a room that exists, or joins a public one. */
  readonly arriveAt: (arrival: Arrival, atDoor: CallerAtDoor, room: RoomRef) => Promise<RateLimited | null>;
  /** Somebody in a room, or at its door, changes something. */
  readonly act: (act: Act, caller: Caller, client: Client) => Promise<RateLimited | null>;
}

/** With `RATE_LIMITS=false`: nothing is counted. */
export const noBudgets: Budgets = {
  attempt: async () => null,
  arriveAt: async () => null,
  act: async () => null,
};

export function createBudgets(storage: BudgetStorage, clock: Pick<Clock, 'now'>): Budgets {
  const purses = createPurses(storage);
  const spend = async (spendings: readonly Spending[]): Promise<RateLimited | null> => {
    const longest = Math.max(0, ...(await Promise.all(spendings.map(purses))));
    return longest > 0 ? rateLimited(longest) : null;
  };
  const spendShared = createShares(purses, clock);
  const spendActs = ({ addressHash }: Client, sharer: string) =>
    spendShared(`ACT ${addressHash}`, budgetPolicies.acts, sharer);
  const rooms = createRoomMemory(clock);
  return {
    attempt: async (attempt, atDoor, roomName) => {
      const { shows } = atDoor;
      if (shows === 'BACKEND') return null;
      if (shows !== null) {
        const { [attempt]: policy } = budgetPolicies[shows.isOnePersons ? 'person' : 'manyPeople'];
        const limited = await spend([unit(`${attempt} ${shows.key}`, policy)]);
        return limited ?? (shows.kind === 'TOKEN' ? null : spendActs(atDoor.client, shows.key));
      }
      const { addressHash } = atDoor.client;
      const asked = `${addressHash} ${roomName}`;
      const isKnown = rooms.has(asked);
      const limited = await spend([
        unit(`${attempt} ${addressHash}`, budgetPolicies.address[attempt]),
        ...(isKnown ? [] : newRoom(atDoor.client)),
      ]);
      if (limited === null) rooms.add(asked);
      return limited;
    },
    arriveAt: async (arrival, { shows, client }, { domainId, roomId }) => {
      if (showsEnough(arrival, shows)) return null;
      const { room, domain } = budgetPolicies.arrivals[arrival];
      // One after the other: what one room refuses to a flood is not taken from the budgets of the others.
      return (
        (await spendShared(`${arrival} room ${roomId}`, room, client.networkHash)) ??
        (await spendShared(`${arrival} domain ${domainId}`, domain, client.networkHash))
      );
    },
    act: async (act, caller, client) => {
      if ((caller.kind !== 'PARTICIPANT' && caller.kind !== 'KNOCKER') || caller.hasEnded) return null;
      const kind = caller.kind === 'KNOCKER' ? 'WAITING' : act;
      return (
        (await spend([unit(`ACT ${kind} ${caller.id}`, budgetPolicies.act[kind])])) ??
        (await spendActs(client, caller.id))
      );
    },
  };
}

/** Is this caller left out of the budgets of people without a credential? A session comes back to its place, but its knock is a new one. */
function showsEnough(arrival: Arrival, shows: CallerAtDoor['shows']): boolean {
  if (shows === null || shows === 'BACKEND') return shows !== null;
  return shows.kind !== 'SESSION' || arrival === 'JOIN';
}

function unit(key: string, policy: BudgetPolicy): Spending {
  return { key, policy, floor: 1 };
}

function newRoom({ addressHash, networkHash }: Client): readonly Spending[] {
  const { address, network } = budgetPolicies.newRoom;
  return [unit(`ROOMS ${addressHash}`, address), unit(`ROOMS network ${networkHash}`, network)];
}

const maxShares = 20_000;

/** Budgets that many share: see rules/budget.ts. */
function createShares(purses: (spending: Spending) => Promise<number>, clock: Pick<Clock, 'now'>) {
  const shares = new LRUCache<string, Taken>({ max: maxShares });
  return async (key: string, policy: SharedPolicy, sharer: string): Promise<RateLimited | null> => {
    const share = `${key} ${sharer}`;
    const add = (amount: number): number => {
      const atMs = clock.now().getTime();
      const before = takenLately(shares.get(share), atMs);
      shares.set(share, { amount: Math.max(0, before + amount), atMs });
      return before;
    };
    // Counted before the answer is known: of several who ask at the same moment, each counts the ones before it.
    const floor = floorFor(policy, add(1));
    const waitSeconds = await purses({ key, policy, floor });
    if (waitSeconds === 0) return null;
    add(-1);
    return rateLimited(waitSeconds);
  };
}

const roomMemoryMs = 600_000;
const maxRooms = 50_000;

/** Which rooms an address has asked about lately: asking about the same room again costs nothing. */
function createRoomMemory(clock: Pick<Clock, 'now'>) {
  const askedAt = new LRUCache<string, number>({ max: maxRooms });
  return {
    has: (asked: string): boolean => {
      const atMs = askedAt.get(asked);
      return atMs !== undefined && clock.now().getTime() - atMs < roomMemoryMs;
    },
    add: (asked: string) => askedAt.set(asked, clock.now().getTime()),
  };
}

/** One unit of one budget. */
export interface Spending {
  readonly key: string;
  readonly policy: BudgetPolicy | SharedPolicy;
  /** How much must be left in the budget. */
  readonly floor: number;
}

interface WaitingSpender {
  readonly floor: number;
  readonly answer: PromiseWithResolvers<number>;
}

/** The units of one budget that this process has taken, and the requests that wait for more. */
interface Purse {
  held: number;
  waiting: WaitingSpender[];
  isRefilling: boolean;
}

const maxPurses = 50_000;

/**
 * Spends budgets that are kept in the database. One statement serves all requests of this process that wait for the same budget.
 * Returns 0, or in how many seconds there may be a unit. @throws DatabaseError
 */
export function createPurses(storage: BudgetStorage): (spending: Spending) => Promise<number> {
  const purses = new LRUCache<string, Purse>({ max: maxPurses });
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

/** The request with the lowest floor is served first. */
async function serve(
  storage: BudgetStorage,
  key: string,
  policy: BudgetPolicy | SharedPolicy,
  purse: Purse,
  group: readonly WaitingSpender[],
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
