import type { MediaFieldsFragment } from './generated/graphql.ts';
import { sessionIsOver, VestibuleError } from './refusal.ts';
import type { EventListener } from './room-feed.ts';
import type { Participant, RoomEvent } from './room-view.ts';
import { createStore, type Source } from './store.ts';
import type { Transport } from './transport.ts';
import { readViewer } from './viewer.ts';

/** How to connect to the domain's media server: fields of `MediaAccess` in the schema. `token` opens connections until `exp`. */
export type MediaAccess = MediaFieldsFragment;

/** Where the meeting takes place for this participant, and what opens it there. */
export interface Meeting {
  /** A signed statement of who was admitted, for a media server of one's own. Two minutes long. */
  readonly mediaGrant: string;
  /** For the media server that the domain has connected; null: none. */
  readonly media: MediaAccess | null;
  /** Where the page goes once somebody is in; `fillCredentials` puts in what the address asks for. Null: nowhere else. */
  readonly meetingUrl: string | null;
}

/** The meeting of one session, and how it is read again. */
export interface MeetingFeed {
  readonly meeting: Source<Meeting>;
  /** @throws {VestibuleError} */
  readonly readMeeting: () => Promise<Meeting>;
  /** Reads again after an event that says that what was given does not hold any more. */
  readonly hear: EventListener;
  /** Reads again where the room was read at another moment: what happened in between is told by no event. */
  readonly see: (room: { readonly cursor: string }) => void;
}

export function createMeeting(
  transport: Transport,
  joined: Meeting & { readonly room: { readonly cursor: string } },
): MeetingFeed {
  const { mediaGrant, media, meetingUrl } = joined;
  transport.clock?.learnSigned(mediaGrant);
  const meeting = createStore<Meeting>({ mediaGrant, media, meetingUrl });
  const readMeeting = async () => {
    const viewer = await readViewer(transport);
    if (viewer?.__typename !== 'Participant' || viewer.mediaGrant === null) {
      throw new VestibuleError('UNAUTHENTICATED', sessionIsOver);
    }
    meeting.set({ mediaGrant: viewer.mediaGrant, media: viewer.media, meetingUrl: viewer.meetingUrl });
    return meeting.get();
  };
  let seenAt = joined.room.cursor;
  // It is asked for with patience; what fails for good is told by whatever follows the room.
  const readAgain = () => void readMeeting().catch(() => undefined);
  return {
    meeting,
    readMeeting,
    hear: (event, { me }) => {
      if (mayBeElsewhere(event, me)) readAgain();
    },
    see: ({ cursor }) => {
      if (cursor !== seenAt) readAgain();
      seenAt = cursor;
    },
  };
}

/** Was the media server changed, or may the address have been? A room's settings do not show it to those inside. */
function mayBeElsewhere(event: RoomEvent, me: Participant): boolean {
  if (event.by === null || event.by.kind === 'PARTICIPANT') return false;
  if (event.__typename === 'RoomUpdated') return event.by.kind === 'BACKEND';
  return event.__typename === 'ParticipantUpdated' && event.participant.id === me.id && isCutOff(me, event.participant);
}

/** It is not told that one comes or goes: the media server may be another one, or has lost one. */
function isCutOff(before: Participant, now: Participant): boolean {
  return now.connection === before.connection && now.mediaConnection !== 'CONNECTED';
}
