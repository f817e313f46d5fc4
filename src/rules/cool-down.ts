import type { KnockId } from './ids.ts';
import type { DeniedKnock } from './knock-request.ts';
import type { TokenClaims } from './meeting-token-claims.ts';

/** What is remembered of a denial while its cool-down runs. */
export interface Denial extends Pick<DeniedKnock, 'id' | 'userId' | 'addressHash' | 'knockAgainAt'> {
  readonly token: Pick<TokenClaims, 'jti'> | null;
}

/** Whom a denial may mean: by userId and jti of the token that they show, by the knock that they show, and where they come from. */
interface Denied {
  readonly userId: string | null;
  readonly jti: string | null;
  readonly knockId: KnockId | null;
  readonly addressHash: string;
}

/**
 * From when on this person may knock again; null: now. Cool-downs hold for the network that the denied knock came from; whoever a token
 * vouches for answers for themselves alone: for their userId, or without one for that very token from there, which others may share.
 */
export function coolsDownUntil(denials: Iterable<Denial>, who: Denied, now: Date): Date | null {
  let until: Date | null = null;
  for (const denied of denials) {
    if (denied.knockAgainAt === null || denied.knockAgainAt <= now) continue;
    const isSame = denied.id === who.knockId || (who.userId !== null && denied.userId === who.userId);
    const isOfToken = who.jti === null || denied.token?.jti === who.jti;
    const isFromThere = denied.addressHash === who.addressHash && who.userId === null && isOfToken;
    if ((isSame || isFromThere) && (until === null || denied.knockAgainAt > until)) until = denied.knockAgainAt;
  }
  return until;
}
