/** For this long from the first one on, people who come count together. Milliseconds. */
const togetherMs = 5_000;
/** How many of them are told one by one. */
const atMost = 3;

interface ArrivalsOptions {
  readonly sayOne: (text: string) => void;
  /** @param came how many came within that time */
  readonly sayCount: (came: number) => void;
}

/** Tells a screen reader who comes or writes, at a pace that can be listened to: the first few one by one, and a crowd as a number, once. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  #came = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  came(text: string): void {
    this.#came += 1;
    if (this.#came === 1) this.#timer = setTimeout(() => this.#end(), togetherMs);
    if (this.#came <= atMost) this.#options.sayOne(text);
  }

  /** What is left to say is not said any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#came = 0;
  }

  #end(): void {
    const came = this.#came;
    this.#came = 0;
    if (came > atMost) this.#options.sayCount(came);
  }
}
