import { expect, test } from 'vitest';
import type { DomainId, MediaServerId } from '../../src/rules/ids.ts';
import { type MediaTendingDeps, tendMediaServers } from '../../src/services/media-tending.ts';

const [stuck, next] = ['stuck', 'next'] as DomainId[];

test('a domain whose rooms cannot be opened holds up no other domain, and no live stream that was left', async () => {
  const [ended, settled, told]: [unknown[], unknown[], unknown[]] = [[], [], []];
  const trouble = new Error('canceling statement due to statement timeout');
  await tendMediaServers({
    mediaServers: { findUnended: async () => [stuck, next], endOthers: async (id: DomainId) => ended.push(id) },
    domains: {
      findById: async (id: DomainId) => ({ id, mediaServer: { kind: 'LIVEKIT', id: id as string as MediaServerId } }),
    },
    mediaRooms: { open: async (id: DomainId) => (id === stuck ? Promise.reject(trouble) : undefined) },
    participants: { findLeftStreams: async () => [{ domainId: next, roomId: 'room' }] },
    writer: { submit: async (ref: unknown) => settled.push(ref) },
    onError: (error: unknown) => told.push(error),
  } as unknown as MediaTendingDeps);
  // The domain is found again by the next sweep: it is not ended there before its rooms are opened.
  expect({ ended, settled, told }).toEqual({
    ended: [next],
    settled: [{ domainId: next, roomId: 'room' }],
    told: [trouble],
  });
});
