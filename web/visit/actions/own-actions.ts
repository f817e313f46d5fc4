import type { Session, Store } from '../../../packages/client/src/index.ts';
import { askBeforeLeaving } from '../../console/leaving.ts';
import type { StayState } from '../stay-state.ts';
import { isDone } from './runner.ts';

interface OwnActionsOptions {
  readonly session: Session;
  readonly state: Store<StayState>;
  /** What is still to be sent before somebody leaves. */
  readonly finish: () => Promise<void>;
}

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Store<StayState>;
  readonly #finish: () => Promise<void>;

  constructor({ session, state, finish }: OwnActionsOptions) {
    this.#session = session;
    this.#state = state;
    this.#finish = finish;
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
