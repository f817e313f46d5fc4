import type { ConnectionPhase } from './connection.ts';
import type {
  EventFieldsFragment,
  KnockFieldsFragment,
  LeaveReason,
  LiveStreamFieldsFragment,
  ParticipantFieldsFragment,
  RoomFieldsFragment,
} from './generated/graphql.ts';
import type { VestibuleError } from './refusal.ts';

/** Fields of `Room` in the schema. */
export type Room = RoomFieldsFragment;
/** Somebody inside: fields of `Participant` in the schema. */
export type Participant = ParticipantFieldsFragment;
/** Somebody who asks to come in: fields of `KnockRequest` in the schema. */
export type KnockRequest = KnockFieldsFragment;
/** Fields of `LiveStream` in the schema. */
export type LiveStream = LiveStreamFieldsFragment;
/** Something that happened in the room: go by its `__typename`. */
export type RoomEvent = EventFieldsFragment;
/** Who did something, as it was put on record then. */
export type Actor = LiveStreamFieldsFragment['startedBy'];

/** The room, who is in it and who waits. */
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
  readonly state: ConnectionPhase;
  /**
   * Do events come, to `onEvent` too? False until the connection is open, and where news comes by asking alone (HEARTBEAT): the
   * view is brought up to date then, but what is told and not shown, as what an owner asks one to switch on, is not heard.
   */
  readonly hearsEvents: boolean;
  /** Why oneself is not inside any more, also when it happened while nobody followed. Null: inside, or nobody knows. */
  readonly leaveReason: LeaveReason | null;
  /** With RECONNECTING: why. With CLOSED: why, where the service did not say that one has left. */
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
  return answersKnocks(view.me) ? { ...view, waiting: inLine(view.waiting, knock) } : view;
}

type Identified = { readonly id: string };

function putInto<Item extends Identified>(items: readonly Item[], item: Item): readonly Item[] {
  const index = items.findIndex(({ id }) => id === item.id);
  return index === -1 ? [...items, item] : items.map((one) => (one.id === item.id ? item : one));
}

/** Into its place, from the end: whoever comes last mostly belongs there, and lists may be long. */
function inLine(waiting: readonly KnockRequest[], knock: KnockRequest): readonly KnockRequest[] {
  const others = without(waiting, knock);
  const before = others.findLastIndex((one) => byArrival(one, knock) < 0);
  return [...others.slice(0, before + 1), knock, ...others.slice(before + 1)];
}

function without<Item extends Identified>(items: readonly Item[], { id }: Identified): readonly Item[] {
  return items.filter((item) => item.id !== id);
}

/** The order of a waiting list: who has waited longest comes first. For `sort`. */
export function byArrival(one: KnockRequest, other: KnockRequest): number {
  // Instants come in one form, of one length: their order is that of the letters.
  if (one.requestedAt !== other.requestedAt) return one.requestedAt < other.requestedAt ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}
