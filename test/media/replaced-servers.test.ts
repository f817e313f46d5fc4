import { expect, test } from 'vitest';
import { change, read } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startFakeLiveKit } from './fake-livekit.ts';
import { disconnectLiveKit } from './gate-kit.ts';
import { liveKitKey } from './livekit-server.ts';
import { connectLiveKit } from './media-kit.ts';

// What becomes of a live stream that nobody looks at when the domain's media server goes: the room is empty, and nothing in it falls due.

const setServer = (backend: Seed, url: string) =>
  change(backend, 'setMediaServer', { kind: 'LIVEKIT', url, ...liveKitKey }, '__typename');

/** A room that everybody has left, with a stream that LiveKit still sends. */
async function openStreaming() {
  const [database, { fake, url }] = [await createTestDatabase(), await startFakeLiveKit()];
  fake.hasEgress = true;
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  await setServer(backend, url);
  const room = await backend.room();
  const guest = await room.guest();
  fake.connect(room.id, guest.id);
  const input = { roomName: room.name, destinations: ['rtmps://live.example/app/key'] };
  await change(backend, 'startLiveStream', input, '__typename');
  await until(
    async () => fake.egress.length,
    (count) => count === 1,
  );
  fake.work(room.id, 'EGRESS_ACTIVE');
  const statusAt = async (asker: Seed) =>
    (
      await read<{ room: { liveStream: { status: string } } }>(
        asker,
        `{ room(name: "${room.name}") { liveStream { status } } }`,
      )
    ).room.liveStream.status;
  const becomes = (asker: Seed, status: string) =>
    until(
      () => statusAt(asker),
      (seen) => seen === status,
      20_000,
    );
  await becomes(backend, 'LIVE');
  await read(guest, 'mutation { leaveRoom { __typename } }');
  fake.leave(room.id, guest.id);
  const countSealed = async () =>
    (await database.sql`select 1 from live_streams where destinations_sealed is not null`).length;
  expect([await statusAt(backend), await countSealed()]).toEqual(['LIVE', 1]);
  return { database, server, backend, fake, room, becomes, countSealed };
}

test('one LiveKit in place of another ends it: the room is closed on the first, and the second does not send it', async () => {
  const { backend, fake, room, becomes, countSealed } = await openStreaming();
  const next = await startFakeLiveKit();
  await setServer(backend, next.url);
  await becomes(backend, 'STOPPED');
  expect(await countSealed()).toBe(0);
  await until(
    async () => fake.rooms.has(room.id),
    (isThere) => !isThere,
  );
});

test('a removal that was interrupted is made good by whichever process looks next', async () => {
  const { database, server, becomes, countSealed } = await openStreaming();
  await server.stop();
  // So long after somebody was there that nobody looks at it: each look would find the rest.
  await database.sql`delete from media_rooms`;
  await disconnectLiveKit(database);
  const again = seed({ ...server, ...(await startServer({ databaseUrl: database.url })), apiKey: server.apiKey });
  await becomes(again, 'STOPPED');
  expect(await countSealed()).toBe(0);
});

test('so is another LiveKit in place of the first', async () => {
  const { database, server, fake, room, becomes } = await openStreaming();
  await server.stop();
  await database.sql`update media_servers set created_at = created_at - interval '5 minutes'`;
  await connectLiveKit(database, (await startFakeLiveKit()).url);
  const again = seed({ ...server, ...(await startServer({ databaseUrl: database.url })), apiKey: server.apiKey });
  await becomes(again, 'STOPPED');
  await until(
    async () => fake.rooms.has(room.id),
    (isThere) => !isThere,
  );
});

test('a key that LiveKit accepts no more leaves nothing to be closed where another one at the same address came after it', async () => {
  const [database, { url }] = [await createTestDatabase(), await startFakeLiveKit()];
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const old = { kind: 'LIVEKIT', url, apiKey: 'old', apiSecret: 'another-secret-of-at-least-32-characters' };
  await change(backend, 'setMediaServer', old, '__typename');
  for (let count = 0; count < 5; count += 1) await (await backend.room()).guest();
  await server.stop();
  // Nothing is looked at before the sweep has made the change good.
  await database.sql`update media_rooms set look_at = app_now() + interval '1 hour', leased_until = null`;
  await database.sql`update media_servers set created_at = created_at - interval '5 minutes'`;
  await connectLiveKit(database, url);
  await startServer({ databaseUrl: database.url });
  const keysOfRooms = async () =>
    (
      await database.sql<{ key: string }[]>`select s.api_key as key from media_rooms r
      join media_servers s on s.id = r.media_server_id group by s.api_key`
    ).map(({ key }) => key);
  await until(keysOfRooms, (keys) => keys.join() === liveKitKey.apiKey, 30_000);
});
