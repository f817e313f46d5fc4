import type { KnockRequest, Outcome, Session } from '../../../packages/client/src/index.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { isDone, run } from './runner.ts';

/** How many knocks one request may name. */
const namedAtOnce = 500;

/** Whom to ban, as input for the API. Empty: nobody. */
export interface BanChoice {
  readonly ban?: true;
  /** Also guests from the same network. */
  readonly banNetwork?: boolean;
}

/** Answers to people who wait. */
export class QueueActions {
  readonly #session: Session;
  readonly #decided = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Did this page decide this knock? Then it has said so already. */
  hasDecided(knockId: string): boolean {
    return this.#decided.has(knockId);
  }

  async admit({ id, userName }: KnockRequest): Promise<void> {
    if (await this.#decide(id, () => this.#session.admit(id))) tell(textsNow().told.youAdmitted(userName), 'good');
  }

  async deny({ id, userName }: KnockRequest, ban: BanChoice = {}): Promise<void> {
    if (await this.#decide(id, () => this.#session.deny(id, ban))) tell(textsNow().told.youDenied(userName));
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

  /** Admits everybody who was shown, and nobody who came later. */
  async admitAll(seen: readonly KnockRequest[]): Promise<void> {
    const knockIds = seen.slice(0, namedAtOnce).map(({ id }) => id);
    for (const id of knockIds) this.#decided.add(id);
    const done = await run(this.#session.admitAll(knockIds));
    const admitted = new Set(done?.map(({ id }) => id));
    for (const id of knockIds) if (!admitted.has(id)) this.#decided.delete(id);
    if (done !== null) tell(textsNow().told.youAdmittedAll(admitted.size), 'good');
  }

  async #decide(knockId: string, decide: () => Promise<Outcome<KnockRequest>>): Promise<boolean> {
    // Noted before the answer: the event about it may come first.
    this.#decided.add(knockId);
    const isDecided = await isDone(decide());
    if (!isDecided) this.#decided.delete(knockId);
    return isDecided;
  }
}
