import type { Knock } from './knock-request.ts';
import type { Participant } from './participant.ts';

/** Hashes of the tokens that open one session, or one knock. */
export interface HandedOut {
  readonly newest: string;
  /** The one in use before the newest was handed out; null: the newest is the only one. */
  readonly previous: string | null;
  /** Handed out between those two, oldest first. They count only while there is a previous one. */
  readonly spare: readonly string[];
}

/** Answers get lost, and come in another order than they were given: so many tokens are kept that nobody has used yet. */
const maxSpare = 8;

/** Hands out one more token. None that was handed out before ends with it: nobody knows yet which of them has arrived. */
export function handOut(
  next: string,
  { newest, previous, spare }: HandedOut,
): { readonly next: string; readonly previous: string; readonly spare: readonly string[] } {
  if (previous === null) return { next, previous: newest, spare: [] };
  return { next, previous, spare: [...spare, newest].slice(-maxSpare) };
}

/** Is this one of the tokens that open it? */
export function opens({ newest, previous, spare }: HandedOut, hash: string): boolean {
  return hash === newest || (previous !== null && (hash === previous || spare.includes(hash)));
}

export function tokensOfSession(session: Participant): HandedOut {
  return {
    newest: session.sessionHash,
    previous: session.previousSessionHash,
    spare: session.spareSessionHashes,
  };
}

export function tokensOfKnock(knock: Knock): HandedOut {
  return { newest: knock.tokenHash, previous: knock.previousTokenHash, spare: knock.spareTokenHashes };
}
