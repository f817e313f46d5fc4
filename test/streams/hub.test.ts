import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EventView } from '../../src/room/views.ts';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import type { Database } from '../../src/storage/postgres/database.ts';
import type { RoomRef } from '../../src/storage/room-store.ts';
import { RingFeed } from '../../src/streams/feed.ts';
import { createEventHub } from '../../src/streams/hub.ts';
import { createPostgresWakeups, readWakeups, type Wakeup } from '../../src/streams/wakeups.ts';

// Rooms as numbers alone: what reaches whoever follows them, with no database behind.

const ref: RoomRef = { domainId: randomUUID() as DomainId, roomId: randomUUID() as RoomId };
const eventsFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => ({ event: { seq: first + index } }) as unknown as EventView);

type VersionsOf = Parameters<typeof createEventHub>[0]['log']['versionsOf'];

/** A hub on a log that stands at 9, and how often its domains were asked for. */
function open(versionsOf: VersionsOf = async () => []) {
  const onError = vi.fn();
  const domainVersions = vi.fn(async (ids: readonly DomainId[]) => ids.map((id) => ({ id, version: 1 })));
  let onWakeup: (wakeup: Wakeup) => void = () => {};
  const start = async (listener: typeof onWakeup) => {
    onWakeup = listener;
  };
  const hub = createEventHub({
    log: { versionsOf, domainVersions },
    readEvents: async (_ref, afterSeq) => eventsFrom(afterSeq + 1, 9),
    wakeups: { send: () => {}, start, stop: async () => {} },
    onError,
  });
  return { hub, domainVersions, onError, wake: (wakeup: Wakeup) => onWakeup(wakeup) };
}

afterEach(() => void vi.useRealTimers());

describe('a room that is followed', () => {
  test('is read at once for whoever comes when it has moved on, and does not wait for the poll', async () => {
    const { hub } = open();
    const { feed } = hub.watch(ref, 3);
    const more = new Promise<void>((resolve) => void feed.onMore(resolve));
    hub.watch(ref, 9);
    await more;
    expect(feed.last).toBe(9);
  });

  test('stays followed for the others, however often one of them lets go', () => {
    const { hub } = open();
    const [one, other, third] = [hub.watch(ref, 9), hub.watch(ref, 9), hub.watch(ref, 9)];
    one.release();
    one.release();
    other.release();
    hub.publish(ref, eventsFrom(10, 10));
    expect(third.feed.last).toBe(10);
  });

  test('keeps its latest 1,024 events, and leaves older ones to the log', () => {
    const feed = new RingFeed(ref, 0, async () => [], vi.fn());
    for (let first = 1; first <= 3_000; first += 100) feed.offer(eventsFrom(first, first + 99));
    expect([feed.last, feed.floor]).toEqual([3_000, 3_000 - 1_024]);
    expect(feed.after(3_000 - 1_024)).toHaveLength(1_024);
    expect(feed.after(3_000 - 1_025)).toBeNull();
  });

  test('keeps all that was written together, until the next is written', () => {
    const feed = new RingFeed(ref, 0, async () => [], vi.fn());
    feed.offer(eventsFrom(1, 10));
    feed.offer(eventsFrom(11, 2_000));
    expect(feed.after(10)).toHaveLength(1_990);
    expect(feed.after(9)).toBeNull();
    feed.offer(eventsFrom(2_001, 2_001));
    expect([feed.last, feed.floor]).toEqual([2_001, 2_001 - 1_024]);
  });
});

test('a process at which nobody follows anything knows how long the database is away', async () => {
  vi.useFakeTimers();
  const { hub, domainVersions, onError } = open();
  await hub.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(hub.lagMs()).toBeLessThan(1_000);
  domainVersions.mockRejectedValue(new Error('away'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(hub.lagMs()).toBeGreaterThan(9_000);
  expect(onError).toHaveBeenCalled();
  await hub.stop();
});

describe('what is known at once does not wait for the poll', () => {
  const follow = (hub: ReturnType<typeof open>['hub']) => {
    const told: unknown[] = [];
    hub.watchDomain(ref.domainId, (news) => told.push(news));
    hub.watchDomain(randomUUID() as DomainId, () => expect.unreachable());
    return told;
  };

  test('what this process has written is told to whoever follows the room, and to whoever follows its domain', () => {
    const { hub } = open();
    const { feed } = hub.watch(ref, 9);
    const told = follow(hub);
    hub.publish(ref, eventsFrom(10, 11));
    expect([feed.last, told]).toEqual([11, [{ kind: 'ROOM', roomId: ref.roomId }]]);
  });

  test('what another process wakes for is read, and told to whoever follows the domain', async () => {
    vi.useFakeTimers();
    const { hub, wake } = open();
    await hub.start();
    const { feed } = hub.watch(ref, 3);
    const told = follow(hub);
    const more = new Promise<void>((resolve) => void feed.onMore(resolve));
    wake({ ...ref, seq: 9 });
    await more;
    expect([feed.last, told]).toEqual([9, [{ kind: 'ROOM', roomId: ref.roomId }]]);
    await hub.stop();
  });
});

test('a domain is polled only while somebody follows it', async () => {
  vi.useFakeTimers();
  const { hub, domainVersions } = open();
  const asked = () => domainVersions.mock.calls.filter(([ids]) => ids.length > 0).length;
  await hub.start();
  const stop = hub.watchDomain(ref.domainId, () => {});
  await vi.advanceTimersByTimeAsync(500);
  expect(asked()).toBe(1);
  stop();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked()).toBe(1);
  await hub.stop();
});

test.each<readonly [string, VersionsOf]>([
  ['fails', () => Promise.reject(new Error('a node is away'))],
  ['is not answered', () => new Promise(() => {})],
])('domains are asked on where the look at rooms %s', async (_how, versionsOf) => {
  vi.useFakeTimers();
  const { hub, domainVersions } = open(versionsOf);
  hub.watch(ref, 9);
  const told: unknown[] = [];
  hub.watchDomain(ref.domainId, (news) => told.push(news));
  await hub.start();
  await vi.advanceTimersByTimeAsync(1_100);
  expect(domainVersions).toHaveBeenCalledTimes(2);
  expect(told).toEqual([1, 2].map(() => ({ kind: 'POLL', version: 1 })));
  expect([hub.lagMs() < 600, hub.roomLagMs() > 1_000]).toEqual([true, true]);
  await hub.stop();
});

test('the rooms that can be read are, where others cannot', async () => {
  vi.useFakeTimers();
  const away = Array.from({ length: 2_000 }, () => ({ ...ref, roomId: randomUUID() as RoomId }));
  const versionsOf = vi.fn<VersionsOf>(async (refs) => {
    if (refs.length > 1) throw new Error('a node is away');
    return refs.map(({ roomId }) => ({ roomId, version: 9 }));
  });
  const { hub, onError } = open(versionsOf);
  for (const one of away) hub.watch(one, 3);
  const { feed } = hub.watch(ref, 3);
  await hub.start();
  await vi.advanceTimersByTimeAsync(600);
  expect([feed.last, versionsOf.mock.calls.length, onError.mock.calls.length]).toEqual([9, 2, 1]);
  await hub.stop();
});

test('wake-ups of a thousand rooms go out in messages that PostgreSQL takes, and none is lost', async () => {
  const rooms = Array.from({ length: 1_000 }, () => randomUUID() as RoomId);
  const messages: string[] = [];
  const sent = Promise.withResolvers<void>();
  let told = 0;
  const query = async (_text: string, [, message]: readonly unknown[]) => {
    messages.push(String(message));
    told += readWakeups('somebody else', String(message)).length;
    if (told === rooms.length) sent.resolve();
  };
  const wakeups = createPostgresWakeups({ query } as unknown as Database, sent.reject);
  for (const roomId of rooms) wakeups.send({ domainId: ref.domainId, roomId, seq: 2 ** 40 });
  await sent.promise;
  for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThan(8_000);
  const arrived = messages.flatMap((message) => readWakeups('somebody else', message));
  expect(new Set(arrived.map(({ roomId }) => roomId))).toEqual(new Set(rooms));
});
