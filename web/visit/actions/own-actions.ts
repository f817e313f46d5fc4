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
  readonly meeting: Pick<MeetingCall, 'leave'>;
}

/** What everybody does for themselves. */
export class OwnActions {
  readonly #session: Session;
  readonly #state: Store<StayState>;
  readonly #desk: OwnActionsOptions['desk'];
  readonly #meeting: OwnActionsOptions['meeting'];

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

  /** Nobody is seen or heard while the service takes its time, or is away. */
  async leaveNow(): Promise<boolean> {
    const hadCall = this.#meeting.leave();
    await this.#desk.leave();
    const { room, refusedActions } = textsNow();
    return isDone(this.#session.leave(), hadCall ? room.notLeft : refusedActions.NETWORK);
  }
}
