import type { Actor, ActorViewer } from './actor.ts';
import type { KnockId, LiveStreamId, ParticipantId, RoomId } from './ids.ts';
import { decisionOn, type Knock, type KnockReason, type KnockStatus, type PendingKnock } from './knock-request.ts';
import type { LiveStream, LiveStreamStatus } from './live-stream.ts';
import {
  isShown,
  type LeaveReason,
  mayAdminister,
  type Participant,
  type PastParticipant,
  type PresentParticipant,
} from './participant.ts';
import type { DomainDefaults, Room } from './room.ts';

/** What happened, as a rule says it; the writer gives it its place in the order. */
export type NewRoomEvent = { readonly by: Actor | null } & (
  | { readonly type: 'RoomCreated' | 'RoomUpdated' | 'RoomClosed' }
  | { readonly type: 'KnockRequested'; readonly knock: PendingKnock }
  /** `wasDecided`: the decision on it was told before, and something else about it has changed, as until when it lets in. */
  | { readonly type: 'KnockChanged'; readonly knock: Knock; readonly wasDecided?: true }
  | { readonly type: 'ParticipantJoined'; readonly participant: PresentParticipant }
  | { readonly type: 'ParticipantLeft'; readonly participant: PastParticipant }
  /** `wasShown`: people who saw this participant before learn that they no longer see it. */
  | { readonly type: 'ParticipantUpdated'; readonly participant: PresentParticipant; readonly wasShown?: boolean }
  | { readonly type: 'MediaRequested'; readonly participant: PresentParticipant; readonly media: RequestedMedia }
  | { readonly type: 'LiveStreamChanged'; readonly liveStream: LiveStream }
  /** Has a position in the order, and nobody sees it. `participant`: the one whose session tokens have changed. */
  | { readonly type: 'Internal'; readonly participant?: PresentParticipant }
);

export interface RequestedMedia {
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
}

export type RoomEventType = NewRoomEvent['type'];

/** The numbers that stand for the types in the log: added to, never changed. */
export const eventTypeNumbers: Readonly<Record<RoomEventType, number>> = {
  Internal: 0,
  RoomCreated: 1,
  RoomUpdated: 2,
  RoomClosed: 3,
  KnockRequested: 4,
  KnockChanged: 5,
  ParticipantJoined: 6,
  ParticipantUpdated: 7,
  ParticipantLeft: 8,
  MediaRequested: 9,
  LiveStreamChanged: 10,
};

/** What an event keeps in the log: ids, and what was true then. The things themselves are read where they are shown. */
export interface EventPayload {
  readonly by: Actor | null;
  /** Could somebody in the room answer a knock, after this? */
  readonly ownerPresent: boolean;
  readonly knock?: { readonly id: KnockId; readonly status: KnockStatus; readonly reason: KnockReason | null };
  readonly participant?: {
    readonly id: ParticipantId;
    readonly isShown: boolean;
    readonly decidesKnocks: boolean;
    readonly reason: LeaveReason | null;
  };
  readonly media?: RequestedMedia;
  readonly liveStream?: { readonly id: LiveStreamId; readonly status: LiveStreamStatus };
}

/** An event as the log has it. */
export interface RoomEvent {
  readonly roomId: RoomId;
  readonly seq: number;
  readonly type: RoomEventType;
  readonly at: Date;
  readonly payload: EventPayload;
}

/** Brings an event to what the log keeps of it. */
export function toPayload(
  event: NewRoomEvent,
  room: Room,
  domain: DomainDefaults,
  ownerPresent: boolean,
): EventPayload {
  const base = { by: event.by, ownerPresent };
  switch (event.type) {
    case 'KnockRequested':
    case 'KnockChanged':
      return {
        ...base,
        knock: { id: event.knock.id, status: event.knock.status, reason: decisionOn(event.knock)?.reason ?? null },
      };
    case 'ParticipantUpdated': {
      const then = participantThen(event.participant, room, domain);
      return { ...base, participant: { ...then, isShown: then.isShown || event.wasShown === true } };
    }
    case 'ParticipantJoined':
    case 'ParticipantLeft':
      return { ...base, participant: participantThen(event.participant, room, domain) };
    case 'MediaRequested':
      return { ...base, participant: participantThen(event.participant, room, domain), media: event.media };
    case 'LiveStreamChanged':
      return { ...base, liveStream: { id: event.liveStream.id, status: event.liveStream.status } };
    case 'RoomCreated':
    case 'RoomUpdated':
    case 'RoomClosed':
      return base;
    case 'Internal':
      return event.participant ? { ...base, participant: participantThen(event.participant, room, domain) } : base;
    default:
      return event satisfies never;
  }
}

function participantThen(
  participant: Participant,
  room: Room,
  domain: DomainDefaults,
): NonNullable<EventPayload['participant']> {
  return {
    id: participant.id,
    isShown: isShown(participant, room, domain),
    decidesKnocks: mayAdminister(participant, 'PARTICIPANTS', room, domain),
    reason: participant.left?.reason ?? null,
  };
}

/** Who reads a room's events. */
export type EventViewer =
  | { readonly kind: 'BACKEND'; readonly seesKnocks: boolean }
  | {
      readonly kind: 'PARTICIPANT';
      readonly id: ParticipantId;
      readonly decidesKnocks: boolean;
      readonly joinedAt: Date | null;
    };

/** What this viewer may know about hidden people. */
export function actorViewerOf(viewer: EventViewer): ActorViewer {
  return viewer.kind === 'BACKEND' || viewer.decidesKnocks ? 'SEES_ALL' : 'SEES_WHO_IS_SHOWN';
}

/** May this viewer see this event? What may not be seen is left out of its stream. */
export function maySeeEvent(event: RoomEvent, viewer: EventViewer): boolean {
  const { payload } = event;
  switch (event.type) {
    case 'Internal':
      return false;
    case 'KnockRequested':
    case 'KnockChanged':
      return viewer.kind === 'BACKEND' ? viewer.seesKnocks : viewer.decidesKnocks;
    case 'MediaRequested':
      return viewer.kind === 'BACKEND' || payload.participant?.id === viewer.id;
    case 'ParticipantJoined':
    case 'ParticipantUpdated':
    case 'ParticipantLeft':
      return (
        viewer.kind === 'BACKEND' || payload.participant?.isShown === true || payload.participant?.id === viewer.id
      );
    case 'RoomCreated':
    case 'RoomUpdated':
    case 'RoomClosed':
    case 'LiveStreamChanged':
      return true;
    default:
      return event.type satisfies never;
  }
}

/** How long before they came in somebody may have read where the room's events stood: at the door, and while they waited. */
const doorstepMs = 15 * 60_000;

/**
 * Was this long before the viewer came in? Then it is on record for those alone who may read the record: who was in the room, and who put
 * them out.
 */
export function isBeforeStay(event: RoomEvent, viewer: EventViewer): boolean {
  if (viewer.kind === 'BACKEND' || viewer.decidesKnocks || viewer.joinedAt === null) return false;
  return event.at.getTime() < viewer.joinedAt.getTime() - doorstepMs;
}

/** What a viewer may do after this event, folded from the log in its order; null: its right has ended with it. */
export function foldViewer(event: RoomEvent, viewer: EventViewer): EventViewer | null {
  if (viewer.kind === 'BACKEND' || event.payload.participant?.id !== viewer.id) return viewer;
  if (event.type === 'ParticipantLeft') return null;
  return { ...viewer, decidesKnocks: event.payload.participant.decidesKnocks };
}
