import { type Kept, type Shared, shared } from '../kept.ts';

/** Long enough for the page that was here before, when it is loaded again, to let go. Milliseconds. */
const patienceMs = 600;
/** Long enough for a page that is loaded again to come in anew. Milliseconds. */
const absenceMs = 3_000;

interface CopiesParts {
  readonly kept: Kept;
  /** What another copy keeps from now on, this one keeps too. */
  readonly onNews: (name: Shared, value: string | null) => void;
  /** Another copy has gone inside. */
  readonly onEntered: () => void;
}

/**
 * The copies of one tab. A browser that duplicates a tab copies what it keeps, so all copies are one person: at the door each of them
 * works, and inside there is one. They know each other where the browser has locks, which it has over https and on this machine.
 */
export class Copies {
  readonly #name: string;
  readonly #parts: CopiesParts;
  readonly #channel: BroadcastChannel | null;
  #letGo: (() => void) | null = null;

  constructor(parts: CopiesParts) {
    const { kept } = parts;
    this.#parts = parts;
    this.#name = `vestibule ${kept.person}`;
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(this.#name) : null;
    kept.onChange = (name, value) => this.#tell({ name, value });
    if (this.#channel === null) return;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Told>) => this.#hear(data));
    document.addEventListener('visibilitychange', () => this.#sayAwake());
    this.#sayAwake();
  }

  /** A page that slept, or was thrown away and comes back, has missed what was told meanwhile: whoever is further tells it. */
  #sayAwake(): void {
    this.#tell({ name: 'awake', value: this.#parts.kept.get('round') });
  }

  #tell(told: Told): void {
    this.#channel?.postMessage(told);
  }

  #hear({ name, value }: Told): void {
    const { kept, onNews, onEntered } = this.#parts;
    if (name === 'inside') onEntered();
    else if (name === 'awake') this.#answer(value);
    else if (kept.get(name) !== value) {
      kept.take(name, value);
      onNews(name, value);
    }
  }

  /** Rounds only grow, so that this ends. A knock comes before the round that it ended: nobody knocks once more meanwhile. */
  #answer(round: string | null): void {
    const { kept } = this.#parts;
    const aheadBy = Number(kept.get('round')) - Number(round);
    if (aheadBy < 0) this.#sayAwake();
    else if (aheadBy > 0) for (const name of shared) this.#tell({ name, value: kept.get(name) });
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
        this.#tell({ name: 'inside', value: null });
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

  /**
   * Waits until no copy is inside, and none has come in anew. It has the place for no longer than it takes to learn that it is free: a page that is
   * loaded again finds it so. @throws {DOMException} where that is not to be known any more
   */
  async untilFree(signal: AbortSignal): Promise<void> {
    const { locks } = navigator;
    do {
      await locks.request(this.#name, { signal }, Boolean);
      await new Promise((resolve) => setTimeout(resolve, absenceMs));
    } while (!(await locks.request(this.#name, { ifAvailable: true }, Boolean)));
  }

  /** Not inside any more. */
  leave(): void {
    this.#letGo?.();
    this.#letGo = null;
  }
}

type Told =
  | { readonly name: Shared; readonly value: string | null }
  /** A copy has gone inside, or looks for what it has missed: `value` is its round. */
  | { readonly name: 'inside'; readonly value: null }
  | { readonly name: 'awake'; readonly value: string | null };
