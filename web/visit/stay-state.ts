import {
  answersKnocks,
  type MediaAccess,
  type Participant,
  type RoomEvent,
  type RoomView,
} from '../../packages/client/src/index.ts';

/**
 * The current state of the room without those who wait, and what this page remembers from its events. Whoever knocks changes none of it, and
 * so draws the list of who waits alone.
 */
export interface StayState extends Omit<RoomView, 'waiting'> {
  /** Do sound and picture go by a media server of which this page shows what is on? */
  readonly hasMedia: boolean;
  /** The meeting is on a Jitsi, which is shown in a frame. */
  readonly jitsi: MediaAccess | null;
  /** Grows whenever somebody may have been banned. */
  readonly banCount: number;
}

/** What this page remembers from an event, besides what the view shows. */
export function afterEvent(state: StayState, event: RoomEvent): StayState {
  switch (event.__typename) {
    case 'KnockRequested':
    case 'KnockChanged':
      return event.knockRequest.status === 'DENIED' ? { ...state, banCount: state.banCount + 1 } : state;
    case 'ParticipantLeft':
      return event.leaveReason === 'BANNED' ? { ...state, banCount: state.banCount + 1 } : state;
    default:
      return state;
  }
}

/** May this person only watch and listen? */
export function isListener({ permissions }: Participant): boolean {
  return permissions.canSend.length === 0;
}

/** Does this person answer knocks without being an owner? */
export function isCoHost(person: Participant): boolean {
  return !person.isOwner && answersKnocks(person);
}
