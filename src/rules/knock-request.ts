import type { Actor } from './actor.ts';
import { type Ban, isInForce, meets } from './ban.ts';
import type { DomainId, KnockId, RoomId } from './ids.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import { arrive, type Present } from './presence.ts';
import type { Room } from './room.ts';

/** Why an open knock was closed, and how it stands from then on. */
const closings = {
  WITHDRAWN: 'CANCELLED',
  KNOCKER_LEFT: 'CANCELLED',
  TIMED_OUT: 'EXPIRED',
  ROOM_CLOSED: 'EXPIRED',
  KNOCKING_DISABLED: 'EXPIRED',
  RECALLED: 'EXPIRED',
} as const;

type Closing = keyof typeof closings;
export type KnockReason = 'DECIDED' | 'ROOM_OPENED' | Closing;

/** Who asked to come in, and with what. Hashes are hex SHA-256; the token and the key themselves are never kept. */
export interface KnockBase {
  readonly id: KnockId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly userName: string;
  readonly userId: string | null;
  /** A meeting token vouches for name and userId. */
  readonly verified: boolean;
  readonly message: string | null;
  /** What was written back, while they waited or with the decision. */
  readonly reply: string | null;
  readonly requestedAt: Date;
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
}

/** Somebody waits. */
export interface PendingKnock extends KnockBase, Present {
  readonly status: 'PENDING';
  /** When it runs out. */
  readonly exp: Date;
}

interface DecidedKnock<Reason extends KnockReason> extends KnockBase {
  readonly decided: { readonly at: Date; readonly by: Actor; readonly reason: Reason };
}

/** Somebody may come in. */
export interface AdmittedKnock extends DecidedKnock<'DECIDED' | 'ROOM_OPENED'> {
  readonly status: 'ADMITTED';
  readonly letsInUntil: Date;
  /** As it was when they were let in. */
  readonly connection: Present['connection'];
}

export interface DeniedKnock extends DecidedKnock<'DECIDED'> {
  readonly status: 'DENIED';
  /** When this person may knock again; null, with a ban: never. */
  readonly knockAgainAt: Date | null;
  /** Until when others from there may not knock either, with a ban too: for as long as the ban is in force. */
  readonly coolsDownUntil: Date;
}

/** Nobody waits by it any more, or comes in by it. */
export interface ClosedKnock extends DecidedKnock<Closing> {
  readonly status: (typeof closings)[Closing];
}

/** Somebody asked to come in, and what became of it. */
export type Knock = PendingKnock | AdmittedKnock | DeniedKnock | ClosedKnock;
export type KnockStatus = Knock['status'];

/** How long an admission lets in, at most; never past the room's exp. */
export const admissionSeconds = 4 * 3600;

/** What whoever knocks, or is sent back to knock, brings along. The rest follows from the room and the hour. */
export type NewKnock = Omit<KnockBase, 'roomId' | 'domainId' | 'requestedAt'>;

/** A knock begins: somebody waits from now on, and is there. */
export function makeKnock(room: Room, brought: NewKnock, now: Date): PendingKnock {
  return {
    ...brought,
    roomId: room.id,
    domainId: room.domainId,
    requestedAt: now,
    status: 'PENDING',
    exp: waitEnd(room, now, brought.token),
    ...arrive('knocker', now),
  };
}

/** When its holder is put out whatever else lets them in: whom it vouches for waits and is let in no longer. Null: never. */
export function voucherEnd(token: TokenClaims | null): Date | null {
  return token?.ejectAtTokenExp ? token.exp : null;
}

/** Until when somebody waits who knocked then: never past the room's exp, or the end of who is vouched for. */
export function waitEnd({ knockTimeoutSeconds, exp }: Room, requestedAt: Date, token: TokenClaims | null): Date {
  return earlier(earlier(secondsAfter(requestedAt, knockTimeoutSeconds), exp), voucherEnd(token));
}

/** Until when an admission lets in: for four hours at most, and never past the room's exp, or the end of who is vouched for. */
export function admissionEnd(decidedAt: Date, exp: Date | null, token: TokenClaims | null): Date {
  return earlier(earlier(secondsAfter(decidedAt, admissionSeconds), exp), voucherEnd(token));
}

/** Opens a knock's way in. */
export function admit(
  knock: PendingKnock,
  reason: AdmittedKnock['decided']['reason'],
  by: Actor,
  { exp }: Room,
  now: Date,
): AdmittedKnock {
  const letsInUntil = admissionEnd(now, exp, knock.token);
  const { connection } = knock;
  return { ...withoutState(knock), status: 'ADMITTED', decided: { at: now, by, reason }, letsInUntil, connection };
}

/** @param isBanned a ban holds them off: they may not knock again by themselves */
export function deny(
  knock: PendingKnock,
  by: Actor,
  { knockCooldownSeconds }: Pick<Room, 'knockCooldownSeconds'>,
  isBanned: boolean,
  now: Date,
): DeniedKnock {
  const coolsDownUntil = secondsAfter(now, knockCooldownSeconds);
  const decided = { at: now, by, reason: 'DECIDED' } as const;
  const knockAgainAt = isBanned ? null : coolsDownUntil;
  return { ...withoutState(knock), status: 'DENIED', decided, knockAgainAt, coolsDownUntil };
}

/** Ends a wait, or an admission. The reason says in which state it stays from then on. */
export function closeKnock(knock: PendingKnock | AdmittedKnock, reason: Closing, by: Actor, now: Date): ClosedKnock {
  return { ...withoutState(knock), status: closings[reason], decided: { at: now, by, reason } };
}

/** What stays of a knock that leaves its state. */
function withoutState(knock: PendingKnock | AdmittedKnock): KnockBase {
  if (knock.status === 'PENDING') {
    const { status: _status, exp: _exp, connection: _connection, attachedTo: _held, seenUntil: _seen, ...base } = knock;
    return base;
  }
  const { status: _status, decided: _decided, letsInUntil: _until, connection: _connection, ...base } = knock;
  return base;
}

export function isPending(knock: Knock): knock is PendingKnock {
  return knock.status === 'PENDING';
}

/** The admission that lets in at this instant; null: none does. */
export function admissionIn(knock: Knock | null, now: Date): AdmittedKnock | null {
  return knock?.status === 'ADMITTED' && now < knock.letsInUntil ? knock : null;
}

/** Does this knock let in at this instant? */
export function isAdmitted(knock: Knock, now: Date): boolean {
  return admissionIn(knock, now) !== null;
}

/** Does somebody wait by this knock, or come in by it? Of one that has ended nothing is left that would speak for anybody. */
export function isOpen(knock: Knock, now: Date): boolean {
  return isPending(knock) || isAdmitted(knock, now);
}

/** How it was decided: by whom, when and why. Null: it waits. */
export function decisionOn(knock: Knock): DecidedKnock<KnockReason>['decided'] | null {
  return isPending(knock) ? null : knock.decided;
}

/** Was it an admission that ended, and not somebody who waited? Of one whose time is over, who gave it stays on record. */
export function wasAdmission(knock: Knock): boolean {
  if (knock.status !== 'EXPIRED') return false;
  const { reason, by } = knock.decided;
  return reason === 'RECALLED' || (reason === 'TIMED_OUT' && by.kind !== 'SERVICE');
}

export function earlier(a: Date, b: Date | null): Date {
  return b !== null && b < a ? b : a;
}

function secondsAfter(from: Date, seconds: number): Date {
  return new Date(from.getTime() + seconds * 1000);
}

/** What is remembered of a denial while its cool-down runs. */
export interface Denial
  extends Pick<DeniedKnock, 'id' | 'userId' | 'verified' | 'addressHash' | 'knockAgainAt' | 'coolsDownUntil'> {
  readonly token: Pick<TokenClaims, 'jti' | 'isOwner'> | null;
}

/** Whom a denial may mean: by userId and jti of the token that they show, by the knock that they show, and where they come from. */
interface Denied {
  readonly userId: string | null;
  readonly jti: string | null;
  readonly knockId: KnockId | null;
  readonly addressHash: string;
}

/**
 * When this person may knock again; null: now. Cool-downs hold for the network that the denied knock came from; whoever a token
 * vouches for answers for themselves alone: for their userId, or without one for that very token from there, which others may share.
 * Of a denial by a ban nothing is left once the ban is lifted.
 */
export function coolsDownUntil(denials: Iterable<Denial>, bans: Iterable<Ban>, who: Denied, now: Date): Date | null {
  const inForce = [...bans].filter((ban) => isInForce(ban, now));
  let until: Date | null = null;
  for (const denied of denials) {
    if (denied.coolsDownUntil <= now) continue;
    if (denied.knockAgainAt === null && !inForce.some((ban) => meets(ban, denied))) continue;
    const isSame = denied.id === who.knockId || (who.userId !== null && denied.userId === who.userId);
    const isOfToken = who.jti === null || denied.token?.jti === who.jti;
    const isFromThere = denied.addressHash === who.addressHash && who.userId === null && isOfToken;
    if ((isSame || isFromThere) && (until === null || denied.coolsDownUntil > until)) until = denied.coolsDownUntil;
  }
  return until;
}
