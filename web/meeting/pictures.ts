import type { PictureKey } from './call-state.ts';

/** Something that plays in elements. */
export interface Playable {
  readonly attach: (element: HTMLVideoElement) => unknown;
  readonly detach: (element: HTMLVideoElement) => unknown;
}

/** Which picture plays in which elements: either may come first, and a picture may come anew. */
export class Pictures {
  readonly #elements = new Map<PictureKey, Set<HTMLVideoElement>>();
  readonly #playing = new Map<PictureKey, Playable>();

  /** Plays it in this element whenever it is there. The answer ends it. */
  attach(key: PictureKey, element: HTMLVideoElement): () => void {
    const elements = this.#elements.get(key) ?? new Set();
    this.#elements.set(key, elements.add(element));
    this.#playing.get(key)?.attach(element);
    return () => {
      if (!elements.delete(element)) return;
      this.#playing.get(key)?.detach(element);
      if (elements.size === 0 && this.#elements.get(key) === elements) this.#elements.delete(key);
    };
  }

  /** From now on this is the picture. Null: there is none. */
  give(key: PictureKey, picture: Playable | null): void {
    const before = this.#playing.get(key) ?? null;
    if (before === picture) return;
    for (const element of this.#elements.get(key) ?? []) {
      before?.detach(element);
      picture?.attach(element);
    }
    if (picture === null) this.#playing.delete(key);
    else this.#playing.set(key, picture);
  }

  /** This picture is over. Another one may have come before that was said. */
  end(key: PictureKey, picture: Playable): void {
    if (this.#playing.get(key) === picture) this.give(key, null);
  }

  /** All that is given for now. */
  keys(): readonly PictureKey[] {
    return [...this.#playing.keys()];
  }
}
