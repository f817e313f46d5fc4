import type { Actor, MediaAccess, Participant, RoomEvent, RoomView } from '../../packages/client/src/index.ts';

export interface MediaWish {
  readonly by: Actor | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
}

/** The current state of the room, and what this page remembers from its events. */
export interface StayState extends RoomView {
  /** Do sound and picture go by a media server of which this page shows what is on? */
  readonly hasMedia: boolean;
  /** The meeting is on a Jitsi, which is shown in a frame. */
  readonly jitsi: MediaAccess | null;
  /** What a host asks the visitor to switch on. */
  readonly wish: MediaWish | null;
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
    case 'MediaRequested': {
      const { me } = state;
      const audio = event.audio && !me.audio;
      const video = event.video && !me.video;
      const screenShare = event.screenShare && !me.screenShare;
      // A host need not ask for what is on already.
      return audio || video || screenShare ? { ...state, wish: { by: event.by, audio, video, screenShare } } : state;
    }
    default:
      return state;
  }
}

/** May this person only watch and listen? */
export function isListener({ permissions }: Participant): boolean {
  return permissions.canSend.length === 0;
}
