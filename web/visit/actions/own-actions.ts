import { type Session, type Store, VestibuleError } from '../../../packages/client/src/index.ts';
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

/** After a refusal, as of somebody who asked too often. Milliseconds. */
const againMs = 5_000;

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Store<StayState>;
  readonly #desk: OwnActionsOptions['desk'];
  readonly #meeting: OwnActionsOptions['meeting'];
  #isWaiting = false;
  #isOver = false;
  #forget = () => {};

  constructor({ session, state, desk, meeting }: OwnActionsOptions) {
    this.#session = session;
    this.#state = state;
    this.#desk = desk;
    this.#meeting = meeting;
  }

  /** The stay is over here: it may go on in another copy of the tab. */
  stop(): void {
    this.#isOver = true;
    this.#forget();
  }

  /** A host is asked once where people wait whom nobody has answered. */
  leave(): void {
    askBeforeLeaving(this.#state.get().me, countOpen(this.#desk.queue.get()), () => void this.leaveNow());
  }

  /**
   * Nobody is seen or heard in the call of this page while the service takes its time, or is away. Somebody who has left a call, and whom
   * the service has not let go, leaves once it is back, or a little later, and does not come back with anything switched on.
   */
  async leaveNow(): Promise<boolean> {
    const hadCall = this.#meeting.leave();
    await this.#desk.leave();
    const { room, refusedActions } = textsNow();
    const isLeft = await isDone(this.#session.leave().catch(asLeft), hadCall ? room.notLeft : refusedActions.NETWORK);
    if (!isLeft && hadCall) this.#leaveAgain();
    return isLeft;
  }

  /** With the service's next sign of life, or in a while: somebody who has left must not stay in the room. One at a time. */
  #leaveAgain(): void {
    if (this.#isOver || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#meeting.forgetWishes();
    const { view } = this.#session;
    const again = () => {
      this.#forget();
      void this.leaveNow();
    };
    let wasAway = false;
    const look = () => {
      const { state } = view.get();
      if (state === 'CLOSED') this.#forget();
      else if (state === 'RECONNECTING') wasAway = true;
      else if (wasAway) again();
    };
    const unfollow = view.subscribe(look);
    const timer = setTimeout(() => (view.get().state === 'OPEN' ? again() : undefined), againMs);
    this.#forget = () => {
      unfollow();
      clearTimeout(timer);
      this.#isWaiting = false;
      this.#forget = () => {};
    };
    look();
  }
}

/** Whom the service does not know any more, it has let go. */
function asLeft(error: unknown): { readonly isDone: true; readonly value: true } {
  if (error instanceof VestibuleError && error.code === 'UNAUTHENTICATED') return { isDone: true, value: true };
  throw error;
}
