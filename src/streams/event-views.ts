import type { PublishedEvent } from '../room/group-draft.ts';
import type { EventView, RoomView } from '../room/views.ts';
import type { DomainDefaults } from '../rules/room.ts';
import type { RoomEvent } from '../rules/room-event.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { EventLog, EventPage } from '../storage/room-event.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** Events from the log, with the objects that they are about. */
export interface EventReads {
  /** The events after a position, in their order, including those that nobody sees. */
  readonly readAfter: (ref: RoomRef, seq: number, limit: number) => Promise<readonly EventView[]>;
}

export function createEventReads(log: EventLog, rooms: Pick<RoomStorage, 'findById'>): EventReads {
  const readAfter = async (ref: RoomRef, seq: number, limit: number): Promise<readonly EventView[]> => {
    const page = await log.readAfter(ref, seq, limit);
    if (page.events.length === 0) return [];
    const room = await rooms.findById(ref.domainId, ref.roomId);
    return room === null ? [] : page.events.map((event) => hydrate(event, page, room));
  };
  return { readAfter };
}

function hydrate(event: RoomEvent, page: EventPage, room: RoomView): EventView {
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
