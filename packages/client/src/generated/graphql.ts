/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** May this caller come in, and how? */
export type AccessLevel =
  /** At once: call `joinRoom`. */
  | 'FULL'
  /** By knocking: call `knock`, and wait to be admitted. */
  | 'LOBBY'
  /** Not at all; `refusal` says why. */
  | 'NONE';

/** In which role somebody acted. */
export type ActorKind =
  /** The domain's backend, with an API key. */
  | 'BACKEND'
  /** Somebody who waited. */
  | 'KNOCKER'
  /** Somebody in the room: an owner, an admin, or a participant about themselves. */
  | 'PARTICIPANT'
  /** The service itself: a timer, or a rule. */
  | 'SERVICE';

/** An area that somebody may administer without being an owner. */
export type AdminArea =
  /** Answer knocks, mute, eject, and change permissions of others, as long as they are in the room themselves. */
  | 'PARTICIPANTS'
  /** Start and stop live streams. */
  | 'STREAMING'
  /** Start and stop transcription, where the media side offers it. */
  | 'TRANSCRIPTION';

/** Is somebody there at this moment? Kept by an open subscription with their credential, or by `heartbeat` every 15 seconds. */
export type ConnectionState =
  /** A subscription is open, or a heartbeat came in time. */
  | 'CONNECTED'
  /** Gone, on their own or not. */
  | 'LEFT'
  /** The connection is lost and the place is kept: for 30 seconds in the room, for 5 minutes in front of it. */
  | 'RECONNECTING';

/** Which knocks of a room to decide at once: those that the owner has seen. Give knockIds or requestedBefore. */
export type DecideKnocksInput = {
  /** Exactly these; or leave it out and give requestedBefore. */
  knockIds?: Array<string> | null | undefined;
  /** A word to the knocker: at most 500 characters. Left out: what was written before stays. */
  reply?: string | null | undefined;
  /** All that are PENDING and had knocked by then: what the owner had seen. Somebody who knocks meanwhile is not decided unseen. */
  requestedBefore?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
};

/** Which knock to deny. */
export type DenyKnockInput = {
  /** True: also keep this person from knocking and joining again, until `liftBan`. Left out: not. */
  ban?: boolean | null | undefined;
  /** With ban: also whoever comes from the same network without a good meeting token, see `Ban.network`. Those of them who wait are denied as well (`KnockRequest.sameNetwork` tells how many), and admissions that nobody is inside by are taken back. Left out: not, and an unverified person can come back under another name. */
  banNetwork?: boolean | null | undefined;
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A word to the knocker: at most 500 characters. Left out: what was written before stays. */
  reply?: string | null | undefined;
};

/** Whom to put out of a room: 1 to 100, by session or by user. */
export type EjectParticipantsInput = {
  /** True: also ban them, until `banExp` or for good. Left out: they may come back where they have a right to. */
  ban?: boolean | null | undefined;
  /** With ban: from when on they may come again; in the future. Left out: not before `liftBan`. */
  banExp?: string | null | undefined;
  /** With ban: also whoever comes from the network of those who are named, without a good meeting token, see `Ban.network` and `DenyKnockInput.banNetwork`. A user who is banned by userIds while not inside is banned by the userId alone. Left out: not. */
  banNetwork?: boolean | null | undefined;
  /** These sessions, by `id` of the Participant: of those inside, and of those who have left, whose way back ends too. */
  participantIds?: Array<string> | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** Every session of these users; with `ban` they are banned also while not inside. */
  userIds?: Array<string> | null | undefined;
};

/** Which room to enter, and with what. */
export type JoinRoomInput = {
  /** Name of the domain. Needed only by a caller without credential on a service with several domains. */
  domain?: string | null | undefined;
  /** In the room as an owner, but not counted or shown: for an owner console. Owners only. */
  hidden?: boolean | null | undefined;
  /** A retry with the same key, and the same token or knock token, finds the first session: nothing is used up twice. With another one it is refused. 22 random characters or more; kept only as a hash, good for one room. */
  idempotencyKey?: string | null | undefined;
  /** What `knock` returned, once admitted. The knock token as bearer does the same. */
  knockToken?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token: what stood behind `?t=` in the URL. Not together with knockToken. Empty: none. Beside a bearer that was let in already it must be of the same person, and not `knocking`: else INVALID_INPUT. */
  token?: string | null | undefined;
  /** The name to be shown to others: at most 128 characters. A name in the token, and the name that was admitted, win. */
  userName?: string | null | undefined;
};

/** Which knock to decide. */
export type KnockDecisionInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A word to the knocker: at most 500 characters. Left out: what was written before stays. */
  reply?: string | null | undefined;
};

/** Who asks to come in where. */
export type KnockInput = {
  /** Name of the domain. Needed only by a caller without credential on a service with several domains. */
  domain?: string | null | undefined;
  /** A retry with the same key, and the same token, finds the first knock. With another one it is refused. 22 random characters or more, made anew for each room; kept only as a hash. */
  idempotencyKey?: string | null | undefined;
  /** A word to the owners: at most 500 characters, line breaks allowed. */
  message?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token with knocking: true; it vouches for who knocks. Empty: none. */
  token?: string | null | undefined;
  /** The name to be shown to the owners: not empty, at most 128 characters. A name in the token wins. */
  userName: string;
};

/** Why a knock has the status it has, beyond the status itself. */
export type KnockReason =
  /** An owner, an admin or the backend decided. */
  | 'DECIDED'
  /** The knocker went away: no connection and no heartbeat for 5 minutes. */
  | 'KNOCKER_LEFT'
  /** Knocking was switched off. */
  | 'KNOCKING_DISABLED'
  /** An admission was taken back, or its holder ejected. */
  | 'RECALLED'
  /** The room expired or was deleted. */
  | 'ROOM_CLOSED'
  /** The room went public, and everybody who waited was let in. */
  | 'ROOM_OPENED'
  /** Nobody answered in the room's knockTimeoutSeconds, or the admission's time is over. */
  | 'TIMED_OUT'
  /** The knocker took it back. */
  | 'WITHDRAWN';

/** Where a knock stands. PENDING moves to one of the others exactly once; ADMITTED may still become EXPIRED. */
export type KnockStatus =
  /** Was let in: `joinRoom` with the knock token, until `exp`. */
  | 'ADMITTED'
  /** The knocker took it back, or went away. */
  | 'CANCELLED'
  /** An owner, an admin or the backend said no. */
  | 'DENIED'
  /** Ran out unanswered, or its admission has ended; `reason` says which. */
  | 'EXPIRED'
  /** Waits for an answer. */
  | 'PENDING';

/** Why somebody is no longer in the room. */
export type LeaveReason =
  /** They were banned, and cannot come back until the ban is lifted. */
  | 'BANNED'
  /** Their connection was lost for more than 30 seconds. They may come back with their session token. */
  | 'CONNECTION_LOST'
  /** An owner, an admin or the backend put them out. Their admission has ended too. */
  | 'EJECTED'
  /** They left with `leaveRoom`. */
  | 'LEFT'
  /** Another session of the same userId took the place (enforceUniqueUserIds). */
  | 'REPLACED'
  /** They were sent back to wait: their session token follows their new knock (`myKnock`). */
  | 'RETURNED_TO_LOBBY'
  /** The room was deleted. */
  | 'ROOM_DELETED'
  /** The room ran out, and says ejectAtRoomExp. */
  | 'ROOM_EXPIRED'
  /** Their ejectAfterElapsedSeconds, counted from joining, were over. */
  | 'TIME_ELAPSED'
  /** Their meeting token ran out, and says ejectAtTokenExp. */
  | 'TOKEN_EXPIRED';

/** How far a live stream is. The service has no media of its own: it authorises and records, and the media side reports. */
export type LiveStreamStatus =
  /** Broken off; `error` may say why. For good. */
  | 'FAILED'
  /** The media side reports that it is on air. */
  | 'LIVE'
  /** Asked for; the media side has not reported yet. */
  | 'STARTING'
  /** Over. For good. */
  | 'STOPPED'
  /** Asked to stop; the media side has not reported yet. */
  | 'STOPPING';

/** A kind of media track. The service sends no media itself: it says what a media server may let through. */
export type MediaKind =
  /** The microphone. */
  | 'AUDIO'
  /** Any further audio track, such as music or an interpreter. */
  | 'CUSTOM_AUDIO'
  /** Any further video track, such as a second camera. */
  | 'CUSTOM_VIDEO'
  /** The sound of a shared screen, window or tab. */
  | 'SCREEN_AUDIO'
  /** The picture of a shared screen, window or tab. */
  | 'SCREEN_VIDEO'
  /** The camera. */
  | 'VIDEO';

/** Permissions to set. A field left out, or null, says nothing: it leaves the word to what lies below (token over room over domain). */
export type PermissionsInput = {
  /** All that they may administer; an empty list: nothing. */
  canAdmin?: Array<AdminArea> | null | undefined;
  /** What they may receive, and from whom. */
  canReceive?: ReceivePermissionsInput | null | undefined;
  /** All that they may send; an empty list: nothing. */
  canSend?: Array<MediaKind> | null | undefined;
  /** False: others do not see this participant. */
  hasPresence?: boolean | null | undefined;
};

/** An exception for one person: give exactly one of userId and participantId. */
export type ReceiveOverrideInput = {
  /** All that may be received from them; an empty list: nothing. */
  kinds: Array<MediaKind>;
  /** Whose media this is about, by the `id` of a Participant. An id of anything else is INVALID_INPUT. */
  participantId?: string | null | undefined;
  /** Whose media this is about, by the userId of their meeting token: at most 36 characters. */
  userId?: string | null | undefined;
};

/** What may be received. A field left out leaves the word to whatever lies below: token, room, domain. */
export type ReceivePermissionsInput = {
  /** From everybody without an override; an empty list: nothing. */
  base?: Array<MediaKind> | null | undefined;
  /** Exceptions for single people, at most 100, in a meeting token at most 20; they replace all exceptions that lie below. */
  overrides?: Array<ReceiveOverrideInput> | null | undefined;
};

/** Why something was refused. Codes are stable: they are added to, never renamed. Show texts of your own for those you know, and `message` for others. */
export type RefusalCode =
  /** This person was banned from the room, and can neither join nor knock until the ban is lifted. */
  | 'BANNED'
  /** Another change came first, or what stands now does not allow this. Read again, then decide. */
  | 'CONFLICT'
  /** The room is closed to this caller: it needs a meeting token, or does not exist. The two are told apart only to the domain's own backend. */
  | 'ENTRY_NOT_ALLOWED'
  /** The credential is good, but may not do this: another scope, role or room is needed. */
  | 'FORBIDDEN'
  /** The input is malformed or contradicts itself. `issues` names each field; nothing was changed. */
  | 'INVALID_INPUT'
  /** The room takes no knocks: it is public (join at once), or knocking is switched off. */
  | 'KNOCKING_DISABLED'
  /** Somebody decided this knock before; `knockRequest` shows how. */
  | 'KNOCK_ALREADY_DECIDED'
  /** The knock was withdrawn, timed out, or its admission has ended. Knock anew. */
  | 'KNOCK_CLOSED'
  /** An owner said no. `knockAgainAt` of the knock says when it may be tried again. */
  | 'KNOCK_DENIED'
  /** The knock has not been answered yet: wait with `myKnock`. */
  | 'KNOCK_PENDING'
  /** A room of this name lives in the domain. Choose another, or leave the name out. */
  | 'NAME_TAKEN'
  /** There is no such thing, or the caller may not know of it. A malformed id gives this too. */
  | 'NOT_FOUND'
  /** Only an owner or admin who is in the room at this moment, or the domain's backend, may do this. Join again, then repeat. */
  | 'OWNER_NOT_IN_ROOM'
  /** Too many attempts from here. `retryAfterSeconds` tells when to try again. */
  | 'RATE_LIMITED'
  /** The room's exp has passed. It will not open again. */
  | 'ROOM_EXPIRED'
  /** The room holds maxParticipants people. An admission stays good: try again when somebody has left. */
  | 'ROOM_FULL'
  /** The room's nbf lies ahead; `opensAt` says from when on it lets in. */
  | 'ROOM_NOT_OPEN'
  /** The meeting token's exp has passed. A new one is needed. */
  | 'TOKEN_EXPIRED'
  /** The meeting token names another room, or an earlier room of this name. */
  | 'TOKEN_FOR_OTHER_ROOM'
  /** The meeting token is malformed, forged, or not of this domain. A new one is needed. */
  | 'TOKEN_INVALID'
  /** The meeting token's nbf, or the iat of a self-signed one, lies more than 5 seconds ahead; `opensAt` says from when on it lets in. */
  | 'TOKEN_NOT_YET_VALID'
  /** The meeting token was revoked by its makers. A new one is needed. */
  | 'TOKEN_REVOKED'
  /** The meeting token was used maxUses times. A new one is needed; coming back to a session takes no use. */
  | 'TOKEN_USED_UP'
  /** No credential was sent, or it is unknown, expired or revoked. Get a new one; asking again is no use. */
  | 'UNAUTHENTICATED'
  /** The service cannot answer now. A mutation may have been done: ask again with the same idempotencyKey, or read. */
  | 'UNAVAILABLE';

/** What to write to whom. */
export type ReplyToKnockInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** Shown to the knocker at once, in place of an earlier reply: at most 500 characters. */
  reply: string;
};

/** Whom to send back to wait. */
export type ReturnToLobbyInput = {
  /** `id` of the Participant. */
  participantId: string;
  /** A word to them, shown while they wait: at most 500 characters. */
  reply?: string | null | undefined;
};

/** Who may join a room. Counts from the very next attempt; who is inside stays. */
export type RoomPrivacy =
  /** Joining takes a meeting token, or a knock that was answered with yes. */
  | 'PRIVATE'
  /** Whoever knows the URL may join. */
  | 'PUBLIC';

/** Settings of a room. With `updateRoom` a field left out stays as it is, and null resets it to its default. */
export type RoomSettingsInput = {
  /** Put each one out so many seconds after joining: 1 second to 365 days. Default: never. */
  ejectAfterElapsedSeconds?: number | null | undefined;
  /** Put everybody out at the room's exp. Default: false. */
  ejectAtRoomExp?: boolean | null | undefined;
  /** May people ask to come in, while it is PRIVATE? Default: false. Switching it off ends every knock that waits. */
  enableKnocking?: boolean | null | undefined;
  /** May people share a screen? Default: true. */
  enableScreenshare?: boolean | null | undefined;
  /** A newcomer ejects the earlier holder of the same userId. Default: the domain's. */
  enforceUniqueUserIds?: boolean | null | undefined;
  /** Nobody joins from this instant on, and the room is deleted. In the future. Default: none. */
  exp?: string | null | undefined;
  /** A denied person waits so long before the next knock: 0 to 30 days (2592000). Default: 60. */
  knockCooldownSeconds?: number | null | undefined;
  /** A knock unanswered for so long expires: 1 second to 7 days (604800). Default: 600. */
  knockTimeoutSeconds?: number | null | undefined;
  /** Language for those inside: a tag such as `en` or `pt-BR`. Default: the domain's. */
  lang?: string | null | undefined;
  /** Shown to everyone who waits: at most 1000 characters, line breaks allowed. Default: none. */
  lobbyMessage?: string | null | undefined;
  /** How many people it holds: 1 to 100000. Default: no limit. Who is inside stays. */
  maxParticipants?: number | null | undefined;
  /** Nobody joins before this, owners neither. Must lie before exp. Default: none. */
  nbf?: string | null | undefined;
  /** Only owners send audio, video and screen. Default: false. */
  ownerOnlyBroadcast?: boolean | null | undefined;
  /** What people may do whose token does not say otherwise. Given, it replaces the room's permissions as a whole. Default: the domain's. */
  permissions?: PermissionsInput | null | undefined;
  /** Who may join. Default: PUBLIC. */
  privacy?: RoomPrivacy | null | undefined;
  /** People join with the microphone off. Default: false. */
  startAudioOff?: boolean | null | undefined;
  /** People join with the camera off. Default: false. */
  startVideoOff?: boolean | null | undefined;
};

/** Who may join which room from now on. */
export type SetRoomPrivacyInput = {
  /** May people ask to come in, while it is PRIVATE? Left out: as it was. */
  enableKnocking?: boolean | null | undefined;
  /** PRIVATE: who is inside stays, who comes after needs a token or a knock. PUBLIC: everybody who waits is let in. */
  privacy: RoomPrivacy;
  /** Name of the room. */
  roomName: string;
};

/** What to broadcast, and where to. */
export type StartLiveStreamInput = {
  /** rtmp(s) or https URLs; at least one. Kept and shown without the parts in which stream keys stand: the media side gets its keys from whoever runs it. */
  destinations: Array<string>;
  /** Name of the room. */
  roomName: string;
};

/** What one has switched oneself. A field left out stays as it is. */
export type UpdateMyMediaInput = {
  /** Is the microphone on? */
  audio?: boolean | null | undefined;
  /** Is a screen being shared? */
  screenShare?: boolean | null | undefined;
  /** Is the camera on? */
  video?: boolean | null | undefined;
};

/** What to change for one participant. */
export type UpdateParticipantInput = {
  /** `id` of the Participant. */
  participantId: string;
  /** Laid over what they had, field by field. What may not be sent any more is switched off. Left out: as they are. */
  permissions?: PermissionsInput | null | undefined;
  /** False: mute. True (owners only): ask to unmute, by a MediaRequested event. Left out: as it is. */
  setAudio?: boolean | null | undefined;
  /** False: end the screen share. True (owners only): ask to share, by a MediaRequested event. Left out: as it is. */
  setScreenShare?: boolean | null | undefined;
  /** False: camera off. True (owners only): ask to switch it on, by a MediaRequested event. Left out: as it is. */
  setVideo?: boolean | null | undefined;
};

/** What to change for several participants of a room at once, such as to mute all. */
export type UpdateParticipantsInput = {
  /** Exactly these. Left out: everyone but the owners. */
  participantIds?: Array<string> | null | undefined;
  /** Laid over what they had, field by field. What may not be sent any more is switched off. Left out: as they are. */
  permissions?: PermissionsInput | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** False: mute. True (owners only): ask to unmute, by a MediaRequested event. Left out: as it is. */
  setAudio?: boolean | null | undefined;
  /** False: end the screen share. True (owners only): ask to share, by a MediaRequested event. Left out: as it is. */
  setScreenShare?: boolean | null | undefined;
  /** False: camera off. True (owners only): ask to switch it on, by a MediaRequested event. Left out: as it is. */
  setVideo?: boolean | null | undefined;
};

/** What to change in which room. */
export type UpdateRoomInput = {
  /** Name of the room. */
  roomName: string;
  /** A field left out stays; null resets it to its default. */
  settings: RoomSettingsInput;
};

export type KnockFieldsFragment = { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null };

export type ParticipantFieldsFragment = { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } };

export type RoomFieldsFragment = { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string };

export type LiveStreamFieldsFragment = { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } };

export type JoinedFieldsFragment = { sessionToken: string, mediaGrant: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string } };

export type BanFieldsFragment = { id: string, userName: string | null, userId: string | null, network: boolean, createdAt: string, exp: string | null };

type EventFields_KnockChanged_Fragment = { __typename: 'KnockChanged', knockStatus: KnockStatus, knockReason: KnockReason | null, cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_KnockRequested_Fragment = { __typename: 'KnockRequested', cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_LiveStreamChanged_Fragment = { __typename: 'LiveStreamChanged', liveStreamStatus: LiveStreamStatus, cursor: string, at: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_MediaRequested_Fragment = { __typename: 'MediaRequested', audio: boolean, video: boolean, screenShare: boolean, cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantJoined_Fragment = { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantLeft_Fragment = { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantUpdated_Fragment = { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_Resync_Fragment = { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomClosed_Fragment = { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomCreated_Fragment = { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomUpdated_Fragment = { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

export type EventFieldsFragment =
  | EventFields_KnockChanged_Fragment
  | EventFields_KnockRequested_Fragment
  | EventFields_LiveStreamChanged_Fragment
  | EventFields_MediaRequested_Fragment
  | EventFields_ParticipantJoined_Fragment
  | EventFields_ParticipantLeft_Fragment
  | EventFields_ParticipantUpdated_Fragment
  | EventFields_Resync_Fragment
  | EventFields_RoomClosed_Fragment
  | EventFields_RoomCreated_Fragment
  | EventFields_RoomUpdated_Fragment
;

type RefusalFields_Conflict_Fragment = { code: RefusalCode, text: string };

type RefusalFields_EntryRefused_Fragment = { opensAt: string | null, code: RefusalCode, text: string };

type RefusalFields_Forbidden_Fragment = { code: RefusalCode, text: string };

type RefusalFields_InvalidInput_Fragment = { code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> };

type RefusalFields_KnockAlreadyDecided_Fragment = { code: RefusalCode, text: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } };

type RefusalFields_NotFound_Fragment = { code: RefusalCode, text: string };

type RefusalFields_RateLimited_Fragment = { retryAfterSeconds: number, code: RefusalCode, text: string };

export type RefusalFieldsFragment =
  | RefusalFields_Conflict_Fragment
  | RefusalFields_EntryRefused_Fragment
  | RefusalFields_Forbidden_Fragment
  | RefusalFields_InvalidInput_Fragment
  | RefusalFields_KnockAlreadyDecided_Fragment
  | RefusalFields_NotFound_Fragment
  | RefusalFields_RateLimited_Fragment
;

export type AccessQueryVariables = Exact<{
  roomName: string;
  domain?: string | null | undefined;
  token?: string | null | undefined;
}>;


export type AccessQuery = { access: { level: AccessLevel, ownerPresent: boolean, lobbyMessage: string | null, lang: string | null, knockAgainAt: string | null, now: string, refusal: { code: RefusalCode, message: string, opensAt: string | null } | null } | null };

export type JoinMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinMutation = { joinRoom:
    | { __typename: 'EntryRefused', opensAt: string | null, code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Joined', sessionToken: string, mediaGrant: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string } }
    | { __typename: 'MustKnock', roomName: string, ownerPresent: boolean, lobbyMessage: string | null }
    | { __typename: 'RateLimited', retryAfterSeconds: number, code: RefusalCode, text: string }
   };

export type LeaveMutationVariables = Exact<{ [key: string]: never; }>;


export type LeaveMutation = { leaveRoom:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

export type KnockMutationVariables = Exact<{
  input: KnockInput;
}>;


export type KnockMutation = { knock:
    | { __typename: 'EntryRefused', opensAt: string | null, code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Knocked', knockToken: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } }
    | { __typename: 'RateLimited', retryAfterSeconds: number, code: RefusalCode, text: string }
   };

export type CancelKnockMutationVariables = Exact<{ [key: string]: never; }>;


export type CancelKnockMutation = { cancelKnock:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, text: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
   };

export type MyKnockSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MyKnockSubscription = { myKnock: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer:
    | { __typename: 'ApiKey' }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'Participant', mediaGrant: string | null, id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   | null };

export type SameNetworkQueryVariables = Exact<{
  knockId: string;
}>;


export type SameNetworkQuery = { node:
    | { sameNetwork: number | null }
    | Record<PropertyKey, never>
   | null };

export type WaitingKnocksQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WaitingKnocksQuery = { knockRequests: { nodes: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type AdmitKnockMutationVariables = Exact<{
  input: KnockDecisionInput;
}>;


export type AdmitKnockMutation = { admitKnock:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, text: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type DenyKnockMutationVariables = Exact<{
  input: DenyKnockInput;
}>;


export type DenyKnockMutation = { denyKnock:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, text: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type AdmitKnocksMutationVariables = Exact<{
  input: DecideKnocksInput;
}>;


export type AdmitKnocksMutation = { admitKnocks:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnocksDecided', knockRequests: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type DenyKnocksMutationVariables = Exact<{
  input: DecideKnocksInput;
}>;


export type DenyKnocksMutation = { denyKnocks:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnocksDecided', knockRequests: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type ReplyToKnockMutationVariables = Exact<{
  input: ReplyToKnockInput;
}>;


export type ReplyToKnockMutation = { replyToKnock:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, text: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type RoomAndParticipantsQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type RoomAndParticipantsQuery = { room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } } | null, participants: { nodes: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null, viewer:
    | { __typename: 'ApiKey' }
    | { __typename: 'KnockRequest' }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   | null };

export type RoomEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type RoomEventsSubscription = { roomEvents:
    | { __typename: 'KnockChanged', knockStatus: KnockStatus, knockReason: KnockReason | null, cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'KnockRequested', cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'LiveStreamChanged', liveStreamStatus: LiveStreamStatus, cursor: string, at: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'MediaRequested', audio: boolean, video: boolean, screenShare: boolean, cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
   };

export type RoomRecordQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type RoomRecordQuery = { room: { events: { nodes: Array<
        | { __typename: 'KnockChanged', knockStatus: KnockStatus, knockReason: KnockReason | null, cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'KnockRequested', cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'LiveStreamChanged', liveStreamStatus: LiveStreamStatus, cursor: string, at: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'MediaRequested', audio: boolean, video: boolean, screenShare: boolean, cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
      >, pageInfo: { hasNextPage: boolean } } | null } | null };

export type UpdateParticipantMutationVariables = Exact<{
  input: UpdateParticipantInput;
}>;


export type UpdateParticipantMutation = { updateParticipant:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

export type EjectParticipantsMutationVariables = Exact<{
  input: EjectParticipantsInput;
}>;


export type EjectParticipantsMutation = { ejectParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'ParticipantsEjected', participants: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }> }
   };

export type ReturnToLobbyMutationVariables = Exact<{
  input: ReturnToLobbyInput;
}>;


export type ReturnToLobbyMutation = { returnToLobby:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type UpdateMyMediaMutationVariables = Exact<{
  input: UpdateMyMediaInput;
}>;


export type UpdateMyMediaMutation = { updateMyMedia:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

export type UpdateParticipantsMutationVariables = Exact<{
  input: UpdateParticipantsInput;
}>;


export type UpdateParticipantsMutation = { updateParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'ParticipantsUpdated', participants: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }> }
   };

export type BansQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type BansQuery = { room: { bans: { nodes: Array<{ id: string, userName: string | null, userId: string | null, network: boolean, createdAt: string, exp: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type LiftBanMutationVariables = Exact<{
  banId: string;
}>;


export type LiftBanMutation = { liftBan:
    | { __typename: 'Ban', id: string, userName: string | null, userId: string | null, network: boolean, createdAt: string, exp: string | null }
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type SetRoomPrivacyMutationVariables = Exact<{
  input: SetRoomPrivacyInput;
}>;


export type SetRoomPrivacyMutation = { setRoomPrivacy:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'Room', id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }
   };

export type UpdateRoomMutationVariables = Exact<{
  input: UpdateRoomInput;
}>;


export type UpdateRoomMutation = { updateRoom:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'Room', id: string, name: string, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }
   };

export type StartLiveStreamMutationVariables = Exact<{
  input: StartLiveStreamInput;
}>;


export type StartLiveStreamMutation = { startLiveStream:
    | { __typename: 'Conflict', code: RefusalCode, text: string }
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'LiveStream', id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export type StopLiveStreamMutationVariables = Exact<{
  liveStreamId: string;
}>;


export type StopLiveStreamMutation = { stopLiveStream:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'LiveStream', id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ParticipantFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
    `, {"fragmentName":"ParticipantFields"}) as unknown as TypedDocumentString<ParticipantFieldsFragment, unknown>;
export const RoomFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
    `, {"fragmentName":"RoomFields"}) as unknown as TypedDocumentString<RoomFieldsFragment, unknown>;
export const JoinedFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment JoinedFields on Joined {
  sessionToken
  mediaGrant
  participant {
    ...ParticipantFields
  }
  room {
    ...RoomFields
  }
}
    fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}`, {"fragmentName":"JoinedFields"}) as unknown as TypedDocumentString<JoinedFieldsFragment, unknown>;
export const BanFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment BanFields on Ban {
  id
  userName
  userId
  network
  createdAt
  exp
}
    `, {"fragmentName":"BanFields"}) as unknown as TypedDocumentString<BanFieldsFragment, unknown>;
export const KnockFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
    `, {"fragmentName":"KnockFields"}) as unknown as TypedDocumentString<KnockFieldsFragment, unknown>;
export const LiveStreamFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}
    `, {"fragmentName":"LiveStreamFields"}) as unknown as TypedDocumentString<LiveStreamFieldsFragment, unknown>;
export const EventFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment EventFields on RoomEvent {
  __typename
  cursor
  at
  by {
    kind
    name
    userId
  }
  ... on RoomUpdated {
    room {
      ...RoomFields
    }
  }
  ... on KnockRequested {
    knockRequest {
      ...KnockFields
    }
  }
  ... on KnockChanged {
    knockStatus
    knockReason
    knockRequest {
      ...KnockFields
    }
  }
  ... on ParticipantJoined {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantUpdated {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantLeft {
    leaveReason
    participant {
      ...ParticipantFields
    }
  }
  ... on MediaRequested {
    audio
    video
    screenShare
  }
  ... on LiveStreamChanged {
    liveStreamStatus
    liveStream {
      ...LiveStreamFields
    }
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}`, {"fragmentName":"EventFields"}) as unknown as TypedDocumentString<EventFieldsFragment, unknown>;
export const RefusalFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}`, {"fragmentName":"RefusalFields"}) as unknown as TypedDocumentString<RefusalFieldsFragment, unknown>;
export const AccessDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Access($roomName: String!, $domain: String, $token: String) {
  access(roomName: $roomName, domain: $domain, token: $token) {
    level
    ownerPresent
    lobbyMessage
    lang
    knockAgainAt
    now
    refusal {
      code
      message
      opensAt
    }
  }
}
    `) as unknown as TypedDocumentString<AccessQuery, AccessQueryVariables>;
export const JoinDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Join($input: JoinRoomInput!) {
  joinRoom(input: $input) {
    __typename
    ...JoinedFields
    ... on MustKnock {
      roomName
      ownerPresent
      lobbyMessage
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment JoinedFields on Joined {
  sessionToken
  mediaGrant
  participant {
    ...ParticipantFields
  }
  room {
    ...RoomFields
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<JoinMutation, JoinMutationVariables>;
export const LeaveDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Leave {
  leaveRoom {
    __typename
    ...ParticipantFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<LeaveMutation, LeaveMutationVariables>;
export const KnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Knock($input: KnockInput!) {
  knock(input: $input) {
    __typename
    ... on Knocked {
      knockToken
      knockRequest {
        ...KnockFields
      }
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<KnockMutation, KnockMutationVariables>;
export const CancelKnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CancelKnock {
  cancelKnock {
    __typename
    ...KnockFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<CancelKnockMutation, CancelKnockMutationVariables>;
export const MyKnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription MyKnock {
  myKnock {
    ...KnockFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}`) as unknown as TypedDocumentString<MyKnockSubscription, MyKnockSubscriptionVariables>;
export const WhoAmIDocument = /*#__PURE__*/ new TypedDocumentString(`
    query WhoAmI {
  viewer {
    __typename
    ...KnockFields
    ...ParticipantFields
    ... on Participant {
      mediaGrant
    }
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}`) as unknown as TypedDocumentString<WhoAmIQuery, WhoAmIQueryVariables>;
export const SameNetworkDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SameNetwork($knockId: ID!) {
  node(id: $knockId) {
    ... on KnockRequest {
      sameNetwork
    }
  }
}
    `) as unknown as TypedDocumentString<SameNetworkQuery, SameNetworkQueryVariables>;
export const WaitingKnocksDocument = /*#__PURE__*/ new TypedDocumentString(`
    query WaitingKnocks($after: String) {
  knockRequests(status: [PENDING], first: 100, after: $after) {
    nodes {
      ...KnockFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}`) as unknown as TypedDocumentString<WaitingKnocksQuery, WaitingKnocksQueryVariables>;
export const AdmitKnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AdmitKnock($input: KnockDecisionInput!) {
  admitKnock(input: $input) {
    __typename
    ...KnockFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<AdmitKnockMutation, AdmitKnockMutationVariables>;
export const DenyKnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DenyKnock($input: DenyKnockInput!) {
  denyKnock(input: $input) {
    __typename
    ...KnockFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<DenyKnockMutation, DenyKnockMutationVariables>;
export const AdmitKnocksDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AdmitKnocks($input: DecideKnocksInput!) {
  admitKnocks(input: $input) {
    __typename
    ... on KnocksDecided {
      knockRequests {
        ...KnockFields
      }
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<AdmitKnocksMutation, AdmitKnocksMutationVariables>;
export const DenyKnocksDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DenyKnocks($input: DecideKnocksInput!) {
  denyKnocks(input: $input) {
    __typename
    ... on KnocksDecided {
      knockRequests {
        ...KnockFields
      }
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<DenyKnocksMutation, DenyKnocksMutationVariables>;
export const ReplyToKnockDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReplyToKnock($input: ReplyToKnockInput!) {
  replyToKnock(input: $input) {
    __typename
    ...KnockFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<ReplyToKnockMutation, ReplyToKnockMutationVariables>;
export const RoomAndParticipantsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query RoomAndParticipants($name: String!, $after: String) {
  room(name: $name) {
    ...RoomFields
    liveStream {
      ...LiveStreamFields
    }
    participants(first: 100, after: $after) {
      nodes {
        ...ParticipantFields
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  viewer {
    __typename
    ...ParticipantFields
  }
}
    fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}`) as unknown as TypedDocumentString<RoomAndParticipantsQuery, RoomAndParticipantsQueryVariables>;
export const RoomEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription RoomEvents($after: String) {
  roomEvents(after: $after) {
    ...EventFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}
fragment EventFields on RoomEvent {
  __typename
  cursor
  at
  by {
    kind
    name
    userId
  }
  ... on RoomUpdated {
    room {
      ...RoomFields
    }
  }
  ... on KnockRequested {
    knockRequest {
      ...KnockFields
    }
  }
  ... on KnockChanged {
    knockStatus
    knockReason
    knockRequest {
      ...KnockFields
    }
  }
  ... on ParticipantJoined {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantUpdated {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantLeft {
    leaveReason
    participant {
      ...ParticipantFields
    }
  }
  ... on MediaRequested {
    audio
    video
    screenShare
  }
  ... on LiveStreamChanged {
    liveStreamStatus
    liveStream {
      ...LiveStreamFields
    }
  }
}`) as unknown as TypedDocumentString<RoomEventsSubscription, RoomEventsSubscriptionVariables>;
export const RoomRecordDocument = /*#__PURE__*/ new TypedDocumentString(`
    query RoomRecord($name: String!, $after: String) {
  room(name: $name) {
    events(first: 100, after: $after) {
      nodes {
        ...EventFields
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}
fragment EventFields on RoomEvent {
  __typename
  cursor
  at
  by {
    kind
    name
    userId
  }
  ... on RoomUpdated {
    room {
      ...RoomFields
    }
  }
  ... on KnockRequested {
    knockRequest {
      ...KnockFields
    }
  }
  ... on KnockChanged {
    knockStatus
    knockReason
    knockRequest {
      ...KnockFields
    }
  }
  ... on ParticipantJoined {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantUpdated {
    participant {
      ...ParticipantFields
    }
  }
  ... on ParticipantLeft {
    leaveReason
    participant {
      ...ParticipantFields
    }
  }
  ... on MediaRequested {
    audio
    video
    screenShare
  }
  ... on LiveStreamChanged {
    liveStreamStatus
    liveStream {
      ...LiveStreamFields
    }
  }
}`) as unknown as TypedDocumentString<RoomRecordQuery, RoomRecordQueryVariables>;
export const UpdateParticipantDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateParticipant($input: UpdateParticipantInput!) {
  updateParticipant(input: $input) {
    __typename
    ...ParticipantFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<UpdateParticipantMutation, UpdateParticipantMutationVariables>;
export const EjectParticipantsDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation EjectParticipants($input: EjectParticipantsInput!) {
  ejectParticipants(input: $input) {
    __typename
    ... on ParticipantsEjected {
      participants {
        ...ParticipantFields
      }
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<EjectParticipantsMutation, EjectParticipantsMutationVariables>;
export const ReturnToLobbyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReturnToLobby($input: ReturnToLobbyInput!) {
  returnToLobby(input: $input) {
    __typename
    ...KnockFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<ReturnToLobbyMutation, ReturnToLobbyMutationVariables>;
export const UpdateMyMediaDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateMyMedia($input: UpdateMyMediaInput!) {
  updateMyMedia(input: $input) {
    __typename
    ...ParticipantFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<UpdateMyMediaMutation, UpdateMyMediaMutationVariables>;
export const UpdateParticipantsDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateParticipants($input: UpdateParticipantsInput!) {
  updateParticipants(input: $input) {
    __typename
    ... on ParticipantsUpdated {
      participants {
        ...ParticipantFields
      }
    }
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment ParticipantFields on Participant {
  id
  roomName
  userName
  userId
  verified
  isOwner
  joinedAt
  leftAt
  connection
  audio
  video
  screenShare
  willEjectAt
  leaveReason
  permissions {
    hasPresence
    canSend
    canReceive {
      base
      overrides {
        userId
        participantId
        kinds
      }
    }
    canAdmin
  }
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<UpdateParticipantsMutation, UpdateParticipantsMutationVariables>;
export const BansDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Bans($name: String!, $after: String) {
  room(name: $name) {
    bans(first: 100, after: $after) {
      nodes {
        ...BanFields
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment BanFields on Ban {
  id
  userName
  userId
  network
  createdAt
  exp
}`) as unknown as TypedDocumentString<BansQuery, BansQueryVariables>;
export const LiftBanDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation LiftBan($banId: ID!) {
  liftBan(banId: $banId) {
    __typename
    ...BanFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment BanFields on Ban {
  id
  userName
  userId
  network
  createdAt
  exp
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<LiftBanMutation, LiftBanMutationVariables>;
export const SetRoomPrivacyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetRoomPrivacy($input: SetRoomPrivacyInput!) {
  setRoomPrivacy(input: $input) {
    __typename
    ...RoomFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<SetRoomPrivacyMutation, SetRoomPrivacyMutationVariables>;
export const UpdateRoomDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateRoom($input: UpdateRoomInput!) {
  updateRoom(input: $input) {
    __typename
    ...RoomFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment RoomFields on Room {
  id
  name
  url
  privacy
  enableKnocking
  lobbyMessage
  ownerOnlyBroadcast
  maxParticipants
  ownerPresent
  participantCount
  nbf
  exp
  startAudioOff
  startVideoOff
  enableScreenshare
  lang
  cursor
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<UpdateRoomMutation, UpdateRoomMutationVariables>;
export const StartLiveStreamDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StartLiveStream($input: StartLiveStreamInput!) {
  startLiveStream(input: $input) {
    __typename
    ...LiveStreamFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<StartLiveStreamMutation, StartLiveStreamMutationVariables>;
export const StopLiveStreamDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StopLiveStream($liveStreamId: ID!) {
  stopLiveStream(liveStreamId: $liveStreamId) {
    __typename
    ...LiveStreamFields
    ...RefusalFields
  }
}
    fragment KnockFields on KnockRequest {
  id
  roomName
  userName
  userId
  verified
  message
  status
  reason
  connection
  position
  ownerPresent
  reply
  lobbyMessage
  requestedAt
  decidedAt
  decidedBy {
    kind
    name
  }
  exp
  knockAgainAt
}
fragment LiveStreamFields on LiveStream {
  id
  status
  destinations
  startedAt
  endedAt
  startedBy {
    kind
    name
  }
  error
}
fragment RefusalFields on Refusal {
  code
  text: message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on RateLimited {
    retryAfterSeconds
  }
  ... on EntryRefused {
    opensAt
  }
  ... on KnockAlreadyDecided {
    knockRequest {
      ...KnockFields
    }
  }
}`) as unknown as TypedDocumentString<StopLiveStreamMutation, StopLiveStreamMutationVariables>;