import type { Actor } from './actor.ts';
import type { DomainId, KnockId, ProcessId, RoomId } from './ids.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import type { ConnectionState } from './presence.ts';

export type KnockStatus = 'PENDING' | 'ADMITTED' | 'DENIED' | 'CANCELLED' | 'EXPIRED';

export type KnockReason =
  | 'DECIDED'
  | 'WITHDRAWN'
  | 'KNOCKER_LEFT'
  | 'TIMED_OUT'
  | 'ROOM_OPENED'
  | 'ROOM_CLOSED'
  | 'KNOCKING_DISABLED'
  | 'RECALLED';

/** Somebody asks to come in. Hashes are hex SHA-256; the token and the key themselves are never kept. */
export interface Knock {
  readonly id: KnockId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly userName: string;
  readonly userId: string | null;
  /** A meeting token vouches for name and userId. */
  readonly verified: boolean;
  readonly message: string | null;
  readonly status: KnockStatus;
  readonly reason: KnockReason | null;
  readonly reply: string | null;
  readonly requestedAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedBy: Actor | null;
  /** PENDING: when it runs out. ADMITTED: how long it lets in. */
  readonly exp: Date | null;
  /** DENIED: when this person may knock again; null with a ban: never. */
  readonly knockAgainAt: Date | null;
  /** The meeting token that came with the knock, as it was verified. */
  readonly token: TokenClaims | null;
  readonly tokenHash: string;
  readonly previousTokenHash: string | null;
  /** Tokens of this knock that were handed out between those two. */
  readonly spareTokenHashes: readonly string[];
  readonly idempotencyHash: string | null;
  /** A keyed hash of the client address (IPv6: of its /64). */
  readonly addressHash: string;
  /** Made by sending a participant back to the lobby: coming in again takes no new use of its token. */
  readonly isReturn: boolean;
  readonly connection: ConnectionState;
  /** Processes that hold a subscription of this knocker. */
  readonly attachedTo: readonly ProcessId[];
  /** Counts as there until then without a subscription. */
  readonly seenUntil: Date;
  readonly endedAt: Date | null;
}

/** How long an admission lets in, at most; never past the room's exp. */
export const admissionSeconds = 4 * 3600;

/** Does this admission let in at this instant? */
export function isAdmitted(knock: Knock, now: Date): boolean {
  return knock.status === 'ADMITTED' && (knock.exp === null || now < knock.exp);
}

/** Does somebody wait by this knock, or come in by it? Of one that has ended nothing is left that would speak for anybody. */
export function isOpen(knock: Knock, now: Date): boolean {
  return knock.status === 'PENDING' || isAdmitted(knock, now);
}
