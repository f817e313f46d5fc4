import type { Session, Source } from '../../../packages/client/src/index.ts';
import type { StayState } from '../stay-state.ts';
import { isDone } from './runner.ts';

export type OwnMedia = Readonly<Partial<Record<'audio' | 'video' | 'screenShare', boolean>>>;

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Source<StayState>;
  #underway = 0;

  constructor(session: Session, state: Source<StayState>) {
    this.#session = session;
    this.#state = state;
  }

  /** While a change of the visitor's own switch is under way, the page does not announce its event. */
  get isSwitching(): boolean {
    return this.#underway > 0;
  }

  async setMedia(input: OwnMedia): Promise<void> {
    this.#underway += 1;
    const isSwitched = await isDone(this.#session.updateMyMedia(input));
    this.#underway -= 1;
    if (isSwitched) this.dismissWish();
  }

  dismissWish(): void {
    this.#state.set({ ...this.#state.get(), wish: null });
  }

  leave(): Promise<boolean> {
    return isDone(this.#session.leave());
  }
}
