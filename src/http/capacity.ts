import type { GraphQLError } from 'graphql';
import { tooMany, unavailable } from './protocol-error.ts';

/** So many at once and no more. */
class Slots {
  readonly #max: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** False: all are taken. */
  take(): boolean {
    if (this.#taken >= this.#max) return false;
    this.#taken += 1;
    return true;
  }

  release(): void {
    this.#taken -= 1;
    if (this.#taken > 0) return;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Settles as soon as none is taken. */
  whenFree(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** So many at once and no more, for each key. Holds only keys that have some. */
export class SlotsByKey {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** False: this key's are all taken. */
  take(key: string): boolean {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#max) return false;
    this.#taken.set(key, taken + 1);
    return true;
  }

  release(key: string): void {
    const left = (this.#taken.get(key) ?? 0) - 1;
    if (left > 0) this.#taken.set(key, left);
    else this.#taken.delete(key);
  }
}

/** The work that one process takes at once, in all and from each address. */
export class WorkSlots {
  readonly #all: Slots;
  readonly #byAddress: SlotsByKey;

  constructor(max: number, maxPerAddress: number) {
    this.#all = new Slots(max);
    this.#byAddress = new SlotsByKey(maxPerAddress);
  }

  /** Null: it may begin, and has to leave again. */
  enter(address: string): GraphQLError | null {
    if (!this.#byAddress.take(address)) return tooMany('Too many operations at once from this address.');
    if (this.#all.take()) return null;
    this.#byAddress.release(address);
    return unavailable(false);
  }

  leave(address: string): void {
    this.#byAddress.release(address);
    this.#all.release();
  }

  /** Settles as soon as nothing is at work. */
  whenIdle(): Promise<void> {
    return this.#all.whenFree();
  }
}
