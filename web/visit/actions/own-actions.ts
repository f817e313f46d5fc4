import type { Session, Source } from '../../../packages/client/src/index.ts';
import { askBeforeLeaving } from '../../console/leaving.ts';
import type { StayState } from '../stay-state.ts';
import { isDone } from './runner.ts';

export type OwnMedia = Readonly<Partial<Record<'audio' | 'video' | 'screenShare', boolean>>>;

interface OwnActionsOptions {
  readonly session: Session;
  readonly state: Source<StayState>;
  /** What is still to be sent before somebody leaves. */
  readonly finish: () => Promise<void>;
}

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Source<StayState>;
  readonly #finish: () => Promise<void>;
  #underway = 0;

  constructor({ session, state, finish }: OwnActionsOptions) {
    this.#session = session;
    this.#state = state;
    this.#finish = finish;
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

  /** A host with people at the door is asked once. */
  leave(): void {
    askBeforeLeaving(this.#state.get(), () => void this.leaveNow());
  }

  async leaveNow(): Promise<boolean> {
    await this.#finish();
    return isDone(this.#session.leave());
  }
}
