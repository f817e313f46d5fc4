import { RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { connectLiveKit, giveToken, opensGate, takeSeat } from './gate-kit.ts';
import { liveKitKey } from './livekit-server.ts';
import { type World, worlds } from './worlds.ts';

// Between the gate's word and the media server's ear lies the proxy. Whoever has passed the gate at that moment arrives after all that was
// carried out, with what held before.

const soon = { timeout: 20_000 } as const;
const patience = { timeout: 120_000 };
/** As long as a proxy of the examples may take. Milliseconds. */
const onTheWayMs = 8_000;

describe.each(worlds)('behind a gate that holds, on %s', (_name, start) => {
  let world: World;
  let database: TestDatabase;
  let server: TestServer;
  let backend: Seed;
  let calls: RoomServiceClient;

  beforeAll(async () => {
    world = await start();
    calls = new RoomServiceClient(world.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
    database = await createTestDatabase();
    server = await startServer({ databaseUrl: database.url, rateLimits: false });
    backend = seed(server);
    const id = await connectLiveKit(database, { ...liveKitKey, url: world.apiUrl.replace('http', 'ws'), gate: true });
    // Nobody looks at this gate from outside: it stands in the test alone.
    await database.sql`update media_servers set gate_holds = true, gate_looked_at = app_now() + interval '1 hour' where id = ${id}`;
    while (!(await isCarried(await backend.room()))) await Promise.resolve();
  });

  const rowsOf = ({ id }: RoomSeed) =>
    database.sql`select wanted, done from media_rooms where replace(room_id::text, '-', '') = ${id.slice('room_'.length)}`;
  const isCarried = async (room: RoomSeed) => {
    await room.guest();
    return (await rowsOf(room)).length > 0;
  };
  /** All that was decided is carried out. */
  const allDone = async (room: RoomSeed) => (await rowsOf(room)).every(({ wanted, done }) => wanted === done);
  const thereIn = async ({ id }: RoomSeed) => calls.listParticipants(id).catch(() => []);

  /**
   * Somebody passes the gate, something is decided and carried out, and only then they arrive. Null: they were cut off while they did.
   * On a machine that is too busy for their proxy to have waited so long, somebody else does.
   */
  async function arriveAfter(decide: (room: RoomSeed, id: string) => Promise<unknown>) {
    for (;;) {
      const room = await backend.room();
      const { id, claims } = await takeSeat(room);
      const token = giveToken(claims, liveKitKey);
      expect(await opensGate(server, token)).toBe(true);
      const since = performance.now();
      await decide(room, id);
      await expect.poll(() => allDone(room), soon).toBe(true);
      const late = await world.enter(token).catch(() => null);
      if (performance.now() - since < onTheWayMs) return { room, late };
    }
  }

  test('whoever is put out meanwhile is cut off when they arrive', patience, async () => {
    const { late } = await arriveAfter((room, id) =>
      change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [id] }),
    );
    await late?.thrownOut;
  });

  test('whoever may send less meanwhile does so when they arrive', patience, async () => {
    const { room } = await arriveAfter((_room, id) =>
      change(backend, 'updateParticipant', { participantId: id, permissions: { canSend: ['AUDIO'] } }),
    );
    const sources = async () =>
      (await thereIn(room)).flatMap(({ permission }) => permission?.canPublishSources.length ?? 0);
    await expect.poll(sources, soon).toEqual([1]);
  });

  test('a room that is deleted meanwhile is closed again when they arrive', patience, async () => {
    const { room, late } = await arriveAfter(({ name }) => change(backend, 'deleteRoom', { roomName: name }));
    await late?.thrownOut;
    await expect.poll(() => thereIn(room), soon).toEqual([]);
  });
});
