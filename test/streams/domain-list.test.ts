import { randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import type { EventView } from '../../src/room/views.ts';
import type { BackendCaller } from '../../src/rules/caller.ts';
import type { DomainId, Id, RoomId } from '../../src/rules/ids.ts';
import { isRefusal } from '../../src/rules/refusal.ts';
import { createStreamService } from '../../src/services/stream.ts';
import { createEventHub } from '../../src/streams/hub.ts';
import type { StreamDeps } from '../../src/streams/reader.ts';

afterEach(() => void vi.useRealTimers());

test('a busy domain is looked at fifty times a second at most, however many follow its waiting lists', async () => {
  vi.useFakeTimers();
  const ref = { domainId: randomUUID() as DomainId, roomId: randomUUID() as RoomId };
  const onError = (error: unknown) => expect.unreachable(String(error));
  const hub = createEventHub({
    log: { versionsOf: async () => [], domainVersions: async () => [] },
    readEvents: async () => [],
    wakeups: { send: () => {}, start: async () => {}, stop: async () => {} },
    onError,
  });
  const changedSince = vi.fn(async () => []);
  const knocks = { snapshot: async () => [], changedSince };
  const clock = { now: () => new Date() };
  const streams = createStreamService({
    hub,
    knocks,
    clock,
    onError,
    isStillGood: async () => true,
  } as unknown as StreamDeps);
  const kept = { name: 'key', prefix: 'vk', createdAt: new Date(), lastUsedAt: null, exp: null, revokedAt: null };
  const apiKey = { id: 'key' as Id<'ApiKey'>, domainId: ref.domainId, scopes: ['ADMISSION'], ...kept } as const;
  const caller: BackendCaller = { kind: 'BACKEND', apiKey, domainId: ref.domainId, seenAt: null };
  for (let count = 0; count < 10; count += 1) {
    const stream = await streams.knockRequested(caller, null);
    if (isRefusal(stream)) throw new Error(stream.message);
    void stream.next();
  }
  await vi.advanceTimersByTimeAsync(200);
  changedSince.mockClear();
  for (let seq = 1; seq <= 200; seq += 1) {
    hub.publish(ref, [{ event: { seq } } as unknown as EventView]);
    await vi.advanceTimersByTimeAsync(5);
  }
  expect(changedSince.mock.calls.length).toBeLessThanOrEqual(51);
  expect(changedSince.mock.calls.length).toBeGreaterThan(5);
});
