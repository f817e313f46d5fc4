import type { HoldOptions, JoinWords } from './join-view.ts';

/** Who holds on to a stay, and how. Whoever lets go and takes hold again at once, as React does in StrictMode, has let go of nothing. */
export class StayHolders {
  /** With what one joins. */
  words: JoinWords = {};
  /** Is to be joined without anybody's asking for it? */
  isAuto = false;
  /** Does one leave once all have let go? */
  leaves = false;
  readonly #onGone: () => void;
  #count = 0;
  #letGo: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone all have let go */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  /** The answer lets go. */
  take({ auto = true, leaves = true, ...words }: HoldOptions): () => void {
    this.#count += 1;
    clearTimeout(this.#letGo);
    this.isAuto ||= auto;
    this.leaves ||= leaves;
    this.learn(words);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#count -= 1;
      if (this.#count === 0) this.#letGo = setTimeout(this.#onGone, 0);
    };
  }

  learn(words: JoinWords): void {
    this.words = { ...this.words, ...words };
  }

  areThere(): boolean {
    return this.#count > 0;
  }

  forget(): void {
    this.words = {};
    this.isAuto = false;
    this.leaves = false;
  }
}
