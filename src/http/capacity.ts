import type { GraphQLError } from 'graphql';
import { tooMany, unavailable } from './protocol-error.ts';

/** A number of places, and no more. */
class Slots {
  readonly #max: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** False: all places are taken. */
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

  /** Settles as soon as no place is taken. */
  whenFree(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A number of places for each key, and no more. Keeps only keys with a taken place. */
export class SlotsByKey {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** False: all places of this key are taken. */
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

/** How much work one process does at once, in all and for each address. */
export class WorkSlots {
  readonly #all: Slots;
  readonly #byAddress: SlotsByKey;

  constructor(max: number, maxPerAddress: number) {
    this.#all = new Slots(max);
    this.#byAddress = new SlotsByKey(maxPerAddress);
  }

  /** Null: the work may begin, and must call `leave` when it is done. */
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
