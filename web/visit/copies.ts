import type { Kept, Shared } from '../kept.ts';

/** Long enough for the page that was here before, when it is loaded again, to let go. Milliseconds. */
const patienceMs = 600;

/**
 * The copies of one tab. A browser that duplicates a tab copies what it keeps, so all copies are one person: at the door each of them
 * works, and inside there is one. They know each other where the browser has locks, which it has over https and on this machine.
 */
export class Copies {
  readonly #name: string;
  readonly #channel: BroadcastChannel | null;
  #letGo: (() => void) | null = null;

  /** @param onNews what another copy keeps from now on, this one keeps too */
  constructor(kept: Kept, onNews: (name: Shared, value: string | null) => void) {
    this.#name = `vestibule ${kept.person}`;
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(this.#name) : null;
    kept.onChange = (name, value) => this.#channel?.postMessage({ name, value });
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<News>) => {
      kept.take(data.name, data.value);
      onNews(data.name, data.value);
    });
  }

  /**
   * Takes the place inside for this copy. False: another copy has it.
   * @param isForced takes it from whichever has it
   * @param onTaken another copy has taken it
   */
  async enter(isForced: boolean, onTaken: () => void): Promise<boolean> {
    if (this.#letGo !== null || navigator.locks === undefined) return true;
    const taken = Promise.withResolvers<boolean>();
    const held = Promise.withResolvers<void>();
    const how = isForced ? { steal: true } : { signal: AbortSignal.timeout(patienceMs) };
    navigator.locks
      .request(this.#name, how, () => {
        this.#letGo = held.resolve;
        taken.resolve(true);
        return held.promise;
      })
      .catch(() => {
        const had = this.#letGo !== null;
        this.#letGo = null;
        taken.resolve(false);
        if (had) onTaken();
      });
    return taken.promise;
  }

  /** Not inside any more. */
  leave(): void {
    this.#letGo?.();
    this.#letGo = null;
  }
}

interface News {
  readonly name: Shared;
  readonly value: string | null;
}
