import type { Clock } from '../room/clock.ts';
import { type EventView, type LiveStreamView, participantView, type RoomView, showTo } from '../room/views.ts';
import { type BackendCaller, type Caller, hasScope, requireBackend } from '../rules/caller.ts';
import type { DomainId, RoomId } from '../rules/ids.ts';
import { decodeCursor, encodeCursor } from '../rules/ids.ts';
import { type Forbidden, forbidden, type InvalidInput, invalidInput, isRefusal } from '../rules/refusal.ts';
import { actorViewerOf, type EventViewer, maySeeEvent } from '../rules/room-event.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { MeetingTokenStorage } from '../storage/meeting-token.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { EntryGlance } from '../storage/room-store.ts';
import type { EventReads } from '../streams/feed.ts';
import type { DomainDirectory } from './domain-directory.ts';
import { type KnockListArgs, listKnocks, mayDecideIn } from './knock-lists.ts';
import { findActorViewer } from './live-stream.ts';
import { type Page, type PageArgs, pageOf, readPageArgs } from './page.ts';

export interface RoomReadDeps {
  readonly rooms: Pick<RoomStorage, 'findByName' | 'findById'>;
  readonly participants: Pick<
    ParticipantStorage,
    'listInside' | 'countInside' | 'listBans' | 'latestLiveStream' | 'findLiveStream' | 'decidesKnocks'
  >;
  readonly knocks: Pick<KnockStorage, 'list' | 'count'>;
  readonly meetingTokens: Pick<MeetingTokenStorage, 'list'>;
  readonly events: EventReads;
  readonly domains: DomainDirectory;
  readonly clock: Clock;
  readonly glanceAtEntry: (domainId: DomainId, name: string) => Promise<EntryGlance>;
}

/** Reads rooms: for the domain's backend, and for people who are inside. */
export function createRoomReads(deps: RoomReadDeps) {
  return {
    /** Null: there is no such room, or this caller may not know of it. */
    findByName: async (caller: Caller, name: string) => {
      const may = await mayRead(deps, caller);
      if (isRefusal(may)) return may;
      if (may.roomId === null) {
        const found = await deps.rooms.findByName(may.domainId, name);
        if (found !== null && caller.kind === 'BACKEND') caller.onDomainSeen?.(found.domain.version);
        return found;
      }
      const own = await deps.rooms.findById(may.domainId, may.roomId);
      return own?.room.name === name ? own : null;
    },
    findById: async (caller: Caller, id: RoomId) => {
      const may = await mayRead(deps, caller);
      if (isRefusal(may)) return may;
      return may.roomId === null || may.roomId === id ? deps.rooms.findById(may.domainId, id) : null;
    },
    participants: async (asking: Caller, view: RoomView, args: PageArgs) => {
      const caller = callerFor(asking, view);
      const { room, domain } = view;
      const may = await mayRead(deps, caller);
      if (isRefusal(may)) return may;
      const own = caller.kind === 'PARTICIPANT' ? caller.id : 'ALL';
      return pageOf(
        args,
        (request) => deps.participants.listInside(room.domainId, room.id, own, request),
        () => deps.participants.countInside(room.domainId, room.id, own),
        (one) => ({ item: participantView(one, { room, domain }), position: { at: one.joinedAt, id: one.id } }),
      );
    },
    /** For the backend alone: others learn where to go when they are in. */
    meetingUrl: (caller: Caller, view: RoomView): string | null =>
      callerFor(caller, view).kind === 'BACKEND' ? view.room.meetingUrl : null,
    liveStream: async (caller: Caller, view: RoomView): Promise<LiveStreamView | null> => {
      const { room } = view;
      const liveStream = await deps.participants.latestLiveStream(room.domainId, room.id);
      if (liveStream === null) return null;
      const seenBy = liveStream.startedBy.unseen
        ? await findActorViewer(deps, callerFor(caller, view), room.id)
        : 'SEES_ALL';
      return { liveStream, roomName: room.name, seenBy };
    },
    ...createOwnerReads(deps),
  };
}

/** The reader of this view: the one that the view names, or else the operation's caller. */
function callerFor(caller: Caller, view: RoomView): Caller {
  return view.readAs ?? caller;
}

/** What only owners, admins and the backend read of a room. */
function createOwnerReads(deps: RoomReadDeps) {
  const guarded = async <T>(asking: Caller, view: RoomView, read: () => Promise<T>): Promise<T | Forbidden> => {
    const may = await mayDecideIn(deps, callerFor(asking, view), view.room.id);
    return isRefusal(may) ? may : read();
  };
  return {
    knockRequests: (caller: Caller, view: RoomView, args: KnockListArgs) =>
      guarded(caller, view, () => listKnocks(deps, view.room.domainId, view.room.id, args)),
    bans: (caller: Caller, view: RoomView, args: PageArgs) => guarded(caller, view, () => listBans(deps, view, args)),
    events: (caller: Caller, view: RoomView, args: PageArgs) =>
      caller.kind === 'BACKEND'
        ? readRecord(deps, caller, view, args)
        : guarded(caller, view, () => recordOf(deps, view, args, true)),
    meetingTokens: async (asking: Caller, view: RoomView, args: PageArgs) => {
      const caller = callerFor(asking, view);
      const filter = { roomId: view.room.id, roomName: null, userId: null };
      const read = () =>
        pageOf(
          args,
          (request) => deps.meetingTokens.list(view.room.domainId, filter, request),
          null,
          (item) => ({ item, position: { at: item.createdAt, id: item.id } }),
        );
      const backend = requireBackend(caller, 'TOKENS');
      return isRefusal(backend) && caller.kind !== 'PARTICIPANT'
        ? backend
        : caller.kind === 'BACKEND'
          ? read()
          : guarded(caller, view, read);
    },
  };
}

function listBans({ participants }: RoomReadDeps, { room }: RoomView, args: PageArgs) {
  return pageOf(
    args,
    (request) => participants.listBans(room.domainId, room.id, request),
    null,
    (ban) => ({ item: { ban, roomName: room.name }, position: { at: ban.createdAt, id: ban.id } }),
  );
}

async function readRecord(deps: RoomReadDeps, caller: BackendCaller, view: RoomView, args: PageArgs) {
  const backend = requireBackend(caller, 'READ');
  return isRefusal(backend) ? backend : recordOf(deps, view, args, hasScope(caller.apiKey, 'ADMISSION'));
}

/** Which rooms this caller may read: all rooms of its domain, or the one that it is in. */
async function mayRead({ participants }: RoomReadDeps, caller: Caller) {
  if (caller.kind !== 'PARTICIPANT') {
    const backend = requireBackend(caller, 'READ');
    return isRefusal(backend) ? backend : { domainId: backend.domainId, roomId: null };
  }
  const isInside = !caller.hasEnded && (await participants.decidesKnocks(caller.domainId, caller.id)) !== null;
  return isInside ? { domainId: caller.domainId, roomId: caller.roomId } : forbidden('UNAUTHENTICATED');
}

/** The record of a room, oldest first. */
async function recordOf(
  { events }: Pick<RoomReadDeps, 'events'>,
  room: RoomView,
  args: PageArgs,
  seesKnocks: boolean,
): Promise<Page<EventView> | InvalidInput> {
  const { first, after } = args;
  const cursor = after === null || after === undefined ? { roomId: room.room.id, seq: 0 } : decodeCursor(after);
  if (cursor === null || cursor.roomId !== room.room.id) {
    return invalidInput([{ path: ['after'], message: 'must be a cursor from this room' }]);
  }
  const request = readPageArgs({ first });
  if (isRefusal(request)) return request;
  const viewer: EventViewer = { kind: 'BACKEND', seesKnocks };
  return fillPage(
    (seq, limit) => events.readAfter({ domainId: room.room.domainId, roomId: room.room.id }, seq, limit),
    cursor.seq,
    request.limit,
    viewer,
    room,
  );
}

const step = 200;

/** Reads until the page is full: events that this caller may not see take no place in it. */
async function fillPage(
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
    seen.push(...visible.map((view) => showTo(view, actorViewerOf(viewer))));
    if (events.length < step) break;
    seq = events.at(-1)?.event.seq ?? seq;
  }
  const items = seen.slice(0, limit).map((item) => ({ item, cursor: encodeCursor(room.id, item.event.seq) }));
  const totalCount = () => Promise.reject(new Error('this list is not counted'));
  return { items, hasNextPage: seen.length > limit, hasPreviousPage: from > 0, totalCount };
}
