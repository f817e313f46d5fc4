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
 *  - A poll asks every 500 ms which of the watched rooms have moved on, and another one which domains: whatever was lost is seen half a second
 *    later. Streams' rights rest on the domains alone, so that these are asked even where rooms cannot be, as while a node of a cluster is away.
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
  /** What was read before does not count any more: whoever follows a room from here begins with what the database has now. */
  readonly forget: () => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Milliseconds since the start of the last finished poll of domains; readiness reports when it grows. */
  readonly lagMs: () => number;
  /** The same of rooms: of all that are watched. */
  readonly roomLagMs: () => number;
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
  const tellDomain = (id: DomainId, change: DomainChange) => {
    for (const tell of domains.get(id) ?? []) tell(change);
  };
  const roomPoll = createPoll(async (finish) => {
    await pollRooms(deps, rooms);
    finish();
  }, deps.onError);
  const domainPoll = createPoll(async (finish) => {
    // Also where nobody follows anything: otherwise a process would learn of a database that is away from its callers alone.
    const versions = await deps.log.domainVersions([...domains.keys()]);
    // A listener may ask how old this is.
    finish();
    for (const { id, version } of versions) tellDomain(id, { kind: 'POLL', version });
  }, deps.onError);
  const polls = [roomPoll, domainPoll];
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
    forget: () => rooms.clear(),
    start: async () => {
      await deps.wakeups.start(onWakeup, () => {
        for (const poll of polls) void poll.once();
      });
      for (const poll of polls) poll.start();
    },
    stop: async () => {
      for (const poll of polls) poll.stop();
      await deps.wakeups.stop();
    },
    lagMs: domainPoll.lagMs,
    roomLagMs: roomPoll.lagMs,
    wakeupProblem: () => deps.wakeups.problem?.() ?? null,
  };
}

interface RepeatedLook {
  readonly once: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => void;
  /** Milliseconds since the start of the last one that finished. */
  readonly lagMs: () => number;
}

/** @param ask calls what it is given when it has read everything */
function createPoll(ask: (finish: () => void) => Promise<void>, onError: EventHubDeps['onError']): RepeatedLook {
  let timer: NodeJS.Timeout | null = null;
  let polledAt = performance.now();
  let isStopped = false;
  const once = async () => {
    const started = performance.now();
    await ask(() => {
      polledAt = started;
    }).catch(onError);
  };
  const start = () => {
    timer = setTimeout(async () => {
      await once();
      if (!isStopped) start();
    }, pollMs);
  };
  return {
    once,
    start,
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
    lagMs: () => performance.now() - polledAt,
  };
}

/** Asks for all of them, also where some cannot be read. @throws what reading some of them threw */
async function pollRooms({ log }: EventHubDeps, rooms: ReadonlyMap<RoomId, WatchedRoom>): Promise<void> {
  const refs = [...rooms.values()].map(({ feed }) => feed.ref);
  const failures: unknown[] = [];
  for (let from = 0; from < refs.length; from += pollBatch) {
    const versions = await log.versionsOf(refs.slice(from, from + pollBatch)).catch((error: unknown) => {
      failures.push(error);
      return [];
    });
    for (const { roomId, version } of versions) rooms.get(roomId)?.feed.reach(version);
  }
  if (failures.length > 0) throw failures[0];
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
    if (watched.readers === 0 && rooms.get(ref.roomId) === watched) rooms.delete(ref.roomId);
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
