import type { Actor } from './actor.ts';
import type { Decision, RoomFacts } from './facts.ts';
import { closeKnock, isPending, type PendingKnock } from './knock-request.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import { reopenReturns } from './taking-back.ts';

/** A key that signed meeting tokens. What was written down of tokens before signers had ids names it by its kid alone. */
export interface VouchingKey {
  readonly id: string;
  readonly kid: string;
  /** Is it the backend's own, and not one of the service's? */
  readonly selfSigned: boolean;
}

function isSignedBy(claims: TokenClaims | null, { id, kid, selfSigned }: VouchingKey): boolean {
  if (claims === null || claims.selfSigned !== selfSigned) return false;
  return claims.signerId === null ? claims.signerKid === kid : claims.signerId === id;
}

/** Nobody vouches any more for who knocks: they wait on under the name that was given, as anybody might who gives it. */
function withoutIdentity(knock: PendingKnock): PendingKnock {
  return { ...knock, verified: false, userId: null, token: null };
}

/**
 * The knocks as what vouches for them is worth now: a person whose token was signed by a key that has ended is let in as nobody in
 * particular, or not at all.
 * @throws FactsMissing naming all of their tokens that nobody has looked up
 */
export function asVouchedFor(facts: RoomFacts, knocks: readonly PendingKnock[]): readonly PendingKnock[] {
  facts.tokens.require(knocks.flatMap(({ token }) => token ?? []));
  return knocks.map((knock) =>
    knock.token && facts.tokens.get(knock.token).ended === 'TOKEN_INVALID' ? withoutIdentity(knock) : knock,
  );
}

/**
 * A key was revoked: who waits by its word is verified no more, and admissions that were given to its word end. Who is
 * inside stays. Doing it twice does nothing more. `facts` must hold the admissions.
 */
export function endVouching(facts: RoomFacts, signer: VouchingKey, by: Actor, now: Date): Decision<null> {
  const signed = [...facts.knocks.values()].filter((knock) => isSignedBy(knock.token, signer));
  const waiting = signed.filter(isPending).map(withoutIdentity);
  const admitted = signed
    .filter((knock) => knock.status === 'ADMITTED')
    .map((knock) => closeKnock(knock, 'RECALLED', by, now));
  const knocks = [...waiting, ...admitted];
  if (knocks.length === 0) return { answer: null };
  const events = knocks.map((knock) => ({ type: 'KnockChanged', by, knock }) as const);
  return { answer: null, changes: { knocks, returns: reopenReturns(facts, admitted), events } };
}
