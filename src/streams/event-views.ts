import type { PublishedEvent } from '../room/group-draft.ts';
import { type EventView, type RoomView, showTo } from '../room/views.ts';
import { decodeCursor, encodeCursor } from '../rules/ids.ts';
import { type InvalidInput, invalidInput, isRefusal } from '../rules/refusal.ts';
import type { DomainDefaults } from '../rules/room.ts';
import { type EventViewer, maySeeEvent, type RoomEvent, readerOf } from '../rules/room-event.ts';
import { readPageArgs } from '../services/input.ts';
import type { Page, PageArgs } from '../services/page.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { EventLog, EventPage } from '../storage/room-event.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** Events with the things they speak of, as they are read from the log. */
export interface EventReads {
  /** The events after a place, in their order, those too that nobody is shown. */
  readonly readAfter: (ref: RoomRef, seq: number, limit: number) => Promise<readonly EventView[]>;
  /** The record of a room, oldest first. */
  readonly record: (room: RoomView, args: PageArgs, seesKnocks: boolean) => Promise<Page<EventView> | InvalidInput>;
}

export function createEventReads(log: EventLog, rooms: Pick<RoomStorage, 'findById'>): EventReads {
  const readAfter = async (ref: RoomRef, seq: number, limit: number): Promise<readonly EventView[]> => {
    const page = await log.readAfter(ref, seq, limit);
    if (page.events.length === 0) return [];
    const room = await rooms.findById(ref.domainId, ref.roomId);
    return room === null ? [] : page.events.map((event) => hydrate(event, page, room));
  };
  return {
    readAfter,
    record: async (room, args, seesKnocks) => {
      const { after, before, last } = args;
      const cursor = after === null || after === undefined ? { roomId: room.room.id, seq: 0 } : decodeCursor(after);
      if (cursor === null || cursor.roomId !== room.room.id) {
        return invalidInput([{ path: ['after'], message: 'is not a cursor of this room' }]);
      }
      const request = readPageArgs({ first: args.first, last, before });
      if (isRefusal(request)) return request;
      const viewer: EventViewer = { kind: 'BACKEND', seesKnocks };
      return readRecord(
        (seq, limit) => readAfter({ domainId: room.room.domainId, roomId: room.room.id }, seq, limit),
        cursor.seq,
        request.limit,
        viewer,
        room,
      );
    },
  };
}

const step = 200;

/** Reads on until the page is full: events that are not shown take no place in it. */
async function readRecord(
  read: (seq: number, limit: number) => Promise<readonly EventView[]>,
  from: number,
  limit: number,
  viewer: EventViewer,
  { room }: RoomView,
): Promise<Page<EventView>> {
  const seen: EventView[] = [];
  for (let seq = from; seen.length <= limit; ) {
    const events = await read(seq, step);
    const visible = events.filter(({ event }) => maySeeEvent(event, viewer));
    seen.push(...visible.map((view) => showTo(view, readerOf(viewer))));
    if (events.length < step) break;
    seq = events.at(-1)?.event.seq ?? seq;
  }
  const items = seen.slice(0, limit).map((item) => ({ item, cursor: encodeCursor(room.id, item.event.seq) }));
  const totalCount = () => Promise.reject(new Error('this list is not counted'));
  return { items, hasNextPage: seen.length > limit, hasPreviousPage: from > 0, totalCount };
}

function hydrate(event: RoomEvent, page: EventPage, room: RoomView): EventView {
  const { knock, participant, liveStream } = event.payload;
  const knockNow = knock && page.knocks.get(knock.id);
  const participantNow = participant && page.participants.get(participant.id);
  const liveStreamNow = liveStream && page.liveStreams.get(liveStream.id);
  const { name, lobbyMessage } = room.room;
  return {
    event,
    reader: 'SEES_WHO_IS_SHOWN',
    roomName: name,
    room: isAboutRoom(event) ? room : null,
    knock: knockNow ? { knock: knockNow, roomName: name, lobbyMessage, ownerPresent: room.ownerPresent } : null,
    participant: participantNow ? { participant: participantNow, room: room.room, domain: room.domain } : null,
    liveStream: liveStreamNow ? { liveStream: liveStreamNow, roomName: name, reader: 'SEES_WHO_IS_SHOWN' } : null,
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
    reader: 'SEES_WHO_IS_SHOWN',
    roomName: room.name,
    room: isAboutRoom(event) ? { ...inRoom, ownerPresent: event.payload.ownerPresent, participantCount } : null,
    knock: 'knock' in what ? { knock: what.knock, ...around } : null,
    participant: 'participant' in what && what.participant ? { participant: what.participant, ...inRoom } : null,
    liveStream:
      'liveStream' in what ? { liveStream: what.liveStream, roomName: room.name, reader: 'SEES_WHO_IS_SHOWN' } : null,
  };
}
