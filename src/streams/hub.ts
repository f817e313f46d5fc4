/*
 * The hub: brings the events of rooms to everybody in this process who follows them.
 *
 * The event log is the truth: an event is written by the statement that changes the room, and its number is the room's version. So the
 * events of a room are counted without a gap, and "after number n" misses nothing and doubles nothing. The hub only has to find out, soon,
 * that there are more. It hears of them in three ways, each of which may fail without harm:
 *
 *  - `publish`: what this process wrote goes straight into the room's feed, without a read.
 *  - A wake-up of another process (PostgreSQL's NOTIFY, or NATS) says that a room has got to a number. It carries nothing else; what
 *    happened is read from the log. Wake-ups may be lost, doubled or late.
 *  - A poll asks every 500 ms which of the watched rooms and domains have moved on: whatever was lost is seen half a second later.
 *
 * All three end in the room's feed (`feed.ts`): a ring of the latest events, in order, shared by everybody here who follows that room, and
 * filled from the log where a number is missing. A room is watched as long as it has a reader. Each subscriber has a place of its own in
 * the feed (`reader.ts`), with the rights folded from the events themselves: nothing is handed over after the event that ended the right.
 * A subscriber that is slower than the ring reads the log; one that is slower than the log must read the room again (`Resync`).
 *
 * Streams over a whole domain (`watchDomain`) are only told that something may have changed, and read it themselves.
 */

import type { EventView } from '../room/views.ts';
import type { DomainId, RoomId } from '../rules/ids.ts';
import type { EventLog } from '../storage/room-event.ts';
import type { RoomRef } from '../storage/room-store.ts';
import { type DomainChange, type EventSource, type ReadEvents, RingFeed } from './feed.ts';
import type { Wakeup, Wakeups } from './wakeups.ts';

/** Even if all wake-ups fail, subscribers see events no later than this. Milliseconds. */
const pollMs = 500;
const pollBatch = 2_000;

export interface EventHubDeps {
  readonly log: Pick<EventLog, 'versionsOf' | 'domainVersions'>;
  readonly readEvents: ReadEvents;
  readonly wakeups: Wakeups;
  readonly onError: (error: unknown) => void;
}

/** Brings the events of rooms to everybody in this process who follows them. */
export interface EventHub extends EventSource {
  /** Events that this process has just committed. */
  readonly publish: (ref: RoomRef, events: readonly EventView[]) => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Milliseconds since the start of the last finished poll of rooms and domains; readiness reports when it grows. */
  readonly lagMs: () => number;
  /** Why no wake-ups come from other processes, see `Wakeups`. */
  readonly wakeupProblem: () => string | null;
}

interface WatchedRoom {
  readonly feed: RingFeed;
  readers: number;
}

export function createEventHub(deps: EventHubDeps): EventHub {
  const rooms = new Map<RoomId, WatchedRoom>();
  const domains = new Map<DomainId, Set<(change: DomainChange) => void>>();
  let timer: NodeJS.Timeout | null = null;
  let polledAt = performance.now();
  let isStopped = false;
  const tellDomain = (id: DomainId, change: DomainChange) => {
    for (const tell of domains.get(id) ?? []) tell(change);
  };
  const poll = async () => {
    const started = performance.now();
    await pollRooms(deps, rooms);
    const versions = domains.size === 0 ? [] : await deps.log.domainVersions([...domains.keys()]);
    // A listener may ask how old this is.
    polledAt = started;
    for (const { id, version } of versions) tellDomain(id, { kind: 'POLL', version });
  };
  const pollOn = () => {
    timer = setTimeout(async () => {
      await poll().catch(deps.onError);
      if (!isStopped) pollOn();
    }, pollMs);
  };
  const onWakeup = ({ domainId, roomId, seq }: Wakeup) => {
    rooms.get(roomId)?.feed.reach(seq);
    tellDomain(domainId, { kind: 'ROOM', roomId });
  };
  return {
    watch: (ref, version) => watch(deps, rooms, ref, version),
    watchDomain: (id, onChange) => watchDomain(domains, id, onChange),
    publish: (ref, events) => {
      const seq = events.at(-1)?.event.seq;
      if (seq === undefined) return;
      rooms.get(ref.roomId)?.feed.offer(events);
      tellDomain(ref.domainId, { kind: 'ROOM', roomId: ref.roomId });
      deps.wakeups.send({ ...ref, seq });
    },
    start: async () => {
      await deps.wakeups.start(onWakeup, () => void poll().catch(deps.onError));
      pollOn();
    },
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await deps.wakeups.stop();
    },
    lagMs: () => performance.now() - polledAt,
    wakeupProblem: () => deps.wakeups.problem?.() ?? null,
  };
}

async function pollRooms({ log }: EventHubDeps, rooms: ReadonlyMap<RoomId, WatchedRoom>): Promise<void> {
  const refs = [...rooms.values()].map(({ feed }) => feed.ref);
  for (let from = 0; from < refs.length; from += pollBatch) {
    for (const { roomId, version } of await log.versionsOf(refs.slice(from, from + pollBatch))) {
      rooms.get(roomId)?.feed.reach(version);
    }
  }
}

function watch(
  deps: EventHubDeps,
  rooms: Map<RoomId, WatchedRoom>,
  ref: RoomRef,
  version: number,
): ReturnType<EventHub['watch']> {
  const known = rooms.get(ref.roomId);
  const watched: WatchedRoom = known ?? { feed: new RingFeed(ref, version, deps.readEvents, deps.onError), readers: 0 };
  if (known) known.feed.reach(version);
  else rooms.set(ref.roomId, watched);
  watched.readers += 1;
  let isReleased = false;
  const release = () => {
    if (isReleased) return;
    isReleased = true;
    watched.readers -= 1;
    if (watched.readers === 0) rooms.delete(ref.roomId);
  };
  return { feed: watched.feed, release };
}

function watchDomain(
  domains: Map<DomainId, Set<(change: DomainChange) => void>>,
  id: DomainId,
  onChange: (change: DomainChange) => void,
): () => void {
  const known = domains.get(id) ?? new Set();
  domains.set(id, known);
  known.add(onChange);
  return () => {
    known.delete(onChange);
    if (known.size === 0) domains.delete(id);
  };
}
