import type { DomainId, KnockId, RoomId } from './ids.ts';
import { admissionSeconds, type Knock } from './knock-request.ts';
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

/** The holder of a meeting token. `jti` is null for a session that comes back: it is known by more than the token. */
type TokenHolder = Pick<TokenClaims, 'isOwner' | 'userId'> & { readonly jti: string | null };

/** Must the holder of this token be let in again, since they were sent back? Owners need no approval. */
export function wasSentBack(returns: Iterable<LobbyReturn>, { isOwner, userId, jti }: TokenHolder): boolean {
  if (isOwner) return false;
  for (const one of returns) {
    if (one.admittedAt !== null) continue;
    if (userId === null ? one.jti !== null && one.jti === jti : one.userId === userId) return true;
  }
  return false;
}

/** The return that begins with the knock made by sending somebody back. A guest without a token has none: nothing could bring them in. */
export function returnOf({ id, roomId, domainId, userId, token, requestedAt }: Knock): readonly LobbyReturn[] {
  const jti = userId === null ? (token?.jti ?? null) : null;
  if (userId === null && jti === null) return [];
  return [{ id, roomId, domainId, userId, jti, returnedAt: requestedAt, admittedAt: null }];
}

/** Does admitting this knock let the person in again who was sent back? */
export function speaksFor(knock: Knock, { id, userId }: LobbyReturn): boolean {
  return id === knock.id || (knock.verified && userId !== null && userId === knock.userId);
}

/** The returns that end with the admission of this knock: they bear its instant. */
export function endReturns(returns: Iterable<LobbyReturn>, knock: Knock, now: Date): readonly LobbyReturn[] {
  const isMeant = (one: LobbyReturn) => one.admittedAt === null && speaksFor(knock, one);
  return [...returns].filter(isMeant).map((one) => ({ ...one, admittedAt: now }));
}

/** Can nothing bring this return back: neither does it hold, nor can the admission still be taken back that ended it? */
export function isReturnOver({ admittedAt }: LobbyReturn, now: Date): boolean {
  return admittedAt !== null && admittedAt.getTime() + admissionSeconds * 1000 <= now.getTime();
}
