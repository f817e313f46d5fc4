/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** An area in which a participant can be an admin without being an owner. */
export type AdminArea =
  /** Answer knocks, and mute, eject and change the permissions of others, while they are in the room themselves. */
  | 'PARTICIPANTS'
  /** Start and stop live streams. */
  | 'STREAMING'
  /** Start and stop transcription, if the media side offers it. */
  | 'TRANSCRIPTION';

/** What an API key may do, always within its own domain. Give a backend only the scopes that it needs. */
export type ApiKeyScope =
  /** Everything that the other scopes allow, and the domain itself: settings, API keys and self-signing keys. */
  | 'ADMIN'
  /** See and decide knocks; mute, eject and ban participants; live streams. */
  | 'ADMISSION'
  /** Read rooms, participants and events, and nothing else. Every key may do this. */
  | 'READ'
  /** Create, update and delete rooms. */
  | 'ROOMS'
  /** Create, list, check and revoke meeting tokens. */
  | 'TOKENS'
  /** Register webhooks, read their deliveries and send them again. */
  | 'WEBHOOKS';

/** The key to create. */
export type CreateApiKeyInput = {
  /** When the key expires. Must be in the future. Default: never. */
  exp?: string | null | undefined;
  /** A name to tell keys apart: 1 to 128 characters. */
  name: string;
  /** What the key may do. At least one scope. */
  scopes: Array<ApiKeyScope>;
};

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
  exp?: string | null | undefined;
  /** True: the holder joins as an owner. Default: false. */
  isOwner?: boolean | null | undefined;
  /** True: the holder must knock, with a verified identity. Cannot be combined with isOwner. */
  knocking?: boolean | null | undefined;
  /** The language for the holder: a tag such as `en` or `pt-BR`. Default: the room's. */
  lang?: string | null | undefined;
  /** How many sessions the token can open: at least 1. Requires roomName. Default: any number. */
  maxUses?: number | null | undefined;
  /** The token is not valid before this time. Must be before exp. */
  nbf?: string | null | undefined;
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
  requestedBefore?: string | null | undefined;
  /** Name of the room. */
  roomName: string;
};

/** The room to delete. */
export type DeleteRoomInput = {
  /** Name of the room. */
  roomName: string;
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

type RefusalFields_Conflict_Fragment = { code: RefusalCode, message: string };

type RefusalFields_EntryRefused_Fragment = { code: RefusalCode, message: string };

type RefusalFields_Forbidden_Fragment = { code: RefusalCode, message: string };

type RefusalFields_InvalidInput_Fragment = { code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> };

type RefusalFields_KnockAlreadyDecided_Fragment = { code: RefusalCode, message: string };

type RefusalFields_NotFound_Fragment = { code: RefusalCode, message: string };

type RefusalFields_RateLimited_Fragment = { code: RefusalCode, message: string };

export type RefusalFieldsFragment =
  | RefusalFields_Conflict_Fragment
  | RefusalFields_EntryRefused_Fragment
  | RefusalFields_Forbidden_Fragment
  | RefusalFields_InvalidInput_Fragment
  | RefusalFields_KnockAlreadyDecided_Fragment
  | RefusalFields_NotFound_Fragment
  | RefusalFields_RateLimited_Fragment
;

export type DecidedFieldsFragment = { id: string, status: KnockStatus, reason: KnockReason | null };

export type CreateRoomMutationVariables = Exact<{
  input: CreateRoomInput;
}>;


export type CreateRoomMutation = { createRoom:
    | { __typename: 'Conflict', code: RefusalCode, message: string }
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'RateLimited', code: RefusalCode, message: string }
    | { __typename: 'Room', id: string, name: string, url: string }
   };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey:
    | { __typename: 'CreatedApiKey', secret: string, apiKey: { id: string } }
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
   };

export type CreateMeetingTokenMutationVariables = Exact<{
  input: CreateMeetingTokenInput;
}>;


export type CreateMeetingTokenMutation = { createMeetingToken:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'IssuedMeetingToken', jwt: string, joinUrl: string | null, meetingToken: { id: string, jti: string } }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type JoinRoomMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinRoomMutation = { joinRoom:
    | { __typename: 'EntryRefused', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Joined', sessionToken: string, mediaGrant: string, participant: { id: string, userId: string | null } }
    | { __typename: 'MustKnock' }
    | { __typename: 'RateLimited', code: RefusalCode, message: string }
   };

export type LeaveRoomMutationVariables = Exact<{ [key: string]: never; }>;


export type LeaveRoomMutation = { leaveRoom:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'Participant', id: string }
   };

export type KnockMutationVariables = Exact<{
  input: KnockInput;
}>;


export type KnockMutation = { knock:
    | { __typename: 'EntryRefused', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'Knocked', knockToken: string, knockRequest: { id: string, status: KnockStatus, reason: KnockReason | null } }
    | { __typename: 'RateLimited', code: RefusalCode, message: string }
   };

export type CancelKnockMutationVariables = Exact<{ [key: string]: never; }>;


export type CancelKnockMutation = { cancelKnock:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { id: string, status: KnockStatus, reason: KnockReason | null } }
    | { __typename: 'KnockRequest', id: string, status: KnockStatus, reason: KnockReason | null }
   };

export type AdmitKnockMutationVariables = Exact<{
  id: string;
}>;


export type AdmitKnockMutation = { admitKnock:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { id: string, status: KnockStatus, reason: KnockReason | null } }
    | { __typename: 'KnockRequest', id: string, status: KnockStatus, reason: KnockReason | null }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type DenyKnockMutationVariables = Exact<{
  id: string;
  ban?: boolean | null | undefined;
}>;


export type DenyKnockMutation = { denyKnock:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnockAlreadyDecided', code: RefusalCode, message: string, knockRequest: { id: string, status: KnockStatus, reason: KnockReason | null } }
    | { __typename: 'KnockRequest', id: string, status: KnockStatus, reason: KnockReason | null }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type AdmitKnocksMutationVariables = Exact<{
  input: DecideKnocksInput;
}>;


export type AdmitKnocksMutation = { admitKnocks:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'KnocksDecided', knockRequests: Array<{ id: string, status: KnockStatus, reason: KnockReason | null }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

export type EjectParticipantsMutationVariables = Exact<{
  input: EjectParticipantsInput;
}>;


export type EjectParticipantsMutation = { ejectParticipants:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
    | { __typename: 'ParticipantsEjected', participants: Array<{ id: string, userId: string | null }> }
   };

export type SetRoomPrivacyMutationVariables = Exact<{
  input: SetRoomPrivacyInput;
}>;


export type SetRoomPrivacyMutation = { setRoomPrivacy:
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'InvalidInput', code: RefusalCode, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
    | { __typename: 'Room', id: string, privacy: RoomPrivacy }
   };

export type DeleteRoomMutationVariables = Exact<{
  input: DeleteRoomInput;
}>;


export type DeleteRoomMutation = { deleteRoom:
    | { __typename: 'DeletedRoom', roomId: string }
    | { __typename: 'Forbidden', code: RefusalCode, message: string }
    | { __typename: 'NotFound', code: RefusalCode, message: string }
   };

/** What is sent, and what comes of it. */
export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data };
const RefusalFields = "fragment RefusalFields on Refusal{code message ...on InvalidInput{issues{path message}}}";
const DecidedFields = "fragment DecidedFields on KnockRequest{id status reason}";
export const CreateRoomDocument = ("mutation CreateRoom($input:CreateRoomInput!){createRoom(input:$input){__typename ...on Room{id name url}...RefusalFields}}" + RefusalFields) as TypedDocument<CreateRoomMutation, CreateRoomMutationVariables>;
export const CreateApiKeyDocument = ("mutation CreateApiKey($input:CreateApiKeyInput!){createApiKey(input:$input){__typename ...on CreatedApiKey{apiKey{id}secret}...RefusalFields}}" + RefusalFields) as TypedDocument<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const CreateMeetingTokenDocument = ("mutation CreateMeetingToken($input:CreateMeetingTokenInput!){createMeetingToken(input:$input){__typename ...on IssuedMeetingToken{jwt joinUrl meetingToken{id jti}}...RefusalFields}}" + RefusalFields) as TypedDocument<CreateMeetingTokenMutation, CreateMeetingTokenMutationVariables>;
export const JoinRoomDocument = ("mutation JoinRoom($input:JoinRoomInput!){joinRoom(input:$input){__typename ...on Joined{participant{id userId}sessionToken mediaGrant}...RefusalFields}}" + RefusalFields) as TypedDocument<JoinRoomMutation, JoinRoomMutationVariables>;
export const LeaveRoomDocument = ("mutation LeaveRoom{leaveRoom{__typename ...on Participant{id}...RefusalFields}}" + RefusalFields) as TypedDocument<LeaveRoomMutation, LeaveRoomMutationVariables>;
export const KnockDocument = ("mutation Knock($input:KnockInput!){knock(input:$input){__typename ...on Knocked{knockRequest{...DecidedFields}knockToken}...RefusalFields}}" + DecidedFields + RefusalFields) as TypedDocument<KnockMutation, KnockMutationVariables>;
export const CancelKnockDocument = ("mutation CancelKnock{cancelKnock{__typename ...DecidedFields ...on KnockAlreadyDecided{knockRequest{...DecidedFields}}...RefusalFields}}" + DecidedFields + RefusalFields) as TypedDocument<CancelKnockMutation, CancelKnockMutationVariables>;
export const AdmitKnockDocument = ("mutation AdmitKnock($id:ID!){admitKnock(input:{knockId:$id}){__typename ...DecidedFields ...on KnockAlreadyDecided{knockRequest{...DecidedFields}}...RefusalFields}}" + DecidedFields + RefusalFields) as TypedDocument<AdmitKnockMutation, AdmitKnockMutationVariables>;
export const DenyKnockDocument = ("mutation DenyKnock($id:ID!$ban:Boolean){denyKnock(input:{knockId:$id ban:$ban}){__typename ...DecidedFields ...on KnockAlreadyDecided{knockRequest{...DecidedFields}}...RefusalFields}}" + DecidedFields + RefusalFields) as TypedDocument<DenyKnockMutation, DenyKnockMutationVariables>;
export const AdmitKnocksDocument = ("mutation AdmitKnocks($input:DecideKnocksInput!){admitKnocks(input:$input){__typename ...on KnocksDecided{knockRequests{...DecidedFields}}...RefusalFields}}" + DecidedFields + RefusalFields) as TypedDocument<AdmitKnocksMutation, AdmitKnocksMutationVariables>;
export const EjectParticipantsDocument = ("mutation EjectParticipants($input:EjectParticipantsInput!){ejectParticipants(input:$input){__typename ...on ParticipantsEjected{participants{id userId}}...RefusalFields}}" + RefusalFields) as TypedDocument<EjectParticipantsMutation, EjectParticipantsMutationVariables>;
export const SetRoomPrivacyDocument = ("mutation SetRoomPrivacy($input:SetRoomPrivacyInput!){setRoomPrivacy(input:$input){__typename ...on Room{id privacy}...RefusalFields}}" + RefusalFields) as TypedDocument<SetRoomPrivacyMutation, SetRoomPrivacyMutationVariables>;
export const DeleteRoomDocument = ("mutation DeleteRoom($input:DeleteRoomInput!){deleteRoom(input:$input){__typename ...on DeletedRoom{roomId}...RefusalFields}}" + RefusalFields) as TypedDocument<DeleteRoomMutation, DeleteRoomMutationVariables>;