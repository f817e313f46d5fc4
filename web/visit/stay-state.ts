import type { Actor, Knock, LiveStream, Participant, Room, RoomEvent } from '../api/shapes.ts';

export interface MediaWish {
  readonly by: Actor | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screenShare: boolean;
}

/** The room as its events have left it. */
export interface StayState {
  readonly room: Room;
  readonly me: Participant;
  /** In order of joining, oneself among them. */
  readonly people: ReadonlyMap<string, Participant>;
  /** Who waits, oldest first; empty for who does not answer them. */
  readonly knocks: ReadonlyMap<string, Knock>;
  readonly liveStream: LiveStream | null;
  /** What a host asks one to switch on. */
  readonly wish: MediaWish | null;
  /** Grows whenever somebody may have been banned. */
  readonly banCount: number;
  /** Everything up to here is in the state. */
  readonly cursor: string;
}

/** The state after an event. Events tell what holds now, so one that comes twice changes nothing. */
export function applyEvent(state: StayState, event: RoomEvent): StayState {
  const next = { ...state, cursor: event.cursor };
  switch (event.__typename) {
    case 'RoomUpdated':
      return { ...next, room: event.room };
    case 'KnockRequested':
    case 'KnockChanged': {
      const banCount = next.banCount + (event.knockRequest.status === 'DENIED' ? 1 : 0);
      return { ...withKnock(next, event.knockRequest), banCount };
    }
    case 'ParticipantJoined':
    case 'ParticipantUpdated':
      return withParticipant(next, event.participant);
    case 'ParticipantLeft': {
      const people = new Map(next.people);
      people.delete(event.participant.id);
      return { ...next, people, banCount: next.banCount + (event.leaveReason === 'BANNED' ? 1 : 0) };
    }
    case 'MediaRequested': {
      const audio = event.audio && !next.me.audio;
      const video = event.video && !next.me.video;
      const screenShare = event.screenShare && !next.me.screenShare;
      // What is on already need not be asked for.
      return audio || video || screenShare ? { ...next, wish: { by: event.by, audio, video, screenShare } } : next;
    }
    case 'LiveStreamChanged':
      return { ...next, liveStream: event.liveStream };
    case 'RoomCreated':
    case 'RoomClosed':
    case 'Resync':
      return next;
    default:
      return event satisfies never;
  }
}

export function withKnock(state: StayState, knock: Knock): StayState {
  const knocks = new Map(state.knocks);
  if (knock.status === 'PENDING') knocks.set(knock.id, knock);
  else knocks.delete(knock.id);
  return { ...state, knocks };
}

export function withParticipant(state: StayState, participant: Participant): StayState {
  const people = new Map(state.people);
  const isMe = participant.id === state.me.id;
  if (participant.connection === 'LEFT') people.delete(participant.id);
  else people.set(participant.id, participant);
  return { ...state, people, me: isMe ? participant : state.me };
}

export function decidesKnocks({ me }: StayState): boolean {
  return me.permissions.canAdmin.includes('PARTICIPANTS');
}

/** May not send anything: sees and hears. */
export function isListener({ permissions }: Participant): boolean {
  return permissions.canSend.length === 0;
}
