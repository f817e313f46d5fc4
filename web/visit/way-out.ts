import type { KnockRequest, LeaveReason } from '../../packages/client/src/index.ts';
import type { Kept } from '../kept.ts';
import type { Place } from '../place.ts';
import { type Ending, endingOf, endingOfKnock, exitAddress } from './onward.ts';
import type { Address } from './phase.ts';
import type { Turns } from './turns.ts';

/** How long words of the host stand before the page leads on. Milliseconds. */
const readingMs = 5_000;

interface WayOutParts {
  readonly place: Place;
  readonly kept: Kept;
  readonly turns: Turns;
}

/** The ends of a visit, here or where the domain wants people to go. */
export class WayOut {
  readonly #place: Place;
  readonly #kept: Kept;
  readonly #turns: Turns;

  constructor({ place, kept, turns }: WayOutParts) {
    this.#place = place;
    this.#kept = kept;
    this.#turns = turns;
  }

  leave(reason: LeaveReason, by: string | null): void {
    this.#turns.show({ at: 'gone', reason, by });
    const goesTo = this.#exit(endingOf(reason));
    if (goesTo !== null) this.#goOut(goesTo);
  }

  /** Whoever gets words of the host may read them first. */
  turnAway(knock: KnockRequest): void {
    const goesTo = this.#exit(endingOfKnock(knock));
    this.#turns.show({ at: 'turnedAway', knock, goesTo });
    if (goesTo === null) return;
    if (knock.reply === null) this.#goOut(goesTo);
    else this.#turns.after(readingMs, () => this.#goOut(goesTo));
  }

  #exit(ending: Ending | null): Address | null {
    return ending === null ? null : exitAddress(this.#place, ending);
  }

  /** Whoever comes back to this page begins anew. */
  #goOut(address: Address): void {
    this.#kept.set('session', null);
    this.#kept.set('knock', null);
    location.replace(address);
  }
}
