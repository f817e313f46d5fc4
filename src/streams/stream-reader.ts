import type { RoomFinder } from '../room/finder.ts';
import type { Presence } from '../room/presence.ts';
import type { EventView, RoomView } from '../room/views.ts';
import type { Caller } from '../rules/caller.ts';
import { opens, tokensOfSession } from '../rules/handed-out.ts';
import type { Room } from '../rules/room.ts';
import type { EventViewer } from '../rules/room-event.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { EventSource } from './feed.ts';
import type { KnockQueues } from './knock-queue.ts';
import { RoomReader } from './reader.ts';
import type { StreamScope } from './stream.ts';
import { followKey, type KeyDeps } from './stream-key.ts';

export interface StreamDeps extends KeyDeps {
  readonly hub: EventSource & KeyDeps['hub'];
  readonly presence: Presence;
  readonly rooms: Pick<RoomStorage, 'findById' | 'findByName'>;
  readonly finder: RoomFinder;
  readonly knocks: KnockStorage;
  readonly queues: KnockQueues;
  readonly participants: Pick<ParticipantStorage, 'decidesKnocks'>;
}

/** A room as it stood: no more than that, as there are many streams that keep it for as long as they last. */
export type Stand = Pick<Room, 'id' | 'name' | 'version'>;

export function standOf({ room: { id, name, version } }: RoomView): Stand {
  return { id, name, version };
}

/** A room that somebody may follow, from where it stood, and as whom. */
export interface Following {
  readonly ref: RoomRef;
  readonly from: Stand;
  readonly viewer: EventViewer;
}

/** After so long a read that failed is tried again. Milliseconds. */
const retryMs = 500;

/**
 * Reads, however long the database does not answer: meanwhile the stream keeps its place. Null: it was ended before.
 * @throws what `read` throws, where that is no trouble of the database that passes
 */
export async function readOn<T>(
  { onError }: Pick<StreamDeps, 'onError'>,
  scope: StreamScope,
  read: () => Promise<T>,
): Promise<T | null> {
  while (!scope.isEnded()) {
    try {
      return await read();
    } catch (error) {
      const trouble = findDatabaseError(error);
      if (trouble === null || trouble.failure === 'BAD') throw error;
      onError(trouble);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
  return null;
}

/** Does another token open this session now, and the one no more that came with the stream? Asked of each event that speaks of it. */
function isReplaced(caller: Caller, { participant }: EventView): boolean {
  if (caller.kind !== 'PARTICIPANT' || participant?.participant.id !== caller.id) return false;
  return !opens(tokensOfSession(participant.participant), caller.credential);
}

/** Opens a reader of the room that ends with the stream, and with the caller's right. */
export function openReader(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  place: number,
  scope: StreamScope,
): RoomReader {
  const { ref, from, viewer } = following;
  const { feed, release } = deps.hub.watch(ref, from.version);
  scope.onEnd(release);
  scope.onEnd(feed.onMore(scope.wake));
  if (caller.kind === 'BACKEND') followKey(deps, caller, scope);
  return new RoomReader(feed, viewer, place, from.version, (view) => isReplaced(caller, view));
}
