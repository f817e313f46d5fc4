import type { BanId, DomainId, KnockId, RoomId } from './ids.ts';

/** Somebody is kept out of a room: by userId, and by the knock or the meeting token they came with. */
export interface Ban {
  readonly id: BanId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly knockId: KnockId | null;
  readonly jti: string | null;
  /** Where the banned knock came from: unverified knocks from there are refused, nothing else is. */
  readonly addressHash: string | null;
  readonly createdAt: Date;
  /** Null: for good. */
  readonly exp: Date | null;
  readonly liftedAt: Date | null;
}

export function isInForce(ban: Ban, now: Date): boolean {
  return ban.liftedAt === null && (ban.exp === null || now < ban.exp);
}

/** Whom a ban is looked up by. */
export interface BannedBy {
  readonly userId?: string | null | undefined;
  readonly jti?: string | null | undefined;
  readonly knockId?: KnockId | null | undefined;
}

/** The ban in force that names this person, or null. */
export function findBan(bans: Iterable<Ban>, who: BannedBy, now: Date): Ban | null {
  for (const ban of bans) {
    if (!isInForce(ban, now)) continue;
    if (ban.userId !== null && ban.userId === who.userId) return ban;
    if (ban.jti !== null && ban.jti === who.jti) return ban;
    if (ban.knockId !== null && ban.knockId === who.knockId) return ban;
  }
  return null;
}
