import type { Session, Store } from '../../../packages/client/src/index.ts';
import { askBeforeLeaving } from '../../console/leaving.ts';
import type { Desk } from '../../console/queue/desk.ts';
import { countOpen } from '../../console/queue/queue.ts';
import type { MeetingCall } from '../../meeting/meeting-call.ts';
import { textsNow } from '../../texts/language.ts';
import type { StayState } from '../stay-state.ts';
import { isDone } from './runner.ts';

interface OwnActionsOptions {
  readonly session: Session;
  readonly state: Store<StayState>;
  /** What it has still to send is sent before somebody leaves. */
  readonly desk: Pick<Desk, 'queue' | 'leave'>;
  readonly meeting: Pick<MeetingCall, 'leave' | 'forgetWishes'>;
}

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Store<StayState>;
  readonly #desk: OwnActionsOptions['desk'];
  readonly #meeting: OwnActionsOptions['meeting'];
  #isLeaving = false;

  constructor({ session, state, desk, meeting }: OwnActionsOptions) {
    this.#session = session;
    this.#state = state;
    this.#desk = desk;
    this.#meeting = meeting;
  }

  /** A host is asked once where people wait whom nobody has answered. */
  leave(): void {
    askBeforeLeaving(this.#state.get().me, countOpen(this.#desk.queue.get()), () => void this.leaveNow());
  }

  /**
   * Nobody is seen or heard in the call of this page while the service takes its time, or is away. Somebody who has left a call, and whom
   * the service has not heard, leaves once it is back, and does not come back with anything switched on.
   */
  async leaveNow(): Promise<boolean> {
    const hadCall = this.#meeting.leave();
    await this.#desk.leave();
    const { room, refusedActions } = textsNow();
    const isLeft = await isDone(this.#session.leave(), hadCall ? room.notLeft : refusedActions.NETWORK);
    if (!isLeft && hadCall) this.#leaveOnceBack();
    return isLeft;
  }

  #leaveOnceBack(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#meeting.forgetWishes();
    const { view } = this.#session;
    let wasAway = false;
    const unfollow = view.subscribe(() => {
      const { state } = view.get();
      if (state === 'RECONNECTING') wasAway = true;
      const isBack = state === 'OPEN' && wasAway;
      if (!isBack && state !== 'CLOSED') return;
      unfollow();
      this.#isLeaving = false;
      if (isBack) void this.leaveNow();
    });
    wasAway = view.get().state === 'RECONNECTING';
  }
}
