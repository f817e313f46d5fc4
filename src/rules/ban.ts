import type { BanId, DomainId, KnockId, RoomId } from './ids.ts';

/** Somebody is kept out of a room: by userId, by the knock or the meeting token they came with, and by their network where that was asked for. */
export interface Ban {
  readonly id: BanId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly knockId: KnockId | null;
  readonly jti: string | null;
  /** The network that the ban binds as well: whoever comes from there without a good meeting token. Null: it binds no network. */
  readonly addressHash: string | null;
  /** An admin made it, and no owner: it binds nobody who shows an owner's token. */
  readonly madeByAdmin: boolean;
  readonly createdAt: Date;
  /** Null: for good. */
  readonly exp: Date | null;
  readonly liftedAt: Date | null;
}

export function isInForce(ban: Ban, now: Date): boolean {
  return ban.liftedAt === null && (ban.exp === null || now < ban.exp);
}

/** What somebody is known by who asks to come in, or who is inside. */
export interface BannedBy {
  readonly userId?: string | null | undefined;
  readonly jti?: string | null | undefined;
  readonly knockId?: KnockId | null | undefined;
  /** Where they come from, of those whom no meeting token vouches for; left out: it does not matter. */
  readonly addressHash?: string | null | undefined;
  /** When they were admitted who show an admission that lets in. */
  readonly admittedAt?: Date | null | undefined;
  /** They show an owner's token that is good. */
  readonly isOwner?: boolean;
}

/** The ban in force that binds this person, or null. */
export function findBan(bans: Iterable<Ban>, who: BannedBy, now: Date): Ban | null {
  for (const ban of bans) {
    if (!isInForce(ban, now) || (ban.madeByAdmin && who.isOwner)) continue;
    if (names(ban, who) || bindsNetworkOf(ban, who)) return ban;
  }
  return null;
}

/** Does this ban mean this very person? */
export function names(ban: Ban, { userId, jti, knockId }: BannedBy): boolean {
  return (
    (ban.userId !== null && ban.userId === userId) ||
    (ban.jti !== null && ban.jti === jti) ||
    (ban.knockId !== null && ban.knockId === knockId)
  );
}

/** Somebody who knocked, as far as a ban can mean them. */
interface Knocker {
  readonly id: KnockId;
  readonly userId: string | null;
  readonly verified: boolean;
  readonly addressHash: string;
  readonly token: { readonly jti: string; readonly isOwner: boolean } | null;
}

/** Does it apply to whoever knocked? A network binds those alone whom no meeting token vouches for, and an admin's ban no owner. */
export function meets(ban: Ban, { id, userId, token, verified, addressHash }: Knocker): boolean {
  if (ban.madeByAdmin && token?.isOwner) return false;
  if (names(ban, { userId, jti: token?.jti, knockId: id })) return true;
  return !verified && ban.addressHash === addressHash;
}

/** Does it apply to this person's network? It does not apply to people who were admitted after the ban. */
function bindsNetworkOf(ban: Ban, { addressHash, admittedAt }: BannedBy): boolean {
  if (ban.addressHash === null || ban.addressHash !== addressHash) return false;
  return !(admittedAt && admittedAt >= ban.createdAt);
}
