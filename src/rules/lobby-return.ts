import type { DomainId, KnockId, RoomId } from './ids.ts';
import type { Knock } from './knock.ts';
import type { TokenClaims } from './meeting-token-claims.ts';

/**
 * Somebody was sent back to the lobby. It is a state of the person, and lasts until somebody admits them, whatever becomes of the knock
 * meanwhile: a verified userId stands for the person; without one the return knock itself does, since many may share its token.
 */
export interface LobbyReturn {
  /** The knock that it made. */
  readonly id: KnockId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  /** Who was sent back: every token of this userId counts as `knocking`. */
  readonly userId: string | null;
  /** Without a userId: the token that counts as `knocking`. */
  readonly jti: string | null;
  readonly returnedAt: Date;
  readonly admittedAt: Date | null;
}

/** Must the holder of this token be let in again, since they were sent back? Owners need no approval. */
export function wasSentBack(
  returns: Iterable<LobbyReturn>,
  { isOwner, userId, jti }: Pick<TokenClaims, 'isOwner' | 'userId' | 'jti'>,
): boolean {
  if (isOwner) return false;
  for (const one of returns) {
    if (one.admittedAt !== null) continue;
    if (userId === null ? one.jti === jti : one.userId === userId) return true;
  }
  return false;
}

/** What holds of somebody from the knock on that sending them back made. A guest without a token has nothing that could bring them in. */
export function returnOf({ id, roomId, domainId, userId, token, requestedAt }: Knock): readonly LobbyReturn[] {
  const jti = userId === null ? (token?.jti ?? null) : null;
  if (userId === null && jti === null) return [];
  return [{ id, roomId, domainId, userId, jti, returnedAt: requestedAt, admittedAt: null }];
}

/** The returns that end with the admission of this knock. */
export function endReturns(returns: Iterable<LobbyReturn>, knock: Knock, now: Date): readonly LobbyReturn[] {
  const isMeant = ({ id, userId, admittedAt }: LobbyReturn) =>
    admittedAt === null && (id === knock.id || (knock.verified && userId !== null && userId === knock.userId));
  return [...returns].filter(isMeant).map((one) => ({ ...one, admittedAt: now }));
}
