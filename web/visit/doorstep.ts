import { type Access, type Client, VestibuleError } from '../../packages/client/src/index.ts';
import { meetingTitle } from '../brand.ts';
import type { Kept } from '../kept.ts';
import { suggestLanguage } from '../texts/language.ts';
import type { Door } from './door.ts';
import { asStranger, type DoorHint, hintFor, isDeadToken, type Shut, shutByAccess } from './phase.ts';
import type { Turns } from './turns.ts';

/** How often the page looks at a door, so that what changes there is seen within five seconds. Milliseconds. */
const lookMs = 4_000;
/** A door that opens is met a little late, never early. */
const lateMs = 300;

interface DoorstepParts {
  readonly clock: Client['clock'];
  readonly kept: Kept;
  readonly door: Door;
  readonly turns: Turns;
}

/** Standing before the door: what it is like, and how it changes. */
export class Doorstep {
  readonly #clock: Client['clock'];
  readonly #kept: Kept;
  readonly #door: Door;
  readonly #turns: Turns;

  constructor({ clock, kept, door, turns }: DoorstepParts) {
    this.#clock = clock;
    this.#kept = kept;
    this.#door = door;
    this.#turns = turns;
  }

  /** The next step: the door as it is now. @throws {VestibuleError} */
  async look(hint: DoorHint | null): Promise<() => void> {
    const access = await this.#door.look();
    return () => this.see(access, hint);
  }

  /** Shows the door as it is now. */
  see(access: Access, hint: DoorHint | null): void {
    suggestLanguage(access.lang);
    const { level } = access;
    meetingTitle.set(access.roomTitle);
    if (level === 'NONE') this.shut(this.asMet(shutByAccess(access)));
    else {
      this.#turns.show({ at: 'door', access, hint: hintFor(level, hint) });
      this.#follow(access.knockAgainAt);
    }
  }

  shut(refusal: Shut): void {
    this.#turns.show({ at: 'shut', refusal });
    if (isDeadToken(refusal.code)) this.#kept.set('dead', 'yes');
    else this.#follow(refusal.opensAt);
  }

  /** Looks at the door again and again while one stands before it, and at the moment when it changes by itself. */
  #follow(changesAt: Date | string | null, afterMs = lookMs): void {
    const changesInMs = changesAt === null ? 0 : this.#clock.until(changesAt);
    const isSooner = changesInMs > 0 && changesInMs < afterMs;
    this.#turns.after(isSooner ? changesInMs + lateMs : afterMs, () => void this.#lookAgain());
  }

  async #lookAgain(): Promise<void> {
    const looked = this.#door.look().catch((error: unknown) => (error instanceof VestibuleError ? error : null));
    const seen = (await this.#turns.stillIn(looked))?.result;
    if (seen === undefined) return;
    if (seen === null || seen instanceof VestibuleError || this.#turns.isSubmitting)
      this.#follow(null, Math.max(lookMs, (seen instanceof VestibuleError ? (seen.retryAfterSeconds ?? 0) : 0) * 1000));
    else this.#seeAgain(seen);
  }

  /** What changes at an open door changes in its place, so that nothing that was typed is lost. */
  #seeAgain(access: Access): void {
    const phase = this.#turns.now;
    if (phase.at !== 'door' || access.level === 'NONE') {
      this.see(access, null);
      return;
    }
    const isOther = access.level !== phase.access.level;
    const hint = access.level === 'FULL' ? 'nowPublic' : 'nowPrivate';
    meetingTitle.set(access.roomTitle);
    this.#turns.change({ at: 'door', access, hint: isOther ? hint : phase.hint });
    this.#follow(access.knockAgainAt);
  }

  asMet(shut: Shut): Shut {
    return this.#kept.get('token') === null ? asStranger(shut) : shut;
  }

  /** A knock does not say what it is for. */
  async learnTitle(): Promise<void> {
    const access = await this.#door.look().catch(() => null);
    if (access !== null && access.level !== 'NONE') meetingTitle.set(access.roomTitle);
  }
}
