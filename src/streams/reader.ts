import type { RoomFinder } from '../room/finder.ts';
import type { Presence } from '../room/presence.ts';
import { type EventView, type RoomView, showTo } from '../room/views.ts';
import type { Caller, ParticipantCaller } from '../rules/caller.ts';
import { opens, tokensOfSession } from '../rules/credentials.ts';
import { isInside, mayAdminister, type Participant } from '../rules/participant.ts';
import type { Room } from '../rules/room.ts';
import { actorViewerOf, type EventViewer, foldViewer, isBeforeStay, maySeeEvent } from '../rules/room-event.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { EventLog } from '../storage/room-event.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { EventSource, Feed } from './feed.ts';
import type { KnockQueues } from './knock-queue.ts';
import type { StreamScope } from './stream.ts';
import { followKey, type KeyDeps } from './stream-key.ts';

/** What a reader of a room finds next. */
export type NextEvents =
  | { readonly kind: 'EVENTS'; readonly events: readonly EventView[] }
  /** It fell out of the ring, or its place is older than the record, or than what the viewer may know of it. */
  | { readonly kind: 'RESYNC' }
  /** The viewer's right ended with the last of these. */
  | { readonly kind: 'END'; readonly events: readonly EventView[] };

/**
 * One subscriber's place in a room's events. What the viewer may not see is left out; what it may is folded from the events
 * themselves, in their order, so that nothing is handed over after the right to it has ended.
 */
export class EventReader {
  readonly #feed: Feed;
  /** After this event the viewer's rights are folded from the events; before it, the current rights count. */
  readonly #foldsFrom: number;
  readonly #isLast: (view: EventView) => boolean;
  #viewer: EventViewer;
  #place: number;
  #isCatchingUp: boolean;
  /** Has nothing been read yet that happened within the viewer's stay? */
  #isBefore = true;

  /** @param isLast says whether the right ended with an event for a reason that the viewer alone does not show */
  constructor(
    feed: Feed,
    viewer: EventViewer,
    place: number,
    foldsFrom: number,
    isLast: (view: EventView) => boolean = () => false,
  ) {
    this.#feed = feed;
    this.#viewer = viewer;
    this.#place = place;
    this.#foldsFrom = foldsFrom;
    this.#isLast = isLast;
    this.#isCatchingUp = true;
  }

  /** The number of the latest event that was read. */
  get place(): number {
    return this.#place;
  }

  get viewer(): EventViewer {
    return this.#viewer;
  }

  /** Goes on from where the room stands now, as whoever the viewer has become within the gap. */
  resync(version: number, viewer: EventViewer): void {
    this.#place = version;
    this.#viewer = viewer;
    this.#isCatchingUp = true;
  }

  /** Everything that is known of was read: there is only to wait. A part of the log in which nothing is seen is not the end of it. */
  get isUpToDate(): boolean {
    return this.#place >= this.#feed.last;
  }

  /** What has happened since, where it is in memory: nobody waits for it. Null: `read` must look. */
  readAtHand(): NextEvents | null {
    const atHand = this.#feed.after(this.#place);
    if (atHand === null) return null;
    this.#isCatchingUp = false;
    return this.#take(atHand);
  }

  /** What has happened since, in memory or in the log. */
  async read(): Promise<NextEvents> {
    const atHand = this.readAtHand();
    if (atHand !== null) return atHand;
    if (!this.#isCatchingUp) return { kind: 'RESYNC' };
    const events = await this.#feed.readBefore(this.#place);
    // A gap at the beginning: the record does not reach back so far.
    if (events[0]?.event.seq !== this.#place + 1) return { kind: 'RESYNC' };
    return this.#take(events);
  }

  #take(events: readonly EventView[]): NextEvents {
    const seen: EventView[] = [];
    for (const view of events) {
      this.#place = view.event.seq;
      this.#isBefore = this.#isBefore && isBeforeStay(view.event, this.#viewer);
      if (this.#isBefore && maySeeEvent(view.event, this.#viewer)) return { kind: 'RESYNC' };
      // What was before says nothing of the right with which the stream was opened, nor of the token that opened it.
      const isNews = view.event.seq > this.#foldsFrom;
      const folded = isNews ? foldViewer(view.event, this.#viewer) : this.#viewer;
      // What changes the viewer's right is judged by the lesser of the two.
      if (maySeeEvent(view.event, this.#viewer)) seen.push(showTo(view, actorViewerOf(this.#viewer)));
      if (folded === null || (isNews && this.#isLast(view))) return { kind: 'END', events: seen };
      this.#viewer = folded;
      if (view.event.type === 'RoomClosed') return { kind: 'END', events: seen };
    }
    return { kind: 'EVENTS', events: seen };
  }
}

export interface StreamDeps extends KeyDeps {
  readonly hub: EventSource & KeyDeps['hub'];
  readonly presence: Presence;
  readonly rooms: Pick<RoomStorage, 'findById' | 'findByName'>;
  readonly log: Pick<EventLog, 'endsAfter'>;
  readonly finder: RoomFinder;
  readonly knocks: KnockStorage;
  readonly queues: KnockQueues;
  readonly participants: Pick<ParticipantStorage, 'decidesKnocks' | 'findById'>;
}

/** A room as it was. It holds little, because each of many streams keeps one as long as it lasts. */
export type Stand = Pick<Room, 'id' | 'isOver' | 'name' | 'version'>;

export function standOf({ room: { id, isOver, name, version } }: Pick<RoomView, 'room'>): Stand {
  return { id, isOver, name, version };
}

/** A room that somebody may follow, from where it stood, and as whom. */
export interface Following {
  readonly ref: RoomRef;
  readonly from: Stand;
  readonly viewer: EventViewer;
}

/** After how many milliseconds a failed read is tried again. */
const retryMs = 500;

/**
 * Reads, however long the database does not answer: meanwhile the stream keeps its place. Null: it was ended before.
 * @throws what `read` throws, unless the database is in trouble that will pass
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

/** Does the token that came with the stream open this session still? */
function isOpenedBy(participant: Participant, caller: ParticipantCaller): boolean {
  return opens(tokensOfSession(participant), caller.credential);
}

/** Has another token replaced the one with which the stream was opened? It is checked with each event about this session. */
function isReplaced(caller: Caller, { participant }: EventView): boolean {
  if (caller.kind !== 'PARTICIPANT' || participant?.participant.id !== caller.id) return false;
  return !isOpenedBy(participant.participant, caller);
}

/**
 * Where a stream goes on after events that it has not seen, and as whom: one of them may have ended the caller's right, or changed it.
 * Null: it has ended, or the stream was ended before.
 */
export async function findStand(
  deps: StreamDeps,
  caller: Caller,
  { ref, from, viewer }: Following,
  scope: StreamScope,
): Promise<{ readonly stand: Stand; readonly viewer: EventViewer } | null> {
  if (caller.kind !== 'PARTICIPANT') {
    const now = await readOn(deps, scope, () => deps.rooms.findById(ref.domainId, ref.roomId));
    return { stand: now === null ? from : standOf(now), viewer };
  }
  const own = await readOn(deps, scope, () => deps.participants.findById(ref.domainId, caller.id));
  if (own === null || !isInside(own.participant) || !isOpenedBy(own.participant, caller)) return null;
  const { id, joinedAt } = own.participant;
  const decidesKnocks = mayAdminister(own.participant, 'PARTICIPANTS', own.room, own.domain);
  return { stand: standOf(own), viewer: { kind: 'PARTICIPANT', id, decidesKnocks, joinedAt } };
}

/** Opens a reader of the room that ends with the stream, and with the caller's right. */
export function openReader(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  place: number,
  scope: StreamScope,
): EventReader {
  const { ref, from, viewer } = following;
  const { feed, release } = deps.hub.watch(ref, from.version);
  scope.onEnd(release);
  scope.onEnd(feed.onMore(scope.wake));
  if (caller.kind === 'BACKEND') followKey(deps, caller, scope);
  return new EventReader(feed, viewer, place, from.version, (view) => isReplaced(caller, view));
}
