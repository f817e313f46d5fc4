import { refuseWithout } from '../rules/authority.ts';
import {
  type Caller,
  hasScope,
  isNobody,
  needs,
  type ParticipantCaller,
  refuseCaller,
  requireBackend,
} from '../rules/caller.ts';
import { type Cursor, type DomainId, decodeCursor } from '../rules/ids.ts';
import { forbidden, invalidInput, isRefusal, notFound, type Refusal } from '../rules/refusal.ts';
import type { EventViewer } from '../rules/room-event.ts';
import type { RoomRecord } from '../storage/room.ts';
import { createDomainLooks } from '../streams/domain-look.ts';
import { followOwnKnock } from '../streams/own-knock.ts';
import { type Following, type StreamDeps, standOf } from '../streams/reader.ts';
import { followRoomEvents } from '../streams/room-events.ts';
import { createStream, type StreamScope } from '../streams/stream.ts';
import { followDomainKnocks, followRoomKnocks } from '../streams/waiting-list.ts';

export type StreamService = Pick<ReturnType<typeof createStreamService>, 'knockRequested' | 'myKnock' | 'roomEvents'>;

interface RoomEventsArgs {
  readonly roomName: string | null;
  readonly after: string | null;
}

/**
 * Streams: each begins with the current state, continues with what happens, and ends with the caller's right to it. A stream starts or is
 * refused; once started it ends by completing. `return()` frees all that it holds.
 */
export function createStreamService(deps: StreamDeps) {
  const open = new Set<StreamScope>();
  const looks = createDomainLooks(deps.knocks);
  // A reader may leave before it asks for anything. Then `run` never starts, and what the stream holds must be freed all the same.
  const start = <T>(release: () => void, run: (scope: StreamScope) => AsyncGenerator<T, void, void>) =>
    createStream<T>((scope) => {
      open.add(scope);
      scope.onEnd(() => open.delete(scope));
      scope.onEnd(release);
      return run(scope);
    });
  return {
    /** How many streams are open in this process. */
    openCount: () => open.size,
    endAll: () => {
      for (const scope of open) scope.end();
    },
    roomEvents: async (caller: Caller, { roomName, after }: RoomEventsArgs) => {
      if (caller.kind === 'KNOCKER') return refuseCaller(caller, needs.apiKeyOrInside);
      const cursor = after === null ? null : decodeCursor(after);
      if (after !== null && cursor === null)
        return invalidInput([{ path: ['after'], message: 'must be a cursor from this room' }]);
      const following = await follow(deps, caller, roomName, cursor);
      if (isRefusal(following)) return following;
      return start(following.release, (scope) => followRoomEvents(deps, caller, following, cursor, scope));
    },
    knockRequested: async (caller: Caller, roomName: string | null) => {
      if (caller.kind === 'BACKEND' && !hasScope(caller.apiKey, 'ADMISSION')) {
        return refuseCaller(caller, needs.scope('ADMISSION'));
      }
      if (caller.kind === 'BACKEND' && roomName === null) {
        return start(noRelease, (scope) => followDomainKnocks(deps, looks, caller, scope));
      }
      const refusal = caller.kind === 'PARTICIPANT' ? await refuseWatcher(deps, caller) : null;
      if (refusal !== null) return refusal;
      const following = await follow(deps, caller, roomName);
      if (isRefusal(following)) return following;
      const { viewer } = following;
      // The right may have gone since it was looked at.
      if (viewer.kind === 'PARTICIPANT' && !viewer.decidesKnocks) {
        following.release();
        return refuseWithout('PARTICIPANTS');
      }
      return start(following.release, (scope) => followRoomKnocks(deps, caller, following, scope));
    },
    myKnock: async (caller: Caller) => {
      if (isNobody(caller) || caller.kind !== 'KNOCKER') return refuseCaller(caller, needs.knock);
      const held = await deps.presence.hold(caller, caller);
      if (isRefusal(held)) return held;
      const from = standOf(held.room);
      return start(held.release, (scope) => followOwnKnock(deps, caller, from, scope));
    },
  };
}

const noRelease = () => {};

/** Checked before the room hears that somebody is present: a caller who is refused does not count as present. */
async function refuseWatcher(deps: StreamDeps, caller: ParticipantCaller): Promise<Refusal | null> {
  const may = await deps.participants.decidesKnocks(caller.domainId, caller.id);
  if (may === null) return forbidden(caller.isOwner ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED');
  return may ? null : refuseWithout('PARTICIPANTS');
}

type HeldFollowing = Following & {
  /** Ends the presence that this stream gave to its caller. */
  readonly release: () => void;
};

async function follow(
  deps: StreamDeps,
  caller: Caller,
  roomName: string | null,
  cursor: Cursor | null = null,
): Promise<HeldFollowing | Refusal> {
  if (caller.kind === 'PARTICIPANT') {
    if (roomName !== null && roomName !== caller.roomName) return notFound();
    const held = await deps.presence.hold(caller, caller);
    if (isRefusal(held)) return held;
    const { decidesKnocks, joinedAt, release } = held;
    const viewer: EventViewer = { kind: 'PARTICIPANT', id: caller.id, decidesKnocks, joinedAt };
    return { ref: caller, from: standOf(held.room), viewer, release };
  }
  const backend = requireBackend(caller, 'READ');
  if (isRefusal(backend) || caller.kind !== 'BACKEND')
    return isRefusal(backend) ? backend : refuseCaller(caller, needs.apiKeyOrSession);
  if (roomName === null) return invalidInput([{ path: ['roomName'], message: 'is required: name the room to follow' }]);
  const room = await findFollowed(deps, backend.domainId, roomName, cursor);
  if (room === null) return notFound();
  const viewer: EventViewer = { kind: 'BACKEND', seesKnocks: hasScope(caller.apiKey, 'ADMISSION') };
  return { ref: { domainId: backend.domainId, roomId: room.room.id }, from: standOf(room), viewer, release: noRelease };
}

/**
 * The room of this name. A place in one that has closed since leads on through that one, as long as people stay in it, to its end; behind
 * that there is nothing more to tell of it.
 */
async function findFollowed(
  { rooms, log }: StreamDeps,
  domainId: DomainId,
  roomName: string,
  cursor: Cursor | null,
): Promise<RoomRecord | null> {
  const open = await rooms.findByName(domainId, roomName);
  if (cursor === null || cursor.roomId === open?.room.id) return open;
  const before = await rooms.findById(domainId, cursor.roomId);
  if (before?.room.name !== roomName) return open;
  const isGoingOn = !before.room.isOver || (await log.endsAfter({ domainId, roomId: cursor.roomId }, cursor.seq));
  return isGoingOn ? before : open;
}
