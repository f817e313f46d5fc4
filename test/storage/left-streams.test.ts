import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { DomainId, MediaServerId } from '../../src/rules/ids.ts';
import { createMediaRoomStorage } from '../../src/storage/media-room.ts';
import { createParticipantStorage } from '../../src/storage/participant.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { findMigrationsFolder } from '../../src/storage/postgres/migrate.ts';
import { change } from '../api/room-kit.ts';
import { connectLiveKit } from '../media/media-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// Live streams as older versions have left them: running, with their stream keys, in a room that is over, and in one that is not.

const store = await createTestDatabase();
const database = openDatabase({ url: store.url, poolSize: 2 });
closeAfterwards(database.close);
const participants = createParticipantStorage(database);
let domainId: DomainId;
let open: string;

beforeAll(async () => {
  const server = await startServer({ databaseUrl: store.url });
  const backend = seed(server);
  const [over, going] = [await backend.room(), await backend.room()];
  for (const { name } of [over, going])
    await change(backend, 'startLiveStream', { roomName: name, destinations: ['rtmp://live.example/key'] });
  await change(backend, 'deleteRoom', { roomName: over.name });
  await server.stop();
  await store.sql`update live_streams set status = 'LIVE', status_at = null, ended_at = null, destinations_sealed = 'keys'`;
  const [row] = await store.sql<{ id: string; domainId: DomainId }[]>`
    select id, domain_id as "domainId" from rooms where name = ${going.name}`;
  [open, domainId] = [row?.id ?? '', row?.domainId ?? ('' as DomainId)];
});

test('a room that is over is no room on a media server any more', async () => {
  const left = { domainId, roomId: open };
  expect(await participants.findRoomsOnMedia(domainId)).toEqual([open]);
  expect(await participants.findLeftStreams(10)).toEqual([left]);
  const mediaServerId = (await connectLiveKit(store, 'http://127.0.0.1:9')) as MediaServerId;
  await createMediaRoomStorage(database).open(domainId, mediaServerId);
  expect(await store.sql`select room_id as "roomId" from media_rooms`).toEqual([{ roomId: open }]);
  // A media server has it.
  expect(await participants.findLeftStreams(10)).toEqual([]);
});

test('the migration ends what runs in rooms that are over, forgets its keys, and leaves the others', async () => {
  const path = join(findMigrationsFolder(), '0030_streams_of_rooms_that_are_over.sql');
  await store.sql.unsafe((await readFile(path, 'utf8')).replaceAll('--> statement-breakpoint', ''));
  const streams = await store.sql`
    select s.status, s.status_at = r.updated_at and s.ended_at = r.updated_at as "endedWithRoom",
      s.destinations_sealed is null as "isForgotten"
    from live_streams s join rooms r on r.id = s.room_id order by r.is_over`;
  expect(streams).toEqual([
    { status: 'LIVE', endedWithRoom: null, isForgotten: false },
    { status: 'STOPPED', endedWithRoom: true, isForgotten: true },
  ]);
});
