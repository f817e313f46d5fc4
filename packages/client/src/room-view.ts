import type {
  EventFieldsFragment,
  KnockFieldsFragment,
  LeaveReason,
  LiveStreamFieldsFragment,
  ParticipantFieldsFragment,
  RoomFieldsFragment,
} from './generated/graphql.ts';
import type { VestibuleError } from './refusal.ts';
import type { StreamState } from './stream.ts';

export type Room = RoomFieldsFragment;
export type Participant = ParticipantFieldsFragment;
export type KnockRequest = KnockFieldsFragment;
export type LiveStream = LiveStreamFieldsFragment;
export type RoomEvent = EventFieldsFragment;
/** Who did something, as it was put on record then. */
export type Actor = LiveStreamFieldsFragment['startedBy'];

export interface RoomView {
  readonly room: Room;
  /** Oneself, as one is now. */
  readonly me: Participant;
  /** Who is inside, in order of joining. */
  readonly participants: readonly Participant[];
  /** Who waits, oldest first; nobody for a participant who does not answer knocks. */
  readonly waiting: readonly KnockRequest[];
  /** The one that runs, or the last one that did. */
  readonly liveStream: LiveStream | null;
  readonly state: StreamState;
  /** Why oneself is not inside any more, also when it happened while nobody followed. Null: inside, or nobody knows. */
  readonly leaveReason: LeaveReason | null;
  /** Why it cannot be followed any more, where the service did not say that one has left. */
  readonly error: VestibuleError | null;
}

/** May this participant see who waits, and answer them? */
export function answersKnocks({ permissions }: Participant): boolean {
  return permissions.canAdmin.includes('PARTICIPANTS');
}

/** The view after an event. Events tell what holds now, so one that comes twice changes nothing. */
export function applyEvent(view: RoomView, event: RoomEvent): RoomView {
  switch (event.__typename) {
    case 'RoomUpdated':
      return { ...view, room: event.room };
    case 'KnockRequested':
    case 'KnockChanged':
      return withKnock(view, event.knockRequest);
    case 'ParticipantJoined':
    case 'ParticipantUpdated':
      return withParticipant(view, event.participant);
    case 'ParticipantLeft': {
      const left = { ...view, participants: without(view.participants, event.participant) };
      return event.participant.id === view.me.id ? { ...left, leaveReason: event.leaveReason } : left;
    }
    case 'LiveStreamChanged':
      return { ...view, liveStream: event.liveStream };
    default:
      return view;
  }
}

export function withParticipant(view: RoomView, participant: Participant): RoomView {
  const isThere = participant.connection !== 'LEFT';
  const participants = isThere ? putInto(view.participants, participant) : without(view.participants, participant);
  if (participant.id !== view.me.id) return { ...view, participants };
  return { ...view, participants, me: participant, waiting: answersKnocks(participant) ? view.waiting : [] };
}

export function withKnock(view: RoomView, knock: KnockRequest): RoomView {
  if (knock.status !== 'PENDING') return { ...view, waiting: without(view.waiting, knock) };
  return answersKnocks(view.me) ? { ...view, waiting: putInto(view.waiting, knock).toSorted(byArrival) } : view;
}

type Identified = { readonly id: string };

function putInto<Item extends Identified>(items: readonly Item[], item: Item): readonly Item[] {
  const index = items.findIndex(({ id }) => id === item.id);
  return index === -1 ? [...items, item] : items.with(index, item);
}

function without<Item extends Identified>(items: readonly Item[], { id }: Identified): readonly Item[] {
  return items.filter((item) => item.id !== id);
}

function byArrival(one: KnockRequest, other: KnockRequest): number {
  return Date.parse(one.requestedAt) - Date.parse(other.requestedAt) || (one.id < other.id ? -1 : 1);
}
