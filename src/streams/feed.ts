import { type EventView, showLogged } from '../room/views.ts';
import type { DomainId, RoomId } from '../rules/ids.ts';
import type { RoomEvent } from '../rules/room-event.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { EventLog, EventPage } from '../storage/room-event.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** One room's events as this process has them at hand, in their order and without a gap. */
export interface Feed {
  /** The seq of the latest event that is ready to be handed over. */
  readonly last: number;
  /** The events after a position that are in memory; null: the position is before the oldest one kept. */
  readonly after: (seq: number) => readonly EventView[] | null;
  /** Reads the part of the log before the oldest event kept. */
  readonly readBefore: (seq: number) => Promise<readonly EventView[]>;
  /** Calls back each time that there may be more events. The returned function ends it. */
  readonly onMore: (wake: () => void) => () => void;
}

export type DomainChange =
  | { readonly kind: 'ROOM'; readonly roomId: RoomId }
  | { readonly kind: 'POLL'; readonly version: number };

/** Where streams get events from. */
export interface EventSource {
  /** The room's feed, shared by all who follow it here. `release` lets go of it. */
  readonly watch: (ref: RoomRef, version: number) => { readonly feed: Feed; readonly release: () => void };
  /** Calls back whenever something may have changed in a domain's rooms; `version`: the domain's own, where it is known. */
  readonly watchDomain: (id: DomainId, onChange: (change: DomainChange) => void) => () => void;
}

/** How many of a room's latest events are kept for those who read a little behind; those of the latest write are, all of them. */
const ringSize = 1_024;
const pageSize = 500;

/** What a feed needs: events after a place as the log has them, in order and without a gap. */
export type ReadEvents = (ref: RoomRef, afterSeq: number, limit: number) => Promise<readonly EventView[]>;

/** Events from the log, with the objects that they are about. */
export interface EventReads {
  /**
   * The events after a position, in their order, including those that nobody sees. Where retention has taken what some of them are about,
   * the record begins behind those.
   */
  readonly readAfter: (ref: RoomRef, seq: number, limit: number) => Promise<readonly EventView[]>;
}

export function createEventReads(log: EventLog, rooms: Pick<RoomStorage, 'findById'>): EventReads {
  const readAfter = async (ref: RoomRef, seq: number, limit: number): Promise<readonly EventView[]> => {
    const page = await log.readAfter(ref, seq, limit);
    if (page.events.length === 0) return [];
    const lost = page.events.findLast((event) => isAboutLost(event, page));
    if (lost !== undefined) return readAfter(ref, lost.seq, limit);
    const room = await rooms.findById(ref.domainId, ref.roomId);
    return room === null ? [] : page.events.map((event) => showLogged(event, page, room));
  };
  return { readAfter };
}

/** Events go in the order of their time, and things when they are over: where many go at once, one is gone before its events. */
function isAboutLost({ type, payload }: RoomEvent, { knocks, participants, liveStreams }: EventPage): boolean {
  if (type === 'Internal') return false;
  const { knock, participant, liveStream } = payload;
  if (knock && !knocks.has(knock.id)) return true;
  if (participant && !participants.has(participant.id)) return true;
  return liveStream !== undefined && !liveStreams.has(liveStream.id);
}

/**
 * One room's events as this process knows them: one bounded ring, filled in order by a single reader, and one place per
 * subscriber. What comes from this process's own writes and what comes from the log are the same stream.
 */
export class RingFeed implements Feed {
  readonly ref: RoomRef;
  readonly #read: ReadEvents;
  readonly #onError: (error: unknown) => void;
  readonly #ring: EventView[] = [];
  readonly #wakers = new Set<() => void>();
  #last: number;
  #wanted: number;
  #isReading = false;

  /** @param version where the room stood when it began to be watched */
  constructor(ref: RoomRef, version: number, read: ReadEvents, onError: (error: unknown) => void) {
    this.ref = ref;
    this.#read = read;
    this.#onError = onError;
    this.#last = version;
    this.#wanted = version;
  }

  /** The seq of the latest event that is ready to be handed over. */
  get last(): number {
    return this.#last;
  }

  /** The seq before the oldest event in the ring. */
  get floor(): number {
    return this.#last - this.#ring.length;
  }

  /** Events in their order that this process has just committed. */
  offer(events: readonly EventView[]): void {
    const first = events[0];
    const latest = events.at(-1);
    if (first === undefined || latest === undefined) return;
    if (first.event.seq === this.#last + 1) this.#append(events);
    else this.reach(latest.event.seq);
  }

  /** The room has reached at least this number: missing events are read from the log. */
  reach(seq: number): void {
    if (seq <= this.#wanted && seq <= this.#last) return;
    this.#wanted = Math.max(this.#wanted, seq);
    if (!this.#isReading) void this.#catchUp();
  }

  /** The events after a position that are in memory; null: the position is before the ring. */
  after(seq: number): readonly EventView[] | null {
    if (seq < this.floor) return null;
    return seq >= this.#last ? [] : this.#ring.slice(this.#ring.length - (this.#last - seq));
  }

  /** Calls back each time that there may be more events. The returned function ends it. */
  onMore(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => {
      this.#wakers.delete(wake);
    };
  }

  /** Reads a part of the log from before the ring. */
  readBefore(seq: number): Promise<readonly EventView[]> {
    return this.#read(this.ref, seq, pageSize);
  }

  #append(events: readonly EventView[]): void {
    const latest = events.at(-1);
    if (latest === undefined) return;
    this.#ring.push(...events);
    // What was written together is kept together, however much it is: whoever had read all before it is not behind.
    const kept = Math.max(ringSize, events.length);
    if (this.#ring.length > kept) this.#ring.splice(0, this.#ring.length - kept);
    this.#last = latest.event.seq;
    for (const wake of this.#wakers) wake();
  }

  async #catchUp(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#last < this.#wanted) {
        const before = this.#last;
        const events = await this.#read(this.ref, before, pageSize);
        // Own writes may have come in meanwhile.
        this.#append(events.filter(({ event }) => event.seq > this.#last));
        if (this.#last === before) break;
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      // What could not be read now is found by the next wake-up or poll.
      this.#wanted = this.#last;
      this.#isReading = false;
    }
  }
}
