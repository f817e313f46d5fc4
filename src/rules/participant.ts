import type { DomainId, KnockId, ParticipantId, RoomId } from './ids.ts';
import { carriedOutOn } from './media-server.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import {
  type AdminArea,
  defaultPermissions,
  effectivePermissions,
  layPermissions,
  type MediaKind,
  type Permissions,
  type PermissionsPatch,
} from './permissions.ts';
import { arrive, type ConnectionState, type Present } from './presence.ts';
import type { DomainDefaults, Room } from './room.ts';

export type LeaveReason =
  | 'LEFT'
  | 'CONNECTION_LOST'
  | 'EJECTED'
  | 'BANNED'
  | 'REPLACED'
  | 'TOKEN_EXPIRED'
  | 'TIME_ELAPSED'
  | 'ROOM_EXPIRED'
  | 'ROOM_DELETED'
  | 'RETURNED_TO_LOBBY';

/** Who is, or was, in a room, and by what right. */
export interface ParticipantBase {
  readonly id: ParticipantId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly userName: string;
  readonly userId: string | null;
  readonly verified: boolean;
  readonly isOwner: boolean;
  /** In as an owner, neither shown nor counted. */
  readonly hidden: boolean;
  readonly joinedAt: Date;
  /** The meeting token this session came in with; null for guests and for who was admitted without one. */
  readonly token: TokenClaims | null;
  /** The admission this session came in with. */
  readonly knockId: KnockId | null;
  /** What updateParticipant changed; lies over the token's word. */
  readonly permissions: PermissionsPatch | null;
  readonly sessionHash: string;
  /** The session token in use, where newer ones were handed out since: works until one of those is used. */
  readonly previousSessionHash: string | null;
  /** Session tokens that were handed out between those two. Whichever is used first, all others end. */
  readonly spareSessionHashes: readonly string[];
  readonly idempotencyHash: string | null;
  readonly addressHash: string;
}

/** Somebody is in the room. */
export interface PresentParticipant extends ParticipantBase, Present {
  readonly left: null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
  /** On the domain's media server, as it was seen last; null: not seen there yet, or there is none that tells. */
  readonly mediaConnection: ConnectionState | null;
  /** Of the session on the media server that was seen last. Somebody who comes back there has another. */
  readonly mediaSid: string | null;
  /** What somebody switched off, and what is to be muted on the media server once. */
  readonly mutesOwed: readonly OwedMute[];
}

/** What a track on a media server sends, as far as it can be switched off for somebody. */
export type OwedMute = 'AUDIO' | 'VIDEO' | 'SCREEN';

/** Somebody was in the room. */
export interface PastParticipant extends ParticipantBase {
  readonly left: { readonly at: Date; readonly reason: LeaveReason };
}

/** One person's session in a room. */
export type Participant = PresentParticipant | PastParticipant;

/** What somebody who comes in brings along. The rest follows from the room and the hour. */
export type NewParticipant = Omit<
  ParticipantBase,
  'roomId' | 'domainId' | 'joinedAt' | 'permissions' | 'previousSessionHash' | 'spareSessionHashes'
> &
  Pick<PresentParticipant, 'audio' | 'video'>;

/** Nobody has seen them on a media server yet. */
export const notOnMediaServer = { mediaConnection: null, mediaSid: null, mutesOwed: [] } as const;

/** A session begins. */
export function makeParticipant(
  { id: roomId, domainId }: Pick<Room, 'id' | 'domainId'>,
  brought: NewParticipant,
  now: Date,
): PresentParticipant {
  return {
    ...brought,
    roomId,
    domainId,
    joinedAt: now,
    permissions: null,
    previousSessionHash: null,
    spareSessionHashes: [],
    left: null,
    screenShare: false,
    ...notOnMediaServer,
    ...arrive('participant', now),
  };
}

/** A session ends. */
export function endParticipant(participant: PresentParticipant, reason: LeaveReason, now: Date): PastParticipant {
  const { connection: _connection, attachedTo: _held, seenUntil: _seen, ...rest } = participant;
  const { audio: _audio, video: _video, screenShare: _screen, ...unseen } = rest;
  const { mediaConnection: _there, mediaSid: _sid, mutesOwed: _owed, ...base } = unseen;
  return { ...base, left: { at: now, reason } };
}

/** A session goes on: nothing is sent until they say so. */
export function resumeParticipant(participant: PastParticipant, now: Date): PresentParticipant {
  const nothing = { audio: false, video: false, screenShare: false, ...notOnMediaServer };
  return { ...participant, left: null, ...nothing, ...arrive('participant', now) };
}

export function isInside(participant: Participant): participant is PresentParticipant {
  return participant.left === null;
}

/** Participants, and people who lost the connection. Those who left or were ejected have to join anew. */
export function mayComeBack(session: Participant): boolean {
  return isInside(session) || session.left.reason === 'CONNECTION_LOST';
}

/** What everybody's permissions rest on beside their own. */
interface PermissionGround {
  readonly room: Pick<Room, 'permissions' | 'enableScreenshare' | 'ownerOnlyBroadcast'>;
  readonly domain: Pick<DomainDefaults, 'permissions'>;
}

/** Do all have the same permissions in both? False where that would have to be looked at one by one. */
export function givesTheSame(a: PermissionGround, b: PermissionGround): boolean {
  return (
    a.domain.permissions === b.domain.permissions &&
    a.room.permissions === b.room.permissions &&
    a.room.enableScreenshare === b.room.enableScreenshare &&
    a.room.ownerOnlyBroadcast === b.room.ownerOnlyBroadcast
  );
}

/** What holds now for one participant: its own over token over room over domain, and owner-only broadcast. */
export function participantPermissions(
  participant: Participant,
  room: PermissionGround['room'],
  domain: PermissionGround['domain'],
): Permissions {
  const laid = layPermissions(
    defaultPermissions,
    domain.permissions,
    room.permissions,
    participant.token?.permissions ?? null,
    participant.permissions,
  );
  const mayShare = participant.token?.enableScreenshare ?? room.enableScreenshare;
  const shared = mayShare ? laid : { ...laid, canSend: laid.canSend.filter((kind) => !screenKinds.has(kind)) };
  return effectivePermissions(shared, participant, room.ownerOnlyBroadcast);
}

const screenKinds: ReadonlySet<MediaKind> = new Set(['SCREEN_AUDIO', 'SCREEN_VIDEO']);

/** Switches off what this participant may not send. */
export function silence(
  participant: PresentParticipant,
  { room, domain }: { readonly room: Room; readonly domain: DomainDefaults },
): PresentParticipant {
  const { canSend } = participantPermissions(participant, room, domain);
  return {
    ...participant,
    audio: participant.audio && canSend.includes('AUDIO'),
    video: participant.video && canSend.includes('VIDEO'),
    screenShare: participant.screenShare && canSend.includes('SCREEN_VIDEO'),
  };
}

/** May this participant act in this area: owners in all, others where canAdmin says so? */
export function mayAdminister(participant: Participant, area: AdminArea, room: Room, domain: DomainDefaults): boolean {
  return participant.isOwner || participantPermissions(participant, room, domain).canAdmin.includes(area);
}

/** Do others see this participant? */
export function isShown(participant: Participant, room: Room, domain: DomainDefaults): boolean {
  return !participant.hidden && participantPermissions(participant, room, domain).hasPresence;
}

/** Is this participant connected to the domain's media server? Null: there is none that tells. */
export function mediaConnectionOf(participant: Participant, domain: DomainDefaults): ConnectionState | null {
  if (carriedOutOn(domain) === null) return null;
  return (isInside(participant) && participant.mediaConnection) || 'LEFT';
}

/** When a timer will put this participant out, and with which reason; null: never. Token settings replace both of the room's. */
export function willEject(
  participant: PresentParticipant,
  room: Room,
): { readonly at: Date; readonly reason: LeaveReason } | null {
  const { token } = participant;
  const fromToken = token !== null && (token.ejectAtTokenExp !== null || token.ejectAfterElapsedSeconds !== null);
  const elapsed = fromToken ? token.ejectAfterElapsedSeconds : room.ejectAfterElapsedSeconds;
  const ends: { readonly at: Date; readonly reason: LeaveReason }[] = [];
  if (elapsed !== null)
    ends.push({ at: new Date(participant.joinedAt.getTime() + elapsed * 1000), reason: 'TIME_ELAPSED' });
  if (fromToken && token.ejectAtTokenExp && token.exp) ends.push({ at: token.exp, reason: 'TOKEN_EXPIRED' });
  if (!fromToken && room.ejectAtRoomExp && room.exp) ends.push({ at: room.exp, reason: 'ROOM_EXPIRED' });
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

/** Who was admitted, where, and with which permissions at this moment: what a media server is told. */
export interface MediaGrant {
  readonly participantId: string;
  readonly roomName: string;
  readonly roomId: string;
  readonly userName: string;
  readonly userId: string | null;
  readonly isOwner: boolean;
  /** In the room, but not shown and not counted. */
  readonly hidden: boolean;
  readonly permissions: Permissions;
}
