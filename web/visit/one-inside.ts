import type { Copies } from './copies.ts';
import type { Phase } from './phase.ts';
import type { Turns } from './turns.ts';

/** Here nobody is inside, or about to be. */
const outside: readonly Phase['at'][] = ['door', 'shut', 'misnamed', 'waiting', 'turnedAway', 'gone'];

/** Of the copies of a tab one is inside. Whoever stands outside keeps that place from no other. */
export class OneInside {
  readonly #copies: Copies;
  readonly #turns: Turns;

  constructor(copies: Copies, turns: Turns) {
    this.#copies = copies;
    this.#turns = turns;
    turns.phase.subscribe(() => outside.includes(turns.now.at) && copies.leave());
  }

  /** Takes the place for this copy. False: another one has it, and this one says so. */
  async enter(isForced: boolean): Promise<boolean> {
    const isAlone = await this.#copies.enter(isForced, () => this.yield());
    if (!isAlone) this.yield();
    return isAlone;
  }

  /** Says that another copy is inside, and then that none is. It goes in by nobody's press. */
  yield(): void {
    const over = new AbortController();
    this.#turns.show({ at: 'otherTab', isFree: false });
    this.#turns.during(() => over.abort());
    const learn = () => over.signal.aborted || this.#turns.change({ at: 'otherTab', isFree: true });
    this.#copies.untilFree(over.signal).then(learn, () => undefined);
  }
}
