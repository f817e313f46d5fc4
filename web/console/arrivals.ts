/** For this long from the first one on, people who come count together. Milliseconds. */
const togetherMs = 5_000;
/** How many of them are told one by one. */
const atMost = 3;

interface ArrivalsOptions {
  readonly sayOne: (text: string) => void;
  /** How many wait, all together. */
  readonly sayCount: (waiting: number) => void;
}

/** Tells a screen reader who comes or writes, at a pace that can be listened to: the first few one by one, and a crowd as a number, once. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  #came = 0;
  #waiting = 0;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** @param waiting how many wait now, with this one; else how many came together are counted */
  came(text: string, waiting = this.#came + 1): void {
    this.#came += 1;
    this.#waiting = waiting;
    if (this.#came === 1) setTimeout(() => this.#end(), togetherMs);
    if (this.#came <= atMost) this.#options.sayOne(text);
  }

  #end(): void {
    const isCrowd = this.#came > atMost;
    this.#came = 0;
    if (isCrowd) this.#options.sayCount(this.#waiting);
  }
}
