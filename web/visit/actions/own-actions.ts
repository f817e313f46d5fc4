import type { Session, Store } from '../../../packages/client/src/index.ts';
import { askBeforeLeaving } from '../../console/leaving.ts';
import type { Desk } from '../../console/queue/desk.ts';
import { countOpen } from '../../console/queue/queue.ts';
import type { StayState } from '../stay-state.ts';
import { isDone } from './runner.ts';

interface OwnActionsOptions {
  readonly session: Session;
  readonly state: Store<StayState>;
  /** What it has still to send is sent before somebody leaves. */
  readonly desk: Pick<Desk, 'queue' | 'leave'>;
}

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Store<StayState>;
  readonly #desk: OwnActionsOptions['desk'];

  constructor({ session, state, desk }: OwnActionsOptions) {
    this.#session = session;
    this.#state = state;
    this.#desk = desk;
  }

  /** A host is asked once where people wait whom nobody has answered. */
  leave(): void {
    askBeforeLeaving(this.#state.get().me, countOpen(this.#desk.queue.get()), () => void this.leaveNow());
  }

  async leaveNow(): Promise<boolean> {
    await this.#desk.leave();
    return isDone(this.#session.leave());
  }
}
