import type { KnockRequest, Session } from '../../../packages/client/src/index.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { isDone } from './runner.ts';

/** What a host does with people who wait, besides deciding. */
export class QueueActions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** How many others from this guest's network wait. Null: not known. */
  countSameNetwork({ id }: KnockRequest): Promise<number | null> {
    return this.#session.countSameNetwork(id).catch(() => null);
  }

  async reply({ id, userName }: KnockRequest, reply: string): Promise<boolean> {
    const isWritten = await isDone(this.#session.reply(id, reply));
    if (isWritten) tell(textsNow().told.replied(userName), 'good');
    return isWritten;
  }
}
