import type { JoinedFieldsFragment } from './generated/graphql.ts';
import { createKnockActions, type KnockActions } from './knock-actions.ts';
import { createMeeting, type MediaAccess, type Meeting } from './meeting.ts';
import { createParticipantActions, type ParticipantActions } from './participant-actions.ts';
import { createRoomActions, type RoomActions } from './room-actions.ts';
import { createRoomFeed, type EventListener } from './room-feed.ts';
import type { Reading } from './room-reading.ts';
import type { Participant, RoomView } from './room-view.ts';
import type { Store } from './store.ts';
import type { Transport } from './transport.ts';
import { createWaitingList, type WaitingList } from './waiting-list.ts';

/** Somebody in a room, and all that they may do there. */
export interface Session extends KnockActions, ParticipantActions, RoomActions {
  /** The credential of this participant: keep it for this tab, and hand it to nobody. */
  readonly sessionToken: string;
  readonly participant: Participant;
  /** For the media server, as it was when joining; `freshMediaGrant` gets a new one. */
  readonly mediaGrant: string;
  readonly freshMediaGrant: () => Promise<string>;
  /** Where the meeting takes place, filled in for this participant, as it was when joining. Null: on the service's page, or wherever this is. */
  readonly meetingUrl: string | null;
  /** How to connect to the media server, for a minute after joining. Null: there is none. */
  readonly media: MediaAccess | null;
  /** The three above as they were read last. */
  readonly meeting: Store<Meeting>;
  /**
   * Reads them again: do so for each new connection to the media server, since what opens one is good for a minute. They are read
   * by themselves when another media server takes the place, while `view` is followed.
   */
  readonly readMeeting: () => Promise<Meeting>;
  /** The room and who is in it, kept up to date. */
  readonly view: Store<RoomView>;
  /** Who waits: for owners and admins of participants. */
  readonly waitingList: Store<WaitingList>;
  /** Reads the room, so that `view` shows it before anybody follows. */
  readonly load: () => Promise<void>;
  /** Calls back with each event, while `view` or `waitingList` is followed. The answer ends it. */
  readonly onEvent: (listener: EventListener) => () => void;
}

/**
 * @param transport with the session's own credential
 * @param reading the room, where it was read already
 */
export function createSession(
  transport: Transport,
  joined: JoinedFieldsFragment,
  reading: Reading | null = null,
): Session {
  const listeners = new Set<EventListener>();
  const { meeting, readMeeting, hear, see } = createMeeting(transport, joined);
  const onEvent: EventListener = (event, before) => {
    hear(event, before);
    for (const listener of listeners) listener(event, before);
  };
  const { view, load } = createRoomFeed(transport, joined, reading, { onEvent, onRead: see });
  const { name } = joined.room;
  return {
    sessionToken: joined.sessionToken,
    participant: joined.participant,
    mediaGrant: joined.mediaGrant,
    freshMediaGrant: async () => (await readMeeting()).mediaGrant,
    meetingUrl: joined.meetingUrl,
    media: joined.media,
    meeting,
    readMeeting,
    view,
    waitingList: createWaitingList(view),
    load,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...createKnockActions(transport, name, view),
    ...createParticipantActions(transport, name, view),
    ...createRoomActions(transport, name, view),
  };
}
