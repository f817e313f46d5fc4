/** A frame that took longer than this was too full, and one that took less than the other has room for more, thirty a second too. Milliseconds. */
const tooLongMs = 50;
const easyMs = 36;

/**
 * How many rows or lines are drawn with one frame, where many are to come: few at first, when nothing of them was drawn before, fewer where
 * frames take long, and more where they do not.
 */
export class Pace {
  readonly #least: number;
  readonly #most: number;
  #count: number;

  constructor(least: number, most: number) {
    this.#least = least;
    this.#most = most;
    this.#count = least;
  }

  get count(): number {
    // Where nobody looks there are no frames that could take too long.
    return document.hidden ? this.#most : this.#count;
  }

  /** Called while a frame is drawn that has some of them. */
  take(): void {
    const at = performance.now();
    const wasHidden = document.hidden;
    requestAnimationFrame(() => {
      if (wasHidden) return;
      const tookMs = performance.now() - at;
      if (tookMs > tooLongMs) this.#count = Math.max(this.#least, Math.floor(this.#count / 2));
      else if (tookMs < easyMs) this.#count = Math.min(this.#most, this.#count + 1);
    });
  }
}
