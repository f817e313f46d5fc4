import { LRUCache } from 'lru-cache';

/** How much may be spent at once, and how much of it comes back in a second. */
export interface PurseTerms {
  readonly capacity: number;
  readonly perSecond: number;
}

interface Spent {
  readonly amount: number;
  /** Milliseconds of the process's own clock. */
  readonly at: number;
}

/** What each of many has left, in this process. Whoever has spent nothing is not kept. */
export class Purses {
  readonly #terms: PurseTerms;
  readonly #spent: LRUCache<string, Spent>;

  /** @param max how many who have spent something are remembered */
  constructor(terms: PurseTerms, max: number) {
    this.#terms = terms;
    this.#spent = new LRUCache({ max });
  }

  /** How long until there is something to spend again; 0: there is. */
  debtSeconds(key: string): number {
    const over = this.#spentBy(key, performance.now()) - this.#terms.capacity;
    return over <= 0 ? 0 : over / this.#terms.perSecond;
  }

  /** What is done already is charged in full, also where less was left. A negative amount is given back. */
  charge(key: string, amount: number): void {
    const now = performance.now();
    this.#spent.set(key, { amount: this.#spentBy(key, now) + amount, at: now });
  }

  #spentBy(key: string, now: number): number {
    const spent = this.#spent.get(key);
    if (spent === undefined) return 0;
    const left = spent.amount - ((now - spent.at) / 1000) * this.#terms.perSecond;
    if (left > 0) return left;
    this.#spent.delete(key);
    return 0;
  }
}
