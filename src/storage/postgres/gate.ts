import { DatabaseError } from './error.ts';

export interface GateOptions {
  /** How many may be inside at once. */
  readonly places: number;
  /** How many may wait; who comes then is turned away at once. */
  readonly maxWaiting: number;
  /** Who has waited so long is turned away. Milliseconds. */
  readonly maxWaitMs: number;
}

interface WaitingAtGate {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** So many inside at once, the others in their order; nobody waits for ever, and whoever is turned away has done nothing. */
export class Gate {
  readonly #options: GateOptions;
  // A set keeps the order and forgets one in the middle at no cost.
  readonly #waiting = new Set<WaitingAtGate>();
  #inside = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Runs work as soon as there is a place. @throws DatabaseError REFUSED where it had to be turned away */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (this.#inside < this.#options.places) {
      this.#inside += 1;
      return Promise.resolve();
    }
    if (this.#waiting.size >= this.#options.maxWaiting) {
      return Promise.reject(new DatabaseError('REFUSED', 'QUEUE_FULL'));
    }
    return new Promise((enter, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new DatabaseError('REFUSED', 'QUEUE_TIMEOUT'));
      }, this.#options.maxWaitMs);
      const waiting: WaitingAtGate = { enter, timer };
      this.#waiting.add(waiting);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    // The place goes over to the next one.
    this.#waiting.delete(next);
    clearTimeout(next.timer);
    next.enter();
  }
}
