import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { liveKitKey } from './livekit-server.ts';
import { connectLiveKit } from './media-kit.ts';
import { type World, worlds } from './worlds.ts';

// What is decided here happens there: the whole service, a database, a media server, and people who are connected to it.

/** What LiveKit's own timers and a busy machine may add. Milliseconds. */
const soon = { timeout: 10_000 } as const;

describe.each(worlds)('on %s', (_name, start) => {
  let world: World;
  let database: TestDatabase;
  let backend: Seed;

  beforeAll(async () => {
    world = await start();
    database = await createTestDatabase();
    const server = await startServer({ databaseUrl: database.url });
    await connectLiveKit(database, world.apiUrl);
    backend = seed(server);
    // What this process knew of the domain before is a second old at most.
    while (!(await isCarried(await backend.room()))) await pause(50);
  });

  const isCarried = async (room: RoomSeed) => {
    await room.guest();
    return (await lookRows(room)).length > 0;
  };
  const lookRows = ({ id }: RoomSeed) =>
    database.sql`select wanted, done, watch_until from media_rooms where replace(room_id::text, '-', '') = ${id.slice(5)}`;
  const stateOf = async ({ id }: { readonly id: string }) => {
    const [row] = await database.sql`select media_connection, audio, left_at from participants
      where replace(id::text, '-', '') = ${id.slice('participant_'.length)}`;
    return row;
  };

  test('whoever is connected is shown as connected, with what they send, and no more once they have left', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    await there.speak();
    await backend.ask(update, { input: { roomName: room.name, settings: { maxParticipants: 9 } } });
    await expect.poll(() => stateOf(guest), soon).toMatchObject({ media_connection: 'CONNECTED' });
    await there.leave();
    await expect.poll(async () => askToLook(room), soon).toBe(true);
    await expect.poll(() => stateOf(guest), soon).toMatchObject({ media_connection: 'LEFT', audio: false });
  });

  /** Something changes in the room, so that it is looked at. */
  const askToLook = async (room: RoomSeed) => {
    await room.guest();
    return true;
  };

  test('whoever is put out is cut off, and is cut off again when they come back', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    await backend.ask(eject, { input: { roomName: room.name, participantIds: [guest.id] } });
    await there.thrownOut;
    const again = await world.connect(room.id, guest.id);
    await again.thrownOut;
    const [row] = await lookRows(room);
    expect(row?.watch_until).toBeInstanceOf(Date);
  });

  test('whoever never was in the room is cut off, and whoever is in stays', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    let isOut = false;
    void there.thrownOut.then(() => {
      isOut = true;
    });
    const stranger = await world.connect(room.id, 'stranger');
    await askToLook(room);
    await stranger.thrownOut;
    expect(isOut).toBe(false);
  });

  test('while only owners broadcast, nobody else sends', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    await there.speak();
    await expect.poll(async () => (await askToLook(room)) && (await stateOf(guest))?.audio, soon).toBe(true);
    await backend.ask(update, { input: { roomName: room.name, settings: { ownerOnlyBroadcast: true } } });
    await expect.poll(() => stateOf(guest), soon).toMatchObject({ audio: false, left_at: null });
    await expect.poll(async () => (await lookRows(room)).every(({ wanted, done }) => wanted === done), soon).toBe(true);
  });

  test('a domain that has another key for the same server leaves its rooms open there, and one that leaves it closes them', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    let isOut = false;
    void there.thrownOut.then(() => {
      isOut = true;
    });
    const left = async () => {
      const rows = await database.sql`select 1 from media_rooms r join media_servers s on s.id = r.media_server_id
        where s.ended_at is not null`;
      return rows.length;
    };
    await setServer(world.apiUrl.replace('http', 'ws'));
    await expect.poll(left, soon).toBe(0);
    expect(isOut).toBe(false);
    await setServer('ws://127.0.0.1:9');
    await there.thrownOut;
    await setServer(world.apiUrl);
  });

  const setServer = async (url: string) => {
    const input = { kind: 'LIVEKIT', url, ...liveKitKey };
    const { body } = await backend.ask<{ setMediaServer: { __typename: string } }>(
      'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { __typename } }',
      { input },
    );
    expect(body.data?.setMediaServer.__typename).toBe('MediaServer');
  };

  test('a room that is deleted is closed', async () => {
    const room = await backend.room();
    const guest = await room.guest();
    const there = await world.connect(room.id, guest.id);
    await backend.ask('mutation ($input: DeleteRoomInput!) { deleteRoom(input: $input) { __typename } }', {
      input: { roomName: room.name },
    });
    await there.thrownOut;
  });
});

const update = 'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename } }';
const eject = 'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }';
