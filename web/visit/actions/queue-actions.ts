import { ask } from '../../api/ask.ts';
import * as documents from '../../api/documents.ts';
import type { Knock } from '../../api/shapes.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { withKnock } from '../stay-state.ts';
import type { Runner, Variables } from './runner.ts';

/** At most so many knocks are named in one request. */
const namedAtOnce = 500;

/** Whom a ban keeps out, as the API takes it; empty: nobody. */
export interface BanChoice {
  readonly ban?: true;
  /** Also guests from the same network. */
  readonly banNetwork?: boolean;
}

/** Answering who waits. */
export class QueueActions {
  readonly #runner: Runner;
  readonly #decided = new Set<string>();

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** Was this knock decided here? Then it was told already. */
  hasDecided(knockId: string): boolean {
    return this.#decided.has(knockId);
  }

  async admit(knock: Knock): Promise<void> {
    if (await this.#decide('admitKnock', knock, {})) tell(textsNow().told.youAdmitted(knock.userName), 'good');
  }

  async deny(knock: Knock, ban: BanChoice = {}): Promise<void> {
    if (await this.#decide('denyKnock', knock, { ...ban })) tell(textsNow().told.youDenied(knock.userName));
  }

  /** How many others wait who came from this guest's network. Null: nobody could say. */
  async countSameNetwork(knock: Knock): Promise<number | null> {
    type Found = { readonly node: { readonly sameNetwork?: number | null } | null };
    const found = await ask<Found>(documents.sameNetwork, { knockId: knock.id }, this.#runner.token).catch(() => null);
    return found?.node?.sameNetwork ?? null;
  }

  async reply(knock: Knock, reply: string): Promise<boolean> {
    const result = await this.#runner.run<Knock>('replyToKnock', documents.replyToKnock, {
      input: { knockId: knock.id, reply },
    });
    if (result === null) return false;
    this.#put(result);
    tell(textsNow().told.replied(knock.userName), 'good');
    return true;
  }

  /** Admits all that were shown, and nobody who came after. */
  async admitAll(seen: readonly Knock[]): Promise<void> {
    const knockIds = seen.slice(0, namedAtOnce).map(({ id }) => id);
    for (const id of knockIds) this.#decided.add(id);
    const input = { roomName: this.#runner.roomName, knockIds };
    const result = await this.#runner.run<{ readonly knockRequests: readonly { readonly id: string }[] }>(
      'admitKnocks',
      documents.admitKnocks,
      { input },
    );
    const admitted = new Set(result?.knockRequests.map(({ id }) => id));
    for (const id of knockIds) if (!admitted.has(id)) this.#decided.delete(id);
    if (result !== null) tell(textsNow().told.youAdmittedAll(admitted.size), 'good');
  }

  async #decide(field: 'admitKnock' | 'denyKnock', knock: Knock, more: Variables): Promise<boolean> {
    // Noted before the answer: the event about it may come first.
    this.#decided.add(knock.id);
    const input = { knockId: knock.id, ...more };
    const document = field === 'admitKnock' ? documents.admitKnock : documents.denyKnock;
    const result = await this.#runner.run<Knock>(field, document, { input });
    if (result === null) this.#decided.delete(knock.id);
    else this.#put(result);
    return result !== null;
  }

  #put(knock: Knock): void {
    const { state } = this.#runner;
    state.set(withKnock(state.get(), knock));
  }
}
