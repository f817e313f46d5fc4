/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Whether and how this caller can enter the room. */
export type AccessLevel =
  /** The caller can enter at once: call `joinRoom`. */
  | 'FULL'
  /** The caller must knock: call `knock`, and wait to be admitted. */
  | 'LOBBY'
  /** The caller cannot enter; `refusal` says why. */
  | 'NONE';

/** The role in which somebody acted. */
export type ActorKind =
  /** The domain's backend, with an API key. */
  | 'BACKEND'
  /** Somebody who knocked and waited. */
  | 'KNOCKER'
  /** Somebody in the room: an owner, an admin, or a participant about themselves. */
  | 'PARTICIPANT'
  /** The service itself, because of a timer or a rule. */
  | 'SERVICE';

/** An area in which a participant can be an admin without being an owner. */
export type AdminArea =
  /** Answer knocks, and mute, eject and change the permissions of others, while they are in the room themselves. */
  | 'PARTICIPANTS'
  /** Start and stop live streams. */
  | 'STREAMING'
  /** Start and stop transcription, if the media side offers it. */
  | 'TRANSCRIPTION';

/** The content of the token. Send either roomName or anyRoom. */
export type CreateMeetingTokenInput = {
  /** True: the token is for every room of the domain. Cannot be combined with roomName. */
  anyRoom?: boolean | null | undefined;
  /** The service ejects the holder after this number of seconds. At least 1. */
  ejectAfterElapsedSeconds?: number | null | undefined;
  /** True: the service ejects the holder at the token's exp. If you send this or ejectAfterElapsedSeconds, both replace the room's settings. */
  ejectAtTokenExp?: boolean | null | undefined;
  /** True: the holder may share a screen. Default: as the room says. */
  enableScreenshare?: boolean | null | undefined;
  /** When the token expires. Default: after the domain's meetingTokenLifetimeSeconds. */
  exp?: Date | string | null | undefined;
  /** True: the holder joins as an owner. Default: false. */
  isOwner?: boolean | null | undefined;
  /** True: the holder must knock, with a verified identity. Cannot be combined with isOwner. */
  knocking?: boolean | null | undefined;
  /** The language for the holder: a tag such as `en` or `pt-BR`. Default: the room's. */
  lang?: string | null | undefined;
  /** How many sessions the token can open: at least 1. Requires roomName. Default: any number. */
  maxUses?: number | null | undefined;
  /** The token is not valid before this time. Must be before exp. */
  nbf?: Date | string | null | undefined;
  /** What the holder may do. Each field that you set replaces the permission of the room and the domain. */
  permissions?: PermissionsInput | null | undefined;
  /** The room that the token is for. The room must exist. Always name the room if the token is to control access to it; a token without a room is for every room of the domain. */
  roomName?: string | null | undefined;
  /** True: the holder joins with the microphone off. Default: as the room says. */
  startAudioOff?: boolean | null | undefined;
  /** True: the holder joins with the camera off. Default: as the room says. */
  startVideoOff?: boolean | null | undefined;
  /** The holder's id in your own system, at most 36 characters. */
  userId?: string | null | undefined;
  /** The name of the holder, at most 128 characters. If left out, they choose a name. */
  userName?: string | null | undefined;
};

/** The room to create. */
export type CreateRoomInput = {
  /** 1 to 128 characters from A-Z a-z 0-9 - _. No open room of the domain may have this name. If left out, the service chooses a name that cannot be guessed. */
  name?: string | null | undefined;
  /** The settings that differ from the defaults. */
  settings?: RoomSettingsInput | null | undefined;
};

/** The knocks of a room to decide at once: those that the owner has seen. Send either knockIds or requestedBefore. */
export type DecideKnocksInput = {
  /** Decide exactly these knocks: at most 1000. Cannot be combined with requestedBefore. */
  knockIds?: Array<string> | null | undefined;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
  /** Decide all PENDING knocks that were made up to this time. Send the time of the list that the owner saw, so that later knocks stay PENDING. Cannot be combined with knockIds. */
  requestedBefore?: Date | string | null | undefined;
  /** Name of the room. */
  roomName: string;
};

/** The knock to deny. */
export type DenyKnockInput = {
  /** True: also ban this person, who then cannot knock or join again until `liftBan`. Default: false. */
  ban?: boolean | null | undefined;
  /** With `ban: true`: the ban also applies to everyone from the same network who has no valid meeting token, see `Ban.network`. Their pending knocks are denied too (`KnockRequest.sameNetwork` says how many), and their unused admissions are recalled. Default: false; an unverified person can then come back under another name. */
  banNetwork?: boolean | null | undefined;
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
};

/** The people to eject from a room: 1 to 100, by session or by user. */
export type EjectParticipantsInput = {
  /** True: also ban them, until `banExp` or permanently. Default: false, and they can come back if they have the right to. */
  ban?: boolean | null | undefined;
  /** With `ban: true`: when the ban ends. Must be in the future. Default: only with `liftBan`. */
  banExp?: Date | string | null | undefined;
  /** With `ban: true`: the ban also applies to everyone from the same network who has no valid meeting token, see `Ban.network` and `DenyKnockInput.banNetwork`. Users in userIds who are not in the room are banned only by their userId. Default: false. */
  banNetwork?: boolean | null | undefined;
  /** The sessions to eject, by `id` of the Participant: at most 100, counted together with userIds. Sessions that have ended are allowed too: they can then not be resumed. */
  participantIds?: Array<string> | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** Every session of these users: at most 100. With `ban: true`, users who are not in the room are banned too. */
  userIds?: Array<string> | null | undefined;
};

/** The knock to decide. */
export type KnockDecisionInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
};

/** Why a knock has its status. */
export type KnockReason =
  /** An owner, an admin or the backend decided the knock. */
  | 'DECIDED'
  /** The knocker left: no connection and no heartbeat for 5 minutes. */
  | 'KNOCKER_LEFT'
  /** Knocking was switched off. */
  | 'KNOCKING_DISABLED'
  /** The admission was recalled, or its holder was ejected. */
  | 'RECALLED'
  /** The room expired or was deleted. */
  | 'ROOM_CLOSED'
  /** The room became public, so everybody who waited was admitted. */
  | 'ROOM_OPENED'
  /** Nobody answered within the room's knockTimeoutSeconds, or the admission's time is over. */
  | 'TIMED_OUT'
  /** The knocker withdrew the knock. */
  | 'WITHDRAWN';

/** The status of a knock. PENDING changes to one of the others exactly once. ADMITTED can still become EXPIRED. */
export type KnockStatus =
  /** The knock was admitted: call `joinRoom` with the knock token before `exp`. */
  | 'ADMITTED'
  /** The knocker withdrew the knock, or left. */
  | 'CANCELLED'
  /** An owner, an admin or the backend denied the knock. */
  | 'DENIED'
  /** Nobody answered in time, or the admission has ended; `reason` says which. */
  | 'EXPIRED'
  /** The knock is waiting for an answer. */
  | 'PENDING';

/** Why somebody is no longer in the room. */
export type LeaveReason =
  /** They were banned, and cannot come back until the ban is lifted. */
  | 'BANNED'
  /** Their connection was lost for more than 30 seconds. They can come back with their session token. */
  | 'CONNECTION_LOST'
  /** An owner, an admin or the backend ejected them. Their admission has ended too. */
  | 'EJECTED'
  /** They left with `leaveRoom`. */
  | 'LEFT'
  /** Another session of the same userId replaced this one (enforceUniqueUserIds). */
  | 'REPLACED'
  /** They were sent back to the lobby. Their session token now follows their new knock (`myKnock`). */
  | 'RETURNED_TO_LOBBY'
  /** The room was deleted. */
  | 'ROOM_DELETED'
  /** The room has expired, and has ejectAtRoomExp. */
  | 'ROOM_EXPIRED'
  /** Their time was over: ejectAfterElapsedSeconds after joining. */
  | 'TIME_ELAPSED'
  /** Their meeting token has expired, and has ejectAtTokenExp. */
  | 'TOKEN_EXPIRED';

/** A kind of media track. The service sends no media itself; it tells a media server what to allow. */
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

/** The product that carries audio and video. */
export type MediaServerKind =
  /** Jitsi Meet with token authentication. A token admits with the rights of that moment; later decisions take effect at the next entry. */
  | 'JITSI'
  /** LiveKit, self-hosted or Cloud. The service carries out every decision on it. */
  | 'LIVEKIT';

/** What the last call to a media server showed. */
export type MediaServerState =
  /** The service never calls a media server of this kind. */
  | 'NOT_ASKED'
  /** It answered, and it accepts the key. */
  | 'OK'
  /** It answered, and it does not accept the key. */
  | 'REFUSED'
  /** It does not answer. The service keeps its decisions, and carries them out when the media server answers again. */
  | 'UNREACHABLE';

/** The permissions to set. For a field that is left out or null, the next level applies (token, then room, then domain). */
export type PermissionsInput = {
  /** The areas in which they are an admin. An empty list: none. */
  canAdmin?: Array<AdminArea> | null | undefined;
  /** What they may receive, and from whom. */
  canReceive?: ReceivePermissionsInput | null | undefined;
  /** The media kinds that they may send. An empty list: none. */
  canSend?: Array<MediaKind> | null | undefined;
  /** False: others do not see this participant. */
  hasPresence?: boolean | null | undefined;
};

/** An exception for one person. Send exactly one of userId and participantId. */
export type ReceiveOverrideInput = {
  /** The media kinds to receive from them. An empty list: none. */
  kinds: Array<MediaKind>;
  /** The `id` of the Participant whose media this is about. Any other id is INVALID_INPUT. */
  participantId?: string | null | undefined;
  /** The userId of the person whose media this is about, at most 36 characters. */
  userId?: string | null | undefined;
};

/** What somebody may receive. For a field that is left out, the next level applies (token, then room, then domain). */
export type ReceivePermissionsInput = {
  /** The media kinds to receive from everybody without an override. An empty list: none. */
  base?: Array<MediaKind> | null | undefined;
  /** Exceptions for single people: at most 100, or 20 in a meeting token. They replace all exceptions of the lower levels. */
  overrides?: Array<ReceiveOverrideInput> | null | undefined;
};

/** Why something was refused. Codes are stable: new codes may be added, but none is ever renamed. Show your own text for codes that you know, and `message` for all others. */
export type RefusalCode =
  /** This person is banned from the room, and cannot join or knock until the ban ends. */
  | 'BANNED'
  /** Another change came first, or the current state does not allow this. Read the state again, then decide. */
  | 'CONFLICT'
  /** The room does not exist, or the caller needs a meeting token. Only the domain's own backend can find out which. */
  | 'ENTRY_NOT_ALLOWED'
  /** The credential is valid, but does not allow this. It needs another scope, role or room. */
  | 'FORBIDDEN'
  /** The input is invalid or contradicts itself. `issues` names each field. Nothing was changed. */
  | 'INVALID_INPUT'
  /** The room does not accept knocks: it is public (call `joinRoom`), or knocking is switched off. */
  | 'KNOCKING_DISABLED'
  /** Somebody else decided this knock first. `knockRequest` shows the decision. */
  | 'KNOCK_ALREADY_DECIDED'
  /** The knock was withdrawn, it timed out, or its admission has ended. Knock again. */
  | 'KNOCK_CLOSED'
  /** The knock was denied. `knockAgainAt` of the knock says when the person can knock again. */
  | 'KNOCK_DENIED'
  /** The knock has not been answered yet: wait with `myKnock`. */
  | 'KNOCK_PENDING'
  /** A room with this name already exists in the domain. Choose another name, or leave the name out. */
  | 'NAME_TAKEN'
  /** The object does not exist, or the caller has no access to it. A malformed id gives this code too. */
  | 'NOT_FOUND'
  /** Only owners and admins who are in the room now, and the domain's backend, may do this. Join the room again, then repeat the call. */
  | 'OWNER_NOT_IN_ROOM'
  /** Too many attempts from this address. `retryAfterSeconds` says when to try again. */
  | 'RATE_LIMITED'
  /** The room's exp has passed. The room will not open again. */
  | 'ROOM_EXPIRED'
  /** The room has reached maxParticipants. An admission stays valid: try again after somebody has left. */
  | 'ROOM_FULL'
  /** The room's nbf is in the future. `opensAt` says when the room opens. */
  | 'ROOM_NOT_OPEN'
  /** The meeting token's exp has passed. The caller needs a new one. */
  | 'TOKEN_EXPIRED'
  /** The meeting token is for another room, or for an earlier room with this name. */
  | 'TOKEN_FOR_OTHER_ROOM'
  /** The meeting token is malformed, forged, or from another domain. The caller needs a new one. */
  | 'TOKEN_INVALID'
  /** The meeting token's nbf, or the iat of a self-signed token, is more than 5 seconds in the future. `opensAt` says when the token becomes valid. */
  | 'TOKEN_NOT_YET_VALID'
  /** The meeting token was revoked. The caller needs a new one. */
  | 'TOKEN_REVOKED'
  /** The meeting token has already opened maxUses sessions. The caller needs a new one. Coming back to a session does not count. */
  | 'TOKEN_USED_UP'
  /** No credential was sent, or it is unknown, expired or revoked. Get a new one; a retry does not help. */
  | 'UNAUTHENTICATED'
  /** The service is unavailable right now. A mutation may still have taken effect: try again with the same idempotencyKey, or read the current state. */
  | 'UNAVAILABLE';

/** The tokens to revoke: those that match every field that you send. At least one of jtis, roomName and userId is required. */
export type RevokeMeetingTokensInput = {
  /** True: also eject participants who joined with one of these tokens. Default: false. */
  eject?: boolean | null | undefined;
  /** Tokens with these jtis: at most 1000. */
  jtis?: Array<string> | null | undefined;
  /** Tokens for this room. Tokens for every room are not included. */
  roomName?: string | null | undefined;
  /** Tokens with this userId. */
  userId?: string | null | undefined;
};

/** Who may join a room. A change applies from the next attempt; participants in the room stay. */
export type RoomPrivacy =
  /** Only people with a meeting token or an admitted knock may join. */
  | 'PRIVATE'
  /** Everybody who knows the URL may join. */
  | 'PUBLIC';

/** Settings of a room. With `updateRoom`, a field that is left out stays as it is, and null resets a field to its default. */
export type RoomSettingsInput = {
  /** The service ejects each participant this number of seconds after they joined: 1 to 31536000 (365 days). Default: never. */
  ejectAfterElapsedSeconds?: number | null | undefined;
  /** True: the service ejects everybody at the room's exp. Default: false. */
  ejectAtRoomExp?: boolean | null | undefined;
  /** True: people can knock while the room is PRIVATE. False ends every pending knock. Default: false. */
  enableKnocking?: boolean | null | undefined;
  /** True: people may share a screen. Default: true. */
  enableScreenshare?: boolean | null | undefined;
  /** True: somebody who joins replaces an earlier session of the same userId. Default: the domain's. */
  enforceUniqueUserIds?: boolean | null | undefined;
  /** When the room expires: nobody can join any more, and the room is deleted. Must be in the future. Default: never. */
  exp?: Date | string | null | undefined;
  /** After a denial, a person must wait this number of seconds before the next knock: 0 to 2592000 (30 days). Default: 60. */
  knockCooldownSeconds?: number | null | undefined;
  /** After this number of seconds without an answer, a knock expires: 1 to 604800 (7 days). Default: 600. */
  knockTimeoutSeconds?: number | null | undefined;
  /** The language for participants: a tag such as `en` or `pt-BR`. Default: the domain's. */
  lang?: string | null | undefined;
  /** A message to everyone who waits: at most 1000 characters, line breaks allowed. Default: none. */
  lobbyMessage?: string | null | undefined;
  /** The maximum number of participants: 1 to 100000. Participants who are already in the room stay. Default: no limit. */
  maxParticipants?: number | null | undefined;
  /** Where people go after they joined: an https address (http for localhost) of at most 2000 characters. It may contain {domain}, {room} and {participant} behind the origin, and {credentials} in the fragment. Backend only; FORBIDDEN from an owner, because it leads everybody, and their credentials, to another place. Default: the `meetingUrl` of the domain. */
  meetingUrl?: string | null | undefined;
  /** Nobody can join before this time, not even owners. Must be before exp. Default: none. */
  nbf?: Date | string | null | undefined;
  /** True: only owners may send audio, video and screen shares. Default: false. */
  ownerOnlyBroadcast?: boolean | null | undefined;
  /** What participants may do if their token does not say otherwise. It replaces all permissions of the room. Default: the domain's. */
  permissions?: PermissionsInput | null | undefined;
  /** Who may join. Default: PUBLIC. */
  privacy?: RoomPrivacy | null | undefined;
  /** True: people join with the microphone off. Default: false. */
  startAudioOff?: boolean | null | undefined;
  /** True: people join with the camera off. Default: false. */
  startVideoOff?: boolean | null | undefined;
  /** What people call the meeting: at most 128 characters. Default: none. */
  title?: string | null | undefined;
};

/** Where the media server is, and the key with which the service signs tokens for it. */
export type SetMediaServerInput = {
  /** LIVEKIT: the API key. JITSI: the application id. At most 256 printable ASCII characters without spaces. */
  apiKey: string;
  /** LIVEKIT: the API secret. JITSI: the application secret (HS256), or an RSA private key in PEM (RS256), of at least 2048 bits. A secret has at least 32 characters, without spaces; the key and secret of `livekit-server --dev` are accepted if `url` is of the same machine. The service encrypts it, and never shows it. */
  apiSecret: string;
  /** LIVEKIT: where this service reaches the server's API, if not at `url`. The same rules apply. */
  apiUrl?: string | null | undefined;
  /** LIVEKIT: true if a reverse proxy asks `gateUrl` about each connection. The service looks from outside whether that is so. Default: false. */
  gate?: boolean | null | undefined;
  /** JITSI with RS256: the key id. Required there, and not allowed elsewhere. */
  keyId?: string | null | undefined;
  /** The product that carries audio and video. */
  kind: MediaServerKind;
  /** JITSI: the tenant, which is the token's `sub`. Default: the host of `url`. Not allowed with LIVEKIT. */
  tenant?: string | null | undefined;
  /** Where clients connect. LIVEKIT: a wss, ws, https or http URL. JITSI: an https or http URL. Without user, query or fragment. A private address must be in MEDIA_ALLOW_PRIVATE. */
  url: string;
};

type RefusalFields_Conflict_Fragment = { __typename: 'Conflict', code: RefusalCode, message: string };

type RefusalFields_EntryRefused_Fragment = { __typename: 'EntryRefused', opensAt: string | null, code: RefusalCode, message: string };

type RefusalFields_Forbidden_Fragment = { __typename: 'Forbidden', code: RefusalCode, message: string };

type RefusalFields_InvalidInput_Fragment = { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> };

type RefusalFields_KnockAlreadyDecided_Fragment = { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null } };

type RefusalFields_NotFound_Fragment = { __typename: 'NotFound', code: RefusalCode, message: string };

type RefusalFields_RateLimited_Fragment = { __typename: 'RateLimited', retryAfterSeconds: number, code: RefusalCode, message: string };

export type RefusalFieldsFragment =
  | RefusalFields_Conflict_Fragment
  | RefusalFields_EntryRefused_Fragment
  | RefusalFields_Forbidden_Fragment
  | RefusalFields_InvalidInput_Fragment
  | RefusalFields_KnockAlreadyDecided_Fragment
  | RefusalFields_NotFound_Fragment
  | RefusalFields_RateLimited_Fragment
;

export type RoomFieldsFragment = { __typename: 'Room', id: string, name: string, title: string | null, meetingUrl: string | null, url: string, privacy: RoomPrivacy, createdAt: string, nbf: string | null, exp: string | null, maxParticipants: number | null, enableKnocking: boolean, lobbyMessage: string | null, ownerPresent: boolean, participantCount: number };

export type MeetingTokenFieldsFragment = { id: string, jti: string, roomName: string | null, isOwner: boolean, userName: string | null, userId: string | null, nbf: string | null, exp: string | null, knocking: boolean, maxUses: number | null };

export type KnockFieldsFragment = { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null };

export type ParticipantFieldsFragment = { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, leaveReason: LeaveReason | null };

export type MediaServerFieldsFragment = { __typename: 'MediaServer', id: string, kind: MediaServerKind, url: string, apiKey: string, state: MediaServerState, lastError: string | null, checkedAt: string | null, webhookUrl: string | null, gateUrl: string | null, gate: boolean, gateHolds: boolean | null };

export type CreateRoomMutationVariables = Exact<{
  input: CreateRoomInput;
}>;


export type CreateRoomMutation = { createRoom:
    | { __typename: 'Conflict', code: RefusalCode, message: string }
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'RateLimited', retryAfterSeconds: number, code: RefusalCode, message: string }
    | { __typename: 'Room', id: string, name: string, title: string | null, meetingUrl: string | null, url: string, privacy: RoomPrivacy, createdAt: string, nbf: string | null, exp: string | null, maxParticipants: number | null, enableKnocking: boolean, lobbyMessage: string | null, ownerPresent: boolean, participantCount: number }
   };

export type FindRoomQueryVariables = Exact<{
  name: string;
}>;


export type FindRoomQuery = { room: { __typename: 'Room', id: string, name: string, title: string | null, meetingUrl: string | null, url: string, privacy: RoomPrivacy, createdAt: string, nbf: string | null, exp: string | null, maxParticipants: number | null, enableKnocking: boolean, lobbyMessage: string | null, ownerPresent: boolean, participantCount: number } | null };

export type CreateMeetingTokenMutationVariables = Exact<{
  input: CreateMeetingTokenInput;
}>;


export type CreateMeetingTokenMutation = { createMeetingToken:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'IssuedMeetingToken', jwt: string, joinUrl: string | null, meetingToken: { id: string, jti: string, roomName: string | null, isOwner: boolean, userName: string | null, userId: string | null, nbf: string | null, exp: string | null, knocking: boolean, maxUses: number | null } }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type RevokeMeetingTokensMutationVariables = Exact<{
  input: RevokeMeetingTokensInput;
}>;


export type RevokeMeetingTokensMutation = { revokeMeetingTokens:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'MeetingTokensRevoked', count: number }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type AdmitKnockMutationVariables = Exact<{
  input: KnockDecisionInput;
}>;


export type AdmitKnockMutation = { admitKnock:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type DenyKnockMutationVariables = Exact<{
  input: DenyKnockInput;
}>;


export type DenyKnockMutation = { denyKnock:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null } }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type AdmitKnocksMutationVariables = Exact<{
  input: DecideKnocksInput;
}>;


export type AdmitKnocksMutation = { admitKnocks:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnocksDecided', knockRequests: Array<{ __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type DenyKnocksMutationVariables = Exact<{
  input: DecideKnocksInput;
}>;


export type DenyKnocksMutation = { denyKnocks:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnocksDecided', knockRequests: Array<{ __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, reply: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, sameNetwork: number | null, decidedBy: { kind: ActorKind, name: string | null, userId: string | null } | null }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type EjectParticipantsMutationVariables = Exact<{
  input: EjectParticipantsInput;
}>;


export type EjectParticipantsMutation = { ejectParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
    | { __typename: 'ParticipantsEjected', participants: Array<{ __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, leftAt: string | null, leaveReason: LeaveReason | null }> }
   };

export type SetMediaServerMutationVariables = Exact<{
  input: SetMediaServerInput;
}>;


export type SetMediaServerMutation = { setMediaServer:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'MediaServer', id: string, kind: MediaServerKind, url: string, apiKey: string, state: MediaServerState, lastError: string | null, checkedAt: string | null, webhookUrl: string | null, gateUrl: string | null, gate: boolean, gateHolds: boolean | null }
   };

export type ExplainEntryQueryVariables = Exact<{
  roomName: string;
  token?: string | null | undefined;
  at?: Date | string | null | undefined;
}>;


export type ExplainEntryQuery = { explainEntry: { __typename: 'EntryExplanation', access: { level: AccessLevel, ownerPresent: boolean, lobbyMessage: string | null, roomTitle: string | null, now: string, refusal: { code: RefusalCode, message: string, opensAt: string | null } | null }, steps: Array<{ rule: string, passed: boolean, detail: string }> } | null };

/** What is sent, and what comes of it. */
export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data };
const RefusalFields = "fragment RefusalFields on Refusal{__typename code message ...on InvalidInput{issues{path message}}...on RateLimited{retryAfterSeconds}...on EntryRefused{opensAt}...on KnockAlreadyDecided{knockRequest{...KnockFields}}}";
const RoomFields = "fragment RoomFields on Room{__typename id name title meetingUrl url privacy createdAt nbf exp maxParticipants enableKnocking lobbyMessage ownerPresent participantCount}";
const MeetingTokenFields = "fragment MeetingTokenFields on MeetingToken{id jti roomName isOwner userName userId nbf exp knocking maxUses}";
const KnockFields = "fragment KnockFields on KnockRequest{__typename id roomName userName userId verified message status reason reply requestedAt decidedAt decidedBy{kind name userId}exp sameNetwork}";
const ParticipantFields = "fragment ParticipantFields on Participant{__typename id roomName userName userId verified isOwner joinedAt leftAt leaveReason}";
const MediaServerFields = "fragment MediaServerFields on MediaServer{__typename id kind url apiKey state lastError checkedAt webhookUrl gateUrl gate gateHolds}";
export const CreateRoomDocument = ("mutation CreateRoom($input:CreateRoomInput!){createRoom(input:$input){...RoomFields ...RefusalFields}}" + RoomFields + RefusalFields + KnockFields) as TypedDocument<CreateRoomMutation, CreateRoomMutationVariables>;
export const FindRoomDocument = ("query FindRoom($name:String!){room(name:$name){...RoomFields}}" + RoomFields) as TypedDocument<FindRoomQuery, FindRoomQueryVariables>;
export const CreateMeetingTokenDocument = ("mutation CreateMeetingToken($input:CreateMeetingTokenInput!){createMeetingToken(input:$input){__typename ...on IssuedMeetingToken{jwt joinUrl meetingToken{...MeetingTokenFields}}...RefusalFields}}" + MeetingTokenFields + RefusalFields + KnockFields) as TypedDocument<CreateMeetingTokenMutation, CreateMeetingTokenMutationVariables>;
export const RevokeMeetingTokensDocument = ("mutation RevokeMeetingTokens($input:RevokeMeetingTokensInput!){revokeMeetingTokens(input:$input){__typename ...on MeetingTokensRevoked{count}...RefusalFields}}" + RefusalFields + KnockFields) as TypedDocument<RevokeMeetingTokensMutation, RevokeMeetingTokensMutationVariables>;
export const AdmitKnockDocument = ("mutation AdmitKnock($input:KnockDecisionInput!){admitKnock(input:$input){...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<AdmitKnockMutation, AdmitKnockMutationVariables>;
export const DenyKnockDocument = ("mutation DenyKnock($input:DenyKnockInput!){denyKnock(input:$input){...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<DenyKnockMutation, DenyKnockMutationVariables>;
export const AdmitKnocksDocument = ("mutation AdmitKnocks($input:DecideKnocksInput!){admitKnocks(input:$input){__typename ...on KnocksDecided{knockRequests{...KnockFields}}...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<AdmitKnocksMutation, AdmitKnocksMutationVariables>;
export const DenyKnocksDocument = ("mutation DenyKnocks($input:DecideKnocksInput!){denyKnocks(input:$input){__typename ...on KnocksDecided{knockRequests{...KnockFields}}...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<DenyKnocksMutation, DenyKnocksMutationVariables>;
export const EjectParticipantsDocument = ("mutation EjectParticipants($input:EjectParticipantsInput!){ejectParticipants(input:$input){__typename ...on ParticipantsEjected{participants{...ParticipantFields}}...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<EjectParticipantsMutation, EjectParticipantsMutationVariables>;
export const SetMediaServerDocument = ("mutation SetMediaServer($input:SetMediaServerInput!){setMediaServer(input:$input){...MediaServerFields ...RefusalFields}}" + MediaServerFields + RefusalFields + KnockFields) as TypedDocument<SetMediaServerMutation, SetMediaServerMutationVariables>;
export const ExplainEntryDocument = ("query ExplainEntry($roomName:String!$token:String$at:DateTime){explainEntry(roomName:$roomName token:$token at:$at){__typename access{level ownerPresent lobbyMessage roomTitle refusal{code message opensAt}now}steps{rule passed detail}}}") as TypedDocument<ExplainEntryQuery, ExplainEntryQueryVariables>;