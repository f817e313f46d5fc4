import { expect, test } from 'vitest';
import { createMediaHealth } from '../../src/media/health.ts';
import { lookAtRoom } from '../../src/media/reconciler.ts';
import type { ClaimedMediaRoom } from '../../src/storage/media-room.ts';
import { at, idOf, now, roomOf } from '../rules/facts-kit.ts';

const room = roomOf();
const claimed: ClaimedMediaRoom = {
  ...{ domainId: room.domainId, roomId: room.id, mediaServerId: idOf('server'), wanted: 1, done: 0 },
  ...{ watchUntil: null, removedAt: null, isTakenOver: false, leasedUntil: at(60) },
};

test('a room of which nothing is left to be done there lets the others in, whatever its media server answered before', async () => {
  let ms = 0;
  const health = createMediaHealth(100, () => ms);
  health.enter(claimed, true);
  health.answered(claimed.mediaServerId, 'REFUSED');
  health.leave(claimed);
  ms += 30_000;
  const forgotten: unknown[] = [];
  await lookAtRoom(
    claimed,
    {
      // One of which nothing is asked.
      servers: { find: async () => null },
      rooms: { forget: async ({ roomId }: ClaimedMediaRoom) => forgotten.push(roomId), renew: async () => claimed },
      ...{ reports: { passed: () => {}, troubled: () => {} }, now: () => now },
    } as unknown as Parameters<typeof lookAtRoom>[1],
    health,
  );
  expect(forgotten).toEqual([room.id]);
  expect([health.enter(claimed, true), health.enter(claimed, true)]).toEqual([0, 0]);
});
