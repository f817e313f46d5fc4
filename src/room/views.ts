import type { ActorViewer } from '../rules/actor.ts';
import type { Ban } from '../rules/ban.ts';
import type { Caller } from '../rules/caller.ts';
import type { Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import type { RoomEvent } from '../rules/room-event.ts';
import type { KnockRecord } from '../storage/knock-request.ts';
import type { EventPage } from '../storage/room-event.ts';
import type { PublishedEvent } from './group-draft.ts';

// What services hand out: a thing, with what is needed around it to show it. All of a view was true at one version.

export interface RoomView {
  /** `room.version` is where the room's events stand. */
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly ownerPresent: boolean;
  readonly participantCount: number;
  /** Who reads it, where that is not the operation's own caller: somebody who has just joined. */
  readonly readAs?: Caller;
}

export interface ParticipantView {
  readonly participant: Participant;
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly readAs?: Caller;
}

export interface KnockView {
  readonly knock: Knock;
  readonly roomName: string;
  readonly lobbyMessage: string | null;
  readonly ownerPresent: boolean;
  /** The answer goes to the knocker itself, whatever credential came with the question. */
  readonly isOwn?: true;
  /** As a stream of the knocker tells it; left out: it is counted where it is asked for. */
  readonly position?: number | null;
}

export interface BanView {
  readonly ban: Ban;
  readonly roomName: string;
}

export interface LiveStreamView {
  readonly liveStream: LiveStream;
  readonly roomName: string;
  /** What its reader may know of people whom others do not see; left out: it is found out from who asks. */
  readonly seenBy?: ActorViewer;
}

/** An event with the things it speaks of, as they are now. */
export interface EventView {
  readonly event: RoomEvent;
  /** What its readers may know of people whom others do not see: nothing, but for what `showTo` hands out. */
  readonly seenBy: ActorViewer;
  readonly roomName: string;
  /** With room events. */
  readonly room: RoomView | null;
  /** With knock events. */
  readonly knock: KnockView | null;
  /** With participants' events. */
  readonly participant: ParticipantView | null;
  readonly liveStream: LiveStreamView | null;
}

/** The reader fell too far behind, or its cursor is not of this record: read the room again and go on from `room.version`. */
export interface ResyncView {
  readonly resync: true;
  readonly at: Date;
  readonly room: Pick<Room, 'id' | 'name' | 'version'>;
}

/** A knock, with the room around it. */
export function knockView(knock: Knock, { room, ownerPresent }: RoomView): KnockView {
  return { knock, roomName: room.name, lobbyMessage: room.lobbyMessage, ownerPresent };
}

export function showKnock({ knock, roomName, lobbyMessage, ownerPresent }: KnockRecord): KnockView {
  return { knock, roomName, lobbyMessage, ownerPresent };
}

export function participantView(
  participant: Participant,
  { room, domain }: Pick<RoomView, 'room' | 'domain'>,
): ParticipantView {
  return { participant, room, domain };
}

export function liveStreamView(liveStream: LiveStream, { room }: Pick<RoomView, 'room'>): LiveStreamView {
  return { liveStream, roomName: room.name };
}

const forWhoSeesAll = new WeakMap<EventView, EventView>();

/**
 * The event as this viewer may have it. There are two of each at most, so that an answer is made once for all who read the same: one
 * that names nobody whom others do not see, and, where somebody is to be named, one for the backend and whoever decides knocks.
 */
export function showTo(view: EventView, seenBy: ActorViewer): EventView {
  if (seenBy === 'SEES_WHO_IS_SHOWN' || !namesUnseen(view)) return view;
  const known = forWhoSeesAll.get(view);
  if (known !== undefined) return known;
  const made: EventView = { ...view, seenBy, liveStream: view.liveStream && { ...view.liveStream, seenBy } };
  forWhoSeesAll.set(view, made);
  return made;
}

function namesUnseen({ event, liveStream }: EventView): boolean {
  return event.payload.by?.unseen === true || liveStream?.liveStream.startedBy.unseen === true;
}

/** An event from the log, with the things it speaks of as they were read with it. */
export function showLogged(event: RoomEvent, page: EventPage, room: RoomView): EventView {
  const { knock, participant, liveStream } = event.payload;
  const knockNow = knock && page.knocks.get(knock.id);
  const participantNow = participant && page.participants.get(participant.id);
  const liveStreamNow = liveStream && page.liveStreams.get(liveStream.id);
  const { name, lobbyMessage } = room.room;
  return {
    event,
    seenBy: 'SEES_WHO_IS_SHOWN',
    roomName: name,
    room: isAboutRoom(event) ? room : null,
    knock: knockNow ? { knock: knockNow, roomName: name, lobbyMessage, ownerPresent: room.ownerPresent } : null,
    participant: participantNow ? { participant: participantNow, room: room.room, domain: room.domain } : null,
    liveStream: liveStreamNow ? { liveStream: liveStreamNow, roomName: name, seenBy: 'SEES_WHO_IS_SHOWN' } : null,
  };
}

function isAboutRoom({ type }: RoomEvent): boolean {
  return type === 'RoomCreated' || type === 'RoomUpdated' || type === 'RoomClosed';
}

/** An event that this process has just committed, with the things it speaks of as they are then. */
export function showPublished({ event, what, room, domain, participantCount }: PublishedEvent): EventView {
  const around = { roomName: room.name, lobbyMessage: room.lobbyMessage, ownerPresent: event.payload.ownerPresent };
  const inRoom: { readonly room: typeof room; readonly domain: DomainDefaults } = { room, domain };
  return {
    event,
    seenBy: 'SEES_WHO_IS_SHOWN',
    roomName: room.name,
    room: isAboutRoom(event) ? { ...inRoom, ownerPresent: event.payload.ownerPresent, participantCount } : null,
    knock: 'knock' in what ? { knock: what.knock, ...around } : null,
    participant: 'participant' in what && what.participant ? { participant: what.participant, ...inRoom } : null,
    liveStream:
      'liveStream' in what ? { liveStream: what.liveStream, roomName: room.name, seenBy: 'SEES_WHO_IS_SHOWN' } : null,
  };
}
