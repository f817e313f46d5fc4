import { beforeAll, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { startFakeLiveKit } from './fake-livekit.ts';
import { liveKitKey } from './livekit-server.ts';
import { connectLiveKit } from './media-kit.ts';

// Whoever has fewer rights than before may come back with a token of before. So without a gate every way to lose a right has the room
// watched, also where nobody was on the media server at that moment.

const soon = { timeout: 20_000 } as const;

let database: TestDatabase;
let backend: Seed;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ url } = await startFakeLiveKit());
  backend = seed(await startServer({ databaseUrl: database.url, rateLimits: false }));
  await connectLiveKit(database, url);
  // What this process knew of the domain before is a second old at most.
  do await (await backend.room()).guest();
  while ((await database.sql`select 1 from media_rooms`).length === 0);
});

/** Who is in a room, and who has the say there. */
interface Scene {
  readonly room: RoomSeed;
  readonly owner: ParticipantSeed;
  readonly guest: ParticipantSeed;
}

const silent = { canSend: [] };

/** Each way in which somebody inside comes to have fewer rights, or none. */
const losses: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'is put out': ({ room, guest }) =>
    change(backend, 'ejectParticipants', { roomName: room.name, participantIds: [guest.id] }),
  'is banned': ({ room, guest, owner }) =>
    change(owner, 'ejectParticipants', {
      ...{ roomName: room.name, participantIds: [guest.id], ban: true, banNetwork: true },
    }),
  'is sent back': ({ guest }) => change(backend, 'returnToLobby', { participantId: guest.id }),
  leaves: ({ guest }) => guest.ask('mutation { leaveRoom { __typename } }'),
  'loses the invitation': ({ room }) => change(backend, 'revokeMeetingTokens', { roomName: room.name, eject: true }),
  'may send less': ({ guest }) =>
    change(backend, 'updateParticipant', { participantId: guest.id, permissions: silent }),
  'may send less, as everybody': ({ room }) =>
    change(backend, 'updateParticipants', { roomName: room.name, permissions: silent }),
  'may send less by the room’s word': ({ room }) =>
    change(backend, 'updateRoom', { roomName: room.name, settings: { permissions: silent } }),
  'may share no screen': ({ room }) =>
    change(backend, 'updateRoom', { roomName: room.name, settings: { enableScreenshare: false } }),
  'is not among those who broadcast': ({ room }) =>
    change(backend, 'updateRoom', { roomName: room.name, settings: { ownerOnlyBroadcast: true } }),
  'has no room any more': ({ room }) => change(backend, 'deleteRoom', { roomName: room.name }),
  'may send less by the domain’s word': () => change(backend, 'updateDomain', { permissions: silent }),
  'is on a media server that was set anew': () =>
    change(backend, 'setMediaServer', { kind: 'LIVEKIT', url: url.replace('http', 'ws'), ...liveKitKey }),
};

/** Until when the room is watched, once all that was wanted is done; undefined: it is not done yet. */
async function watchedUntil({ id }: RoomSeed): Promise<Date | null | undefined> {
  const rows = await database.sql<{ isDone: boolean; watchUntil: Date | null }[]>`
    select r.wanted = r.done and r.leased_until is null as "isDone", r.watch_until as "watchUntil"
    from media_rooms r join media_servers s on s.id = r.media_server_id and s.ended_at is null
    where replace(r.room_id::text, '-', '') = ${id.slice('room_'.length)}`;
  return rows[0]?.isDone ? rows[0].watchUntil : undefined;
}

test.each(Object.keys(losses))('a room in which somebody %s is watched', async (name) => {
  const room = await backend.waitingRoom();
  const scene = { room, owner: await room.owner(), guest: await room.guest() };
  await expect.poll(() => watchedUntil(room), soon).toBe(null);
  const before = Date.now();
  const answer = await losses[name]?.(scene);
  expect(JSON.stringify(answer)).not.toMatch(/Refusal|Forbidden|InvalidInput|NotFound|Conflict/);
  await expect
    .poll(async () => ((await watchedUntil(room))?.getTime() ?? 0) - before, soon)
    .toBeGreaterThan(14 * 60_000);
});

test('what happens while a room is looked at is to be looked at again, and nobody who comes in ends the watch', async () => {
  const room = await backend.waitingRoom();
  await room.guest();
  await expect.poll(() => watchedUntil(room), soon).toBe(null);
  // Another process has it, and will not have done with it before the end of this test.
  const id = room.id.slice('room_'.length);
  const [before] = await database.sql`
    update media_rooms set leased_until = app_now() + interval '1 hour', watch_until = app_now() + interval '15 minutes'
    where replace(room_id::text, '-', '') = ${id} returning wanted::int, watch_until`;
  await room.guest();
  const [after] = await database.sql`
    select wanted::int, watch_until from media_rooms where replace(room_id::text, '-', '') = ${id}`;
  expect(after).toEqual({ wanted: (before?.wanted ?? 0) + 1, watch_until: before?.watch_until });
});
