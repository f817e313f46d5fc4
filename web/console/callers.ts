import type { KnockRequest } from '../../packages/client/src/index.ts';

interface CallersOptions {
  readonly onCame: (knock: KnockRequest) => void;
  /** Somebody who waits has changed their message, as an answer to the host. */
  readonly onWrote: (knock: KnockRequest) => void;
}

/**
 * Who calls the host, by the list alone: it says so also where no event does, as where news comes by asking, or after a gap. Nobody calls
 * who was there at the first look, or whom this host has sent back to the line.
 */
export class Callers {
  readonly #options: CallersOptions;
  readonly #sentBack = new Set<string>();
  #listed: readonly KnockRequest[] | null = null;

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /** Whoever waits by the host's own doing, which may be known only once they are listed. */
  leaveOut(knockId: string): void {
    this.#sentBack.add(knockId);
  }

  /** @param waiting null: this host does not answer knocks now, and is shown nobody */
  look(waiting: readonly KnockRequest[] | null): void {
    const { onCame, onWrote } = this.#options;
    const before = this.#listed;
    this.#listed = waiting;
    if (waiting === null || before === null || before === waiting) return;
    const known = new Map(before.map((knock) => [knock.id, knock]));
    const came = waiting.filter(({ id }) => !known.has(id));
    const wrote = waiting.filter(({ id, message }) => (known.get(id)?.message ?? message) !== message);
    if (came.length + wrote.length === 0) return;
    // The event that follows says whose doing it is.
    queueMicrotask(() => {
      for (const knock of came) if (!this.#sentBack.has(knock.id)) onCame(knock);
      for (const knock of wrote) if (knock.message !== '') onWrote(knock);
    });
  }
}
