import { type AdmittedKnock, admissionIn, type Knock } from './knock-request.ts';
import { isSameToken, type TokenClaims } from './meeting-token-claims.ts';
import { mayComeBack, type Participant } from './participant.ts';
import { type InvalidInput, invalidInput } from './refusal.ts';

// What counts when two credentials come together in one call: never more than what each of them may do alone. A token decides before a
// knock that waits; who was let in already comes as that person and as no other.

/** An empty token counts as none, at every door. */
export function givenToken(value: string | null | undefined): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : value;
}

/** The person whom a bearer lets in by itself, in the room of the call. Null: it lets in nobody, and a token beside it counts alone. */
export type LetIn = AdmittedKnock | Participant;

/** A session that is inside or may come back, or a knock that was admitted. */
export function findLetIn(session: Participant | null, knock: Knock | null, now: Date): LetIn | null {
  if (session !== null && mayComeBack(session)) return session;
  return admissionIn(knock, now);
}

/**
 * Whether a bearer that lets in and a good meeting token cannot be meant together: the token is somebody else's, or it only vouches for
 * who must still be let in. Null: they go together.
 * @param path the token's path in the input
 */
export function refuseTogether(
  letIn: LetIn | null,
  token: TokenClaims | null,
  path: readonly string[],
): InvalidInput | null {
  if (letIn === null || token === null) return null;
  if (token.knocking) {
    const message =
      'only allows knocking, and cannot be combined with the bearer credential of somebody who was already admitted: send one of the two';
    return invalidInput([{ path, message }]);
  }
  if (isSamePerson(letIn, token)) return null;
  const message =
    'belongs to another person than the bearer credential, which was already admitted: send one of the two';
  return invalidInput([{ path, message }]);
}

/**
 * Does the token speak of this person? It does where it is the very token that they came with, or has their userId. Where neither has
 * one, it must at least name nobody else.
 */
export function isSamePerson(person: Knock | Participant, token: TokenClaims): boolean {
  if (person.token !== null && isSameToken(person.token, token)) return true;
  if (person.userId !== null || token.userId !== null) return person.userId === token.userId;
  return token.userName === null || token.userName === person.userName;
}

/** Hashes of the tokens that open one session, or one knock. */
export interface HandedOut {
  readonly newest: string;
  /** The one in use before the newest was handed out; null: the newest is the only one. */
  readonly previous: string | null;
  /** Handed out between those two, oldest first. They count only while there is a previous one. */
  readonly spare: readonly string[];
}

/** How many unused tokens are kept: answers get lost, and arrive in another order than they were sent. */
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
