import type { KnockRequest, Session } from '../../../packages/client/src/index.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { isDone } from './runner.ts';

/** A question that comes later than this finds its host elsewhere. Milliseconds. */
const askedAfterMs = 2_000;

/** What a host does with people who wait, besides deciding. */
export class QueueActions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** How many others from this guest's network wait. Null: not known soon enough for whoever waits to be asked. */
  countSameNetwork({ id }: KnockRequest): Promise<number | null> {
    const count = this.#session.countSameNetwork(id).catch(() => null);
    return Promise.race([count, new Promise<null>((resolve) => setTimeout(resolve, askedAfterMs, null))]);
  }

  async reply({ id, userName }: KnockRequest, reply: string): Promise<boolean> {
    const isWritten = await isDone(this.#session.reply(id, reply));
    if (isWritten) tell(textsNow().told.replied(userName), 'good');
    return isWritten;
  }
}
