// What the API answers, as far as this page asks for it. test/web/documents.test.ts holds the documents against the schema.

export type Connection = 'CONNECTED' | 'RECONNECTING' | 'LEFT';
export type KnockStatus = 'PENDING' | 'ADMITTED' | 'DENIED' | 'CANCELLED' | 'EXPIRED';
export type Privacy = 'PUBLIC' | 'PRIVATE';
export type AdminArea = 'PARTICIPANTS' | 'STREAMING' | 'TRANSCRIPTION';
export type MediaKind = 'AUDIO' | 'VIDEO' | 'SCREEN_AUDIO' | 'SCREEN_VIDEO' | 'CUSTOM_AUDIO' | 'CUSTOM_VIDEO';
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
export type KnockReason =
  | 'DECIDED'
  | 'WITHDRAWN'
  | 'KNOCKER_LEFT'
  | 'TIMED_OUT'
  | 'ROOM_OPENED'
  | 'ROOM_CLOSED'
  | 'KNOCKING_DISABLED'
  | 'RECALLED';

/** A refusal in a result union: whatever has a code is one. */
export interface Refusal {
  readonly __typename: string;
  readonly code: string;
  readonly opensAt?: string | null;
  readonly retryAfterSeconds?: number;
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
  readonly knockRequest?: Knock;
}

export interface Access {
  readonly level: 'FULL' | 'LOBBY' | 'NONE';
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  readonly lang: string | null;
  /** After a denial: from when on this person may ask again. */
  readonly knockAgainAt: string | null;
  /** The service's clock. */
  readonly now: string;
  readonly refusal: Refusal | null;
}

export interface Actor {
  readonly kind: 'PARTICIPANT' | 'KNOCKER' | 'BACKEND' | 'SERVICE';
  readonly name: string | null;
}

export interface Participant {
  readonly __typename: 'Participant';
  readonly id: string;
  readonly userName: string;
  readonly isOwner: boolean;
  readonly verified: boolean;
  readonly connection: Connection;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
  readonly willEjectAt: string | null;
  readonly leaveReason: LeaveReason | null;
  readonly permissions: { readonly canSend: readonly MediaKind[]; readonly canAdmin: readonly AdminArea[] };
}

/** Somebody who waits, as an owner sees them. */
export interface Knock {
  readonly __typename: 'KnockRequest';
  readonly id: string;
  readonly userName: string;
  readonly verified: boolean;
  /** Empty: none was left. */
  readonly message: string;
  readonly status: KnockStatus;
  readonly reason: KnockReason | null;
  readonly connection: Connection;
  readonly reply: string | null;
  readonly requestedAt: string;
  readonly decidedBy: Actor | null;
}

/** One's own knock. */
export interface OwnKnock {
  readonly __typename: 'KnockRequest';
  readonly id: string;
  readonly userName: string;
  readonly status: KnockStatus;
  readonly reason: KnockReason | null;
  readonly position: number | null;
  readonly ownerPresent: boolean;
  readonly reply: string | null;
  readonly lobbyMessage: string | null;
  readonly requestedAt: string;
  readonly knockAgainAt: string | null;
}

export interface LiveStream {
  readonly id: string;
  readonly status: 'STARTING' | 'LIVE' | 'STOPPING' | 'STOPPED' | 'FAILED';
  readonly destinations: readonly string[];
  readonly startedBy: Actor;
  readonly error: string | null;
}

export interface Room {
  readonly __typename: 'Room';
  readonly name: string;
  readonly url: string;
  readonly lang: string;
  readonly privacy: Privacy;
  readonly enableKnocking: boolean;
  readonly ownerOnlyBroadcast: boolean;
  readonly lobbyMessage: string | null;
  readonly maxParticipants: number | null;
}

export interface Ban {
  readonly id: string;
  readonly userName: string | null;
  readonly network: boolean;
  readonly createdAt: string;
}

export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export type RoomEvent = {
  readonly cursor: string;
  readonly at: string;
  readonly by: Actor | null;
} & (
  | { readonly __typename: 'RoomCreated' | 'RoomClosed' | 'Resync' }
  | { readonly __typename: 'RoomUpdated'; readonly room: Room }
  | { readonly __typename: 'KnockRequested'; readonly knockRequest: Knock }
  | {
      readonly __typename: 'KnockChanged';
      readonly knockRequest: Knock;
      readonly knockStatus: KnockStatus;
      readonly knockReason: KnockReason | null;
    }
  | { readonly __typename: 'ParticipantJoined' | 'ParticipantUpdated'; readonly participant: Participant }
  | { readonly __typename: 'ParticipantLeft'; readonly participant: Participant; readonly leaveReason: LeaveReason }
  | {
      readonly __typename: 'MediaRequested';
      readonly audio: boolean;
      readonly video: boolean;
      readonly screenShare: boolean;
    }
  | {
      readonly __typename: 'LiveStreamChanged';
      readonly liveStream: LiveStream;
      readonly liveStreamStatus: LiveStream['status'];
    }
);

export interface Joined {
  readonly __typename: 'Joined';
  readonly sessionToken: string;
}

export interface MustKnock {
  readonly __typename: 'MustKnock';
}

export interface Knocked {
  readonly __typename: 'Knocked';
  readonly knockToken: string;
  readonly knockRequest: OwnKnock;
}
