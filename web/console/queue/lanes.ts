/** Work that goes out a few at a time: each waits for one that was given before it. */
export class Lanes {
  readonly #last: Promise<void>[];
  #turns = 0;

  constructor(atOnce: number) {
    this.#last = Array.from({ length: atOnce }, () => Promise.resolve());
  }

  /** Answers as the work does. What fails holds nothing up. */
  take(work: () => Promise<void>): Promise<void> {
    const lane = this.#turns++ % this.#last.length;
    const taken = (this.#last[lane] ?? Promise.resolve()).then(work);
    this.#last[lane] = taken.catch(() => undefined);
    return taken;
  }
}
