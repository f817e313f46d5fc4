/** The longest that what came together is read without a pause, in milliseconds: half a frame. */
const sliceMs = 8;

/**
 * Has what comes read in its order and at once, but not for longer than half a frame without a pause: sixty events that arrive together,
 * as after a lost line, would else keep a page from answering. A page that nobody looks at has nothing to answer, and its timers sleep.
 */
export class Inbox<Item extends string | number> {
  readonly #read: (item: Item) => void;
  readonly #waiting: Item[] = [];
  #slice: { readonly timer: ReturnType<typeof setTimeout>; readonly began: number } | null = null;

  constructor(read: (item: Item) => void) {
    this.#read = read;
  }

  take(item: Item): void {
    this.#waiting.push(item);
    if (this.#slice === null) this.#begin();
    if (this.#waiting.length === 1) this.#work();
  }

  /** Reads at once what is left, until what is read empties it. */
  drain(): void {
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) this.#read(item);
  }

  /** What is left is not read any more. */
  empty(): void {
    if (this.#slice !== null) clearTimeout(this.#slice.timer);
    this.#slice = null;
    this.#waiting.length = 0;
  }

  #begin(): void {
    const timer = setTimeout(() => {
      this.#slice = null;
      if (this.#waiting.length === 0) return;
      this.#begin();
      this.#work();
    });
    this.#slice = { timer, began: performance.now() };
  }

  #work(): void {
    const { began = Number.NEGATIVE_INFINITY } = this.#slice ?? {};
    while (isUnseen() || performance.now() - began < sliceMs) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      this.#read(item);
    }
  }
}

function isUnseen(): boolean {
  return globalThis.document?.visibilityState === 'hidden';
}
