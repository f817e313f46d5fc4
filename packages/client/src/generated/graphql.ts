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

/** Whether somebody is connected now. An open subscription with their credential, or `heartbeat` every 15 seconds, keeps them CONNECTED. */
export type ConnectionState =
  /** A subscription is open, or the last heartbeat was in time. */
  | 'CONNECTED'
  /** They have left, or were removed. */
  | 'LEFT'
  /** The connection is lost, and the service keeps the place: 30 seconds for a participant, 5 minutes for a knocker. */
  | 'RECONNECTING';

/** The knocks of a room to decide at once: those that the owner has seen. Send either knockIds or requestedBefore. */
export type DecideKnocksInput = {
  /** Decide exactly these knocks: at most 1000. Cannot be combined with requestedBefore. */
  knockIds?: Array<string> | null | undefined;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
  /** Decide all PENDING knocks that were made up to this time. Send the time of the list that the owner saw, so that later knocks stay PENDING. Cannot be combined with knockIds. */
  requestedBefore?: string | null | undefined;
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
  banExp?: string | null | undefined;
  /** With `ban: true`: the ban also applies to everyone from the same network who has no valid meeting token, see `Ban.network` and `DenyKnockInput.banNetwork`. Users in userIds who are not in the room are banned only by their userId. Default: false. */
  banNetwork?: boolean | null | undefined;
  /** The sessions to eject, by `id` of the Participant: at most 100, counted together with userIds. Sessions that have ended are allowed too: they can then not be resumed. */
  participantIds?: Array<string> | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** Every session of these users: at most 100. With `ban: true`, users who are not in the room are banned too. */
  userIds?: Array<string> | null | undefined;
};

/** The room to join, and the credentials to join with. */
export type JoinRoomInput = {
  /** Name of the domain. Only callers without a credential need it, and only if the service has several domains. */
  domain?: string | null | undefined;
  /** True: join as an owner without being shown or counted, for example for an owner console. Owners only. Default: false. */
  hidden?: boolean | null | undefined;
  /** Makes retries safe: a retry with the same key and the same token or knock token returns the first session, and uses nothing up again. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash. */
  idempotencyKey?: string | null | undefined;
  /** The knock token from `knock`, after the knock was admitted. You can send it as the bearer credential instead. */
  knockToken?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token: the text after `?t=` in the URL. Empty text counts as none. Cannot be combined with knockToken. If the bearer credential was already admitted, the token must belong to the same person and must not have `knocking`, otherwise the answer is INVALID_INPUT. */
  token?: string | null | undefined;
  /** The name to show to others, at most 128 characters. A name in the token, or the name that was admitted, takes precedence. */
  userName?: string | null | undefined;
};

/** The knock to decide. */
export type KnockDecisionInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
};

/** The room to knock at, and who knocks. */
export type KnockInput = {
  /** Name of the domain. Only callers without a credential need it, and only if the service has several domains. */
  domain?: string | null | undefined;
  /** Makes retries safe: a retry with the same key and the same token returns the first knock. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash. */
  idempotencyKey?: string | null | undefined;
  /** A message to the owners: at most 500 characters, line breaks allowed. */
  message?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** A meeting token with `knocking: true`, which confirms who knocks. Empty text counts as none. */
  token?: string | null | undefined;
  /** The name to show to the owners: 1 to 128 characters. A name in the token takes precedence. */
  userName: string;
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

/** The status of a live stream. The service authorises and records live streams, but sends no media itself: the media side reports the status. */
export type LiveStreamStatus =
  /** The stream has failed; `error` may say why. This is final. */
  | 'FAILED'
  /** The media side reports that the stream is live. */
  | 'LIVE'
  /** A start was requested. The media side has not reported yet. */
  | 'STARTING'
  /** The stream has ended. This is final. */
  | 'STOPPED'
  /** A stop was requested. The media side has not reported yet. */
  | 'STOPPING';

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

/** The admission to recall. */
export type RecallAdmissionInput = {
  /** `id` of the admitted KnockRequest. */
  knockId: string;
  /** A message to the knocker, at most 500 characters. If left out, an earlier reply stays. */
  reply?: string | null | undefined;
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

/** The reply, and the knock that it is for. */
export type ReplyToKnockInput = {
  /** `id` of the KnockRequest. */
  knockId: string;
  /** At most 500 characters. The knocker sees it at once. It replaces an earlier reply. */
  reply: string;
};

/** The participant to send back to the lobby. */
export type ReturnToLobbyInput = {
  /** `id` of the Participant. */
  participantId: string;
  /** A message that they see while they wait: at most 500 characters. */
  reply?: string | null | undefined;
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
  exp?: string | null | undefined;
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
  nbf?: string | null | undefined;
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

/** The room, and who may join it now. */
export type SetRoomPrivacyInput = {
  /** True: people can knock while the room is PRIVATE. If left out, it stays as it is. */
  enableKnocking?: boolean | null | undefined;
  /** PRIVATE: participants in the room stay, and others need a meeting token or a knock. PUBLIC: everybody who waits is admitted. */
  privacy: RoomPrivacy;
  /** Name of the room. */
  roomName: string;
};

/** The room to broadcast, and the destinations. */
export type StartLiveStreamInput = {
  /** 1 to 10 rtmp(s), srt or https URLs. The service shows them without the parts that can contain stream keys. With a LIVEKIT media server, which takes no https URL, the service keeps the whole URLs encrypted until the live stream has ended; otherwise give the stream keys to the media side yourself. */
  destinations: Array<string>;
  /** Name of the room. */
  roomName: string;
};

/** What the participant has switched on or off. A field that is left out stays as it is. */
export type UpdateMyMediaInput = {
  /** True: the microphone is on. */
  audio?: boolean | null | undefined;
  /** True: a screen is being shared. */
  screenShare?: boolean | null | undefined;
  /** True: the camera is on. */
  video?: boolean | null | undefined;
};

/** The participant, and the changes. */
export type UpdateParticipantInput = {
  /** `id` of the Participant. */
  participantId: string;
  /** Each field that you set replaces the current permission. Media that they may no longer send is switched off. If left out, nothing changes. */
  permissions?: PermissionsInput | null | undefined;
  /** False: mute. True (owners only): ask the participant to unmute, with a MediaRequested event. If left out, nothing changes. */
  setAudio?: boolean | null | undefined;
  /** False: stop the screen share. True (owners only): ask the participant to share, with a MediaRequested event. If left out, nothing changes. */
  setScreenShare?: boolean | null | undefined;
  /** False: switch the camera off. True (owners only): ask the participant to switch it on, with a MediaRequested event. If left out, nothing changes. */
  setVideo?: boolean | null | undefined;
};

/** The changes for several participants of a room at once, for example to mute everybody. */
export type UpdateParticipantsInput = {
  /** Exactly these participants: at most 1000. Default: everyone except the owners. */
  participantIds?: Array<string> | null | undefined;
  /** Each field that you set replaces the current permission. Media that they may no longer send is switched off. If left out, nothing changes. */
  permissions?: PermissionsInput | null | undefined;
  /** Name of the room. */
  roomName: string;
  /** False: mute. True (owners only): ask the participant to unmute, with a MediaRequested event. If left out, nothing changes. */
  setAudio?: boolean | null | undefined;
  /** False: stop the screen share. True (owners only): ask the participant to share, with a MediaRequested event. If left out, nothing changes. */
  setScreenShare?: boolean | null | undefined;
  /** False: switch the camera off. True (owners only): ask the participant to switch it on, with a MediaRequested event. If left out, nothing changes. */
  setVideo?: boolean | null | undefined;
};

/** The room, and the changes. */
export type UpdateRoomInput = {
  /** Name of the room. */
  roomName: string;
  /** The changes. A field that is left out stays as it is, and null resets a field to its default. */
  settings: RoomSettingsInput;
};

export type KnockFieldsFragment = { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null };

export type ParticipantFieldsFragment = { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } };

export type RoomFieldsFragment = { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string };

export type LiveStreamFieldsFragment = { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } };

export type MediaFieldsFragment = { kind: MediaServerKind, url: string, room: string, token: string, exp: string };

export type JoinedFieldsFragment = { sessionToken: string, mediaGrant: string, meetingUrl: string | null, media: { kind: MediaServerKind, url: string, room: string, token: string, exp: string } | null, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string } };

export type BanFieldsFragment = { id: string, userName: string | null, userId: string | null, network: boolean, createdAt: string, exp: string | null };

type EventFields_KnockChanged_Fragment = { __typename: 'KnockChanged', knockStatus: KnockStatus, knockReason: KnockReason | null, cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_KnockRequested_Fragment = { __typename: 'KnockRequested', cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_LiveStreamChanged_Fragment = { __typename: 'LiveStreamChanged', liveStreamStatus: LiveStreamStatus, cursor: string, at: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_MediaRequested_Fragment = { __typename: 'MediaRequested', audio: boolean, video: boolean, screenShare: boolean, cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantJoined_Fragment = { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantLeft_Fragment = { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_ParticipantUpdated_Fragment = { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_Resync_Fragment = { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomClosed_Fragment = { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomCreated_Fragment = { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

type EventFields_RoomUpdated_Fragment = { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null };

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


export type AccessQuery = { access: { level: AccessLevel, roomTitle: string | null, startAudioOff: boolean, startVideoOff: boolean, ownerPresent: boolean, lobbyMessage: string | null, lang: string | null, knockAgainAt: string | null, now: string, refusal: { code: RefusalCode, message: string, opensAt: string | null } | null } | null };

export type DoorPageQueryVariables = Exact<{
  domain?: string | null | undefined;
}>;


export type DoorPageQuery = { doorPage: { brandName: string | null, logoUrl: string | null, accentColor: string | null, frameOrigins: Array<string>, exitUrl: string | null, links: Array<{ label: string, url: string }> } | null };

export type JoinMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinMutation = { joinRoom:
    | { __typename: 'EntryRefused', opensAt: string | null, code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Joined', sessionToken: string, mediaGrant: string, meetingUrl: string | null, media: { kind: MediaServerKind, url: string, room: string, token: string, exp: string } | null, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string } }
    | { __typename: 'MustKnock', roomName: string, ownerPresent: boolean, lobbyMessage: string | null }
    | { __typename: 'RateLimited', retryAfterSeconds: number, code: RefusalCode, text: string }
   };

export type LeaveMutationVariables = Exact<{ [key: string]: never; }>;


export type LeaveMutation = { leaveRoom:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
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
    | { __typename: 'Participant', mediaGrant: string | null, meetingUrl: string | null, id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, media: { kind: MediaServerKind, url: string, room: string, token: string, exp: string } | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   | null };

export type PingQueryVariables = Exact<{ [key: string]: never; }>;


export type PingQuery = { __typename: 'Query' };

export type HeartbeatMutationVariables = Exact<{ [key: string]: never; }>;


export type HeartbeatMutation = { heartbeat:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'KnockRequest', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

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

export type RecallAdmissionMutationVariables = Exact<{
  input: RecallAdmissionInput;
}>;


export type RecallAdmissionMutation = { recallAdmission:
    | { __typename: 'Conflict', code: RefusalCode, text: string }
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
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


export type RoomAndParticipantsQuery = { room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } } | null, participants: { nodes: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null, viewer:
    | { __typename: 'ApiKey' }
    | { __typename: 'KnockRequest' }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   | null };

export type RoomEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type RoomEventsSubscription = { roomEvents:
    | { __typename: 'KnockChanged', knockStatus: KnockStatus, knockReason: KnockReason | null, cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'KnockRequested', cursor: string, at: string, knockRequest: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, message: string, status: KnockStatus, reason: KnockReason | null, connection: ConnectionState, position: number | null, ownerPresent: boolean, reply: string | null, lobbyMessage: string | null, requestedAt: string, decidedAt: string | null, exp: string | null, knockAgainAt: string | null, decidedBy: { kind: ActorKind, name: string | null } | null }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'LiveStreamChanged', liveStreamStatus: LiveStreamStatus, cursor: string, at: string, liveStream: { id: string, status: LiveStreamStatus, destinations: Array<string>, startedAt: string, endedAt: string | null, error: string | null, startedBy: { kind: ActorKind, name: string | null } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'MediaRequested', audio: boolean, video: boolean, screenShare: boolean, cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
    | { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
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
        | { __typename: 'ParticipantJoined', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'ParticipantLeft', leaveReason: LeaveReason, cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'ParticipantUpdated', cursor: string, at: string, participant: { id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'Resync', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomClosed', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomCreated', cursor: string, at: string, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
        | { __typename: 'RoomUpdated', cursor: string, at: string, room: { id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }, by: { kind: ActorKind, name: string | null, userId: string | null } | null }
      >, pageInfo: { hasNextPage: boolean } } | null } | null };

export type UpdateParticipantMutationVariables = Exact<{
  input: UpdateParticipantInput;
}>;


export type UpdateParticipantMutation = { updateParticipant:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

export type EjectParticipantsMutationVariables = Exact<{
  input: EjectParticipantsInput;
}>;


export type EjectParticipantsMutation = { ejectParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'ParticipantsEjected', participants: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }> }
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
    | { __typename: 'Participant', id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }
   };

export type UpdateParticipantsMutationVariables = Exact<{
  input: UpdateParticipantsInput;
}>;


export type UpdateParticipantsMutation = { updateParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'ParticipantsUpdated', participants: Array<{ id: string, roomName: string, userName: string, userId: string | null, verified: boolean, isOwner: boolean, joinedAt: string, knockId: string | null, leftAt: string | null, connection: ConnectionState, audio: boolean, video: boolean, screenShare: boolean, mediaConnection: ConnectionState | null, willEjectAt: string | null, leaveReason: LeaveReason | null, permissions: { hasPresence: boolean, canSend: Array<MediaKind>, canAdmin: Array<AdminArea>, canReceive: { base: Array<MediaKind>, overrides: Array<{ userId: string | null, participantId: string | null, kinds: Array<MediaKind> }> } } }> }
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
    | { __typename: 'Room', id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }
   };

export type UpdateRoomMutationVariables = Exact<{
  input: UpdateRoomInput;
}>;


export type UpdateRoomMutation = { updateRoom:
    | { __typename: 'Forbidden', code: RefusalCode, text: string }
    | { __typename: 'InvalidInput', code: RefusalCode, text: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, text: string }
    | { __typename: 'Room', id: string, name: string, title: string | null, url: string, privacy: RoomPrivacy, enableKnocking: boolean, lobbyMessage: string | null, ownerOnlyBroadcast: boolean, maxParticipants: number | null, ownerPresent: boolean, participantCount: number, nbf: string | null, exp: string | null, startAudioOff: boolean, startVideoOff: boolean, enableScreenshare: boolean, lang: string, cursor: string }
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

/** What is sent, and what comes of it. */
export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data };
const KnockFields = "fragment KnockFields on KnockRequest{id roomName userName userId verified message status reason connection position ownerPresent reply lobbyMessage requestedAt decidedAt decidedBy{kind name}exp knockAgainAt}";
const ParticipantFields = "fragment ParticipantFields on Participant{id roomName userName userId verified isOwner joinedAt knockId leftAt connection audio video screenShare mediaConnection willEjectAt leaveReason permissions{hasPresence canSend canReceive{base overrides{userId participantId kinds}}canAdmin}}";
const RoomFields = "fragment RoomFields on Room{id name title url privacy enableKnocking lobbyMessage ownerOnlyBroadcast maxParticipants ownerPresent participantCount nbf exp startAudioOff startVideoOff enableScreenshare lang cursor}";
const LiveStreamFields = "fragment LiveStreamFields on LiveStream{id status destinations startedAt endedAt startedBy{kind name}error}";
const MediaFields = "fragment MediaFields on MediaAccess{kind url room token exp}";
const JoinedFields = "fragment JoinedFields on Joined{sessionToken mediaGrant meetingUrl media{...MediaFields}participant{...ParticipantFields}room{...RoomFields}}";
const BanFields = "fragment BanFields on Ban{id userName userId network createdAt exp}";
const EventFields = "fragment EventFields on RoomEvent{__typename cursor at by{kind name userId}...on RoomUpdated{room{...RoomFields}}...on KnockRequested{knockRequest{...KnockFields}}...on KnockChanged{knockStatus knockReason knockRequest{...KnockFields}}...on ParticipantJoined{participant{...ParticipantFields}}...on ParticipantUpdated{participant{...ParticipantFields}}...on ParticipantLeft{leaveReason participant{...ParticipantFields}}...on MediaRequested{audio video screenShare}...on LiveStreamChanged{liveStreamStatus liveStream{...LiveStreamFields}}}";
const RefusalFields = "fragment RefusalFields on Refusal{code text:message ...on InvalidInput{issues{path message}}...on RateLimited{retryAfterSeconds}...on EntryRefused{opensAt}...on KnockAlreadyDecided{knockRequest{...KnockFields}}}";
export const AccessDocument = ("query Access($roomName:String!$domain:String$token:String){access(roomName:$roomName domain:$domain token:$token){level roomTitle startAudioOff startVideoOff ownerPresent lobbyMessage lang knockAgainAt now refusal{code message opensAt}}}") as TypedDocument<AccessQuery, AccessQueryVariables>;
export const DoorPageDocument = ("query DoorPage($domain:String){doorPage(domain:$domain){brandName logoUrl accentColor frameOrigins links{label url}exitUrl}}") as TypedDocument<DoorPageQuery, DoorPageQueryVariables>;
export const JoinDocument = ("mutation Join($input:JoinRoomInput!){joinRoom(input:$input){__typename ...JoinedFields ...on MustKnock{roomName ownerPresent lobbyMessage}...RefusalFields}}" + JoinedFields + MediaFields + ParticipantFields + RoomFields + RefusalFields + KnockFields) as TypedDocument<JoinMutation, JoinMutationVariables>;
export const LeaveDocument = ("mutation Leave{leaveRoom{__typename ...ParticipantFields ...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<LeaveMutation, LeaveMutationVariables>;
export const KnockDocument = ("mutation Knock($input:KnockInput!){knock(input:$input){__typename ...on Knocked{knockToken knockRequest{...KnockFields}}...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<KnockMutation, KnockMutationVariables>;
export const CancelKnockDocument = ("mutation CancelKnock{cancelKnock{__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<CancelKnockMutation, CancelKnockMutationVariables>;
export const MyKnockDocument = ("subscription MyKnock{myKnock{...KnockFields}}" + KnockFields) as TypedDocument<MyKnockSubscription, MyKnockSubscriptionVariables>;
export const WhoAmIDocument = ("query WhoAmI{viewer{__typename ...KnockFields ...ParticipantFields ...on Participant{mediaGrant meetingUrl media{...MediaFields}}}}" + KnockFields + ParticipantFields + MediaFields) as TypedDocument<WhoAmIQuery, WhoAmIQueryVariables>;
export const PingDocument = ("query Ping{__typename}") as TypedDocument<PingQuery, PingQueryVariables>;
export const HeartbeatDocument = ("mutation Heartbeat{heartbeat{__typename ...KnockFields ...ParticipantFields ...RefusalFields}}" + KnockFields + ParticipantFields + RefusalFields) as TypedDocument<HeartbeatMutation, HeartbeatMutationVariables>;
export const SameNetworkDocument = ("query SameNetwork($knockId:ID!){node(id:$knockId){...on KnockRequest{sameNetwork}}}") as TypedDocument<SameNetworkQuery, SameNetworkQueryVariables>;
export const WaitingKnocksDocument = ("query WaitingKnocks($after:String){knockRequests(status:[PENDING]first:100 after:$after){nodes{...KnockFields}pageInfo{hasNextPage endCursor}}}" + KnockFields) as TypedDocument<WaitingKnocksQuery, WaitingKnocksQueryVariables>;
export const AdmitKnockDocument = ("mutation AdmitKnock($input:KnockDecisionInput!){admitKnock(input:$input){__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<AdmitKnockMutation, AdmitKnockMutationVariables>;
export const DenyKnockDocument = ("mutation DenyKnock($input:DenyKnockInput!){denyKnock(input:$input){__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<DenyKnockMutation, DenyKnockMutationVariables>;
export const RecallAdmissionDocument = ("mutation RecallAdmission($input:RecallAdmissionInput!){recallAdmission(input:$input){__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<RecallAdmissionMutation, RecallAdmissionMutationVariables>;
export const AdmitKnocksDocument = ("mutation AdmitKnocks($input:DecideKnocksInput!){admitKnocks(input:$input){__typename ...on KnocksDecided{knockRequests{...KnockFields}}...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<AdmitKnocksMutation, AdmitKnocksMutationVariables>;
export const DenyKnocksDocument = ("mutation DenyKnocks($input:DecideKnocksInput!){denyKnocks(input:$input){__typename ...on KnocksDecided{knockRequests{...KnockFields}}...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<DenyKnocksMutation, DenyKnocksMutationVariables>;
export const ReplyToKnockDocument = ("mutation ReplyToKnock($input:ReplyToKnockInput!){replyToKnock(input:$input){__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<ReplyToKnockMutation, ReplyToKnockMutationVariables>;
export const RoomAndParticipantsDocument = ("query RoomAndParticipants($name:String!$after:String){room(name:$name){...RoomFields liveStream{...LiveStreamFields}participants(first:100 after:$after){nodes{...ParticipantFields}pageInfo{hasNextPage endCursor}}}viewer{__typename ...ParticipantFields}}" + RoomFields + LiveStreamFields + ParticipantFields) as TypedDocument<RoomAndParticipantsQuery, RoomAndParticipantsQueryVariables>;
export const RoomEventsDocument = ("subscription RoomEvents($after:String){roomEvents(after:$after){...EventFields}}" + EventFields + RoomFields + KnockFields + ParticipantFields + LiveStreamFields) as TypedDocument<RoomEventsSubscription, RoomEventsSubscriptionVariables>;
export const RoomRecordDocument = ("query RoomRecord($name:String!$after:String){room(name:$name){events(first:100 after:$after){nodes{...EventFields}pageInfo{hasNextPage}}}}" + EventFields + RoomFields + KnockFields + ParticipantFields + LiveStreamFields) as TypedDocument<RoomRecordQuery, RoomRecordQueryVariables>;
export const UpdateParticipantDocument = ("mutation UpdateParticipant($input:UpdateParticipantInput!){updateParticipant(input:$input){__typename ...ParticipantFields ...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<UpdateParticipantMutation, UpdateParticipantMutationVariables>;
export const EjectParticipantsDocument = ("mutation EjectParticipants($input:EjectParticipantsInput!){ejectParticipants(input:$input){__typename ...on ParticipantsEjected{participants{...ParticipantFields}}...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<EjectParticipantsMutation, EjectParticipantsMutationVariables>;
export const ReturnToLobbyDocument = ("mutation ReturnToLobby($input:ReturnToLobbyInput!){returnToLobby(input:$input){__typename ...KnockFields ...RefusalFields}}" + KnockFields + RefusalFields) as TypedDocument<ReturnToLobbyMutation, ReturnToLobbyMutationVariables>;
export const UpdateMyMediaDocument = ("mutation UpdateMyMedia($input:UpdateMyMediaInput!){updateMyMedia(input:$input){__typename ...ParticipantFields ...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<UpdateMyMediaMutation, UpdateMyMediaMutationVariables>;
export const UpdateParticipantsDocument = ("mutation UpdateParticipants($input:UpdateParticipantsInput!){updateParticipants(input:$input){__typename ...on ParticipantsUpdated{participants{...ParticipantFields}}...RefusalFields}}" + ParticipantFields + RefusalFields + KnockFields) as TypedDocument<UpdateParticipantsMutation, UpdateParticipantsMutationVariables>;
export const BansDocument = ("query Bans($name:String!$after:String){room(name:$name){bans(first:100 after:$after){nodes{...BanFields}pageInfo{hasNextPage endCursor}}}}" + BanFields) as TypedDocument<BansQuery, BansQueryVariables>;
export const LiftBanDocument = ("mutation LiftBan($banId:ID!){liftBan(banId:$banId){__typename ...BanFields ...RefusalFields}}" + BanFields + RefusalFields + KnockFields) as TypedDocument<LiftBanMutation, LiftBanMutationVariables>;
export const SetRoomPrivacyDocument = ("mutation SetRoomPrivacy($input:SetRoomPrivacyInput!){setRoomPrivacy(input:$input){__typename ...RoomFields ...RefusalFields}}" + RoomFields + RefusalFields + KnockFields) as TypedDocument<SetRoomPrivacyMutation, SetRoomPrivacyMutationVariables>;
export const UpdateRoomDocument = ("mutation UpdateRoom($input:UpdateRoomInput!){updateRoom(input:$input){__typename ...RoomFields ...RefusalFields}}" + RoomFields + RefusalFields + KnockFields) as TypedDocument<UpdateRoomMutation, UpdateRoomMutationVariables>;
export const StartLiveStreamDocument = ("mutation StartLiveStream($input:StartLiveStreamInput!){startLiveStream(input:$input){__typename ...LiveStreamFields ...RefusalFields}}" + LiveStreamFields + RefusalFields + KnockFields) as TypedDocument<StartLiveStreamMutation, StartLiveStreamMutationVariables>;
export const StopLiveStreamDocument = ("mutation StopLiveStream($liveStreamId:ID!){stopLiveStream(liveStreamId:$liveStreamId){__typename ...LiveStreamFields ...RefusalFields}}" + LiveStreamFields + RefusalFields + KnockFields) as TypedDocument<StopLiveStreamMutation, StopLiveStreamMutationVariables>;