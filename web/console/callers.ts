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
    const others = unlike(before, waiting);
    const known = new Map(unlike(waiting, before).map((knock) => [knock.id, knock]));
    const came = others.filter(({ id }) => !known.has(id));
    const wrote = others.filter(({ id, message }) => (known.get(id)?.message ?? message) !== message);
    if (came.length + wrote.length === 0) return;
    // The event that follows says whose doing it is.
    queueMicrotask(() => {
      for (const knock of came) if (!this.#sentBack.has(knock.id)) onCame(knock);
      for (const knock of wrote) if (knock.message !== '') onWrote(knock);
    });
  }
}

/** The later list, without what both begin and end with: of a thousand who wait one comes, goes or changes at a time. */
function unlike(before: readonly KnockRequest[], waiting: readonly KnockRequest[]): readonly KnockRequest[] {
  const shorter = Math.min(before.length, waiting.length);
  let start = 0;
  while (start < shorter && before[start] === waiting[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === waiting.at(-1 - end)) end += 1;
  return waiting.slice(start, waiting.length - end);
}
