import * as documents from '../../api/documents.ts';
import type { Participant } from '../../api/shapes.ts';
import { withParticipant } from '../stay-state.ts';
import type { Runner } from './runner.ts';

export type OwnMedia = Readonly<Partial<Record<'audio' | 'video' | 'screenShare', boolean>>>;

/** What everybody does for themselves. */
export class OwnActions {
  readonly #runner: Runner;
  #underway = 0;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** While one's own switch is on its way, its event is no news. */
  get isSwitching(): boolean {
    return this.#underway > 0;
  }

  async setMedia(input: OwnMedia): Promise<void> {
    this.#underway += 1;
    const me = await this.#runner.run<Participant>('updateMyMedia', documents.updateMyMedia, { input });
    this.#underway -= 1;
    const { state } = this.#runner;
    if (me !== null) state.set({ ...withParticipant(state.get(), me), wish: null });
  }

  dismissWish(): void {
    const { state } = this.#runner;
    state.set({ ...state.get(), wish: null });
  }

  leave(): Promise<boolean> {
    return this.#runner.isDone('leaveRoom', documents.leaveRoom, {});
  }
}
