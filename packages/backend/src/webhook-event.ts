import type { ActorKind, KnockReason, KnockStatus, LeaveReason, RoomPrivacy } from './generated/graphql.ts';

/** The room after the event. */
export interface RoomData {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly privacy: RoomPrivacy;
  readonly enableKnocking: boolean;
  readonly nbf: string | null;
  readonly exp: string | null;
  readonly closedAt: string | null;
  readonly closedBy: 'DELETED' | 'EXPIRED' | null;
}

/** Somebody who asks to come in. Where `verified` is false, anybody may have typed the name and the message. */
export interface KnockData {
  readonly id: string;
  readonly userName: string;
  readonly userId: string | null;
  readonly verified: boolean;
  /** Null: none was left. */
  readonly message: string | null;
  readonly status: KnockStatus;
  readonly reason: KnockReason | null;
  readonly reply: string | null;
  readonly requestedAt: string;
  readonly decidedAt: string | null;
}

/** Somebody who came in. */
export interface ParticipantData {
  readonly id: string;
  readonly userName: string;
  readonly userId: string | null;
  readonly verified: boolean;
  readonly isOwner: boolean;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly leaveReason: LeaveReason | null;
}

/** A live stream; where it goes is not told. */
export interface LiveStreamData {
  readonly id: string;
  readonly status: 'STARTING' | 'LIVE' | 'STOPPING' | 'STOPPED' | 'FAILED';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly error: string | null;
}

/** What each event tells beside the domain, the room and who did it. */
export interface WebhookSubjects {
  /** `waiting`: how many wait, this one included. `ownerPresent`: could somebody in the room answer? */
  readonly KNOCK_REQUESTED: {
    readonly knock: KnockData;
    readonly waiting: number;
    readonly ownerPresent: boolean;
  };
  readonly KNOCK_DECIDED: { readonly knock: KnockData };
  readonly KNOCK_CLOSED: { readonly knock: KnockData };
  readonly PARTICIPANT_JOINED: { readonly participant: ParticipantData };
  readonly PARTICIPANT_LEFT: { readonly participant: ParticipantData };
  readonly ROOM_CREATED: Readonly<Record<never, never>>;
  readonly ROOM_UPDATED: Readonly<Record<never, never>>;
  readonly ROOM_DELETED: Readonly<Record<never, never>>;
  readonly LIVE_STREAM_CHANGED: { readonly liveStream: LiveStreamData };
}

/** The events that there are. A later service may send others: let a `switch` have a `default`. */
export type WebhookEventType = keyof WebhookSubjects;

/** One event, by its type. */
export interface WebhookEventOf<Type extends WebhookEventType> {
  readonly type: Type;
  /** When it happened, which may be long before the delivery. RFC 3339. */
  readonly timestamp: string;
  /** One line for people, with `& < >` escaped as Slack wants it. */
  readonly text: string;
  readonly data: {
    readonly domain: string;
    readonly room: RoomData;
    /** Who did it; null: nobody did. */
    readonly by: { readonly kind: ActorKind; readonly name: string | null; readonly userId: string | null } | null;
  } & WebhookSubjects[Type];
  /** The `webhook-id`, the same at each attempt: what came twice has the same. */
  readonly deliveryId: string;
}

/** Any event; its `type` says what `data` holds. */
export type WebhookEvent = { readonly [Type in WebhookEventType]: WebhookEventOf<Type> }[WebhookEventType];
