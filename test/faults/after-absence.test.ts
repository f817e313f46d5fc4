import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cursorOf, followFromJoining, followRoom, personOf } from '../api/room-kit.ts';
import { startFakeLiveKit } from '../media/fake-livekit.ts';
import { connectLiveKit } from '../media/media-kit.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { patience, spawnOne, until } from './fault-kit.ts';

// After the service, or its database, was away everybody has the usual 30 seconds to come back, however long that took.
// Each test waits for time limits, at a database of its own.

type Place = Awaited<ReturnType<typeof personOf>>;

/** Waits until it is so of all of them; whoever loses the place meanwhile fails the test. */
async function untilAllAre(connection: string, look: () => Promise<readonly Place[]>): Promise<void> {
  await until(
    async () => {
      const places = await look();
      expect(places.map(({ leaveReason }) => leaveReason)).toEqual(places.map(() => null));
      return places;
    },
    (places) => places.every((place) => place.connection === connection),
    20_000,
  );
}

/** Whoever comes has the room settle what is due in it. */
const settle = (room: RoomSeed) => room.guest();

// Each has options of its own: vitest notes in them that the test runs beside others.
test.concurrent('a database that was away for a minute takes neither the places of people nor the streams of the process that comes back later', {
  ...patience,
}, async () => {
  const database = await createTestDatabase();
  const proxies = [await startTcpProxy(database.url), await startTcpProxy(database.url)] as const;
  const [first, second] = await Promise.all([spawnOne(proxies[0].url), spawnOne(proxies[1].url)]);
  const backend = seed(first);
  const room = await backend.room();
  const after = await cursorOf(backend, room.name);
  const [atFirst, atSecond, beating] = [await room.guest(), await room.guest(), await room.guest()];
  const streams = [
    await followFromJoining({ ...callerOf(first, atFirst.sessionToken), id: atFirst.id }, after),
    await followFromJoining({ ...callerOf(second, atSecond.sessionToken), id: atSecond.id }, after),
  ];
  const places = (...ids: readonly string[]) => Promise.all(ids.map((id) => personOf(backend, id)));

  for (const proxy of proxies) {
    proxy.refuse();
    proxy.cut();
  }
  await moveClock(database, { seconds: 60 });
  // Longer than a process is believed to live without its database.
  await pause(8_000);
  const renewals = () =>
    database.sql`select distinct renewed_at from processes where renewed_at > app_now() - interval '7 seconds'`;
  proxies[0].accept();
  const seen = new Set<string>();
  await until(
    async () => {
      for (const { renewed_at } of await renewals()) seen.add(String(renewed_at.getTime()));
      return seen.size;
    },
    (count) => count >= 2,
    20_000,
  );
  proxies[1].accept();

  await untilAllAre('RECONNECTING', () => places(beating.id));
  await until(renewals, ({ length }) => length === 2, 20_000);
  expect(await database.sql`select 1 from processes where dead_at is not null`).toHaveLength(0);
  await moveClock(database, { seconds: 75, areAlive: true });
  await settle(room);
  await untilAllAre('RECONNECTING', () => places(beating.id));
  await untilAllAre('CONNECTED', () => places(atFirst.id, atSecond.id));
  await Promise.all(streams.map((stream) => stream.find(({ __typename }) => __typename === 'ParticipantJoined')));

  await moveClock(database, { seconds: 120, areAlive: true });
  await until(
    () => personOf(backend, beating.id),
    ({ leaveReason }) => leaveReason === 'CONNECTION_LOST',
  );
});

test.concurrent('people of a service that was killed, and is there again a minute later, have 30 seconds to come back', {
  ...patience,
}, async () => {
  const database = await createTestDatabase();
  const killed = await spawnOne(database.url);
  const room = await seed(killed).room();
  const after = await cursorOf(seed(killed), room.name);
  const [attached, beating] = [await room.guest(), await room.guest()];
  await followFromJoining({ ...callerOf(killed, attached.sessionToken), id: attached.id }, after);
  await killed.kill('SIGKILL');
  await moveClock(database, { seconds: 60 });

  const started = await spawnOne(database.url);
  const backend = seed(started);
  const places = () => Promise.all([personOf(backend, attached.id), personOf(backend, beating.id)]);
  const events = await followRoom(backend, { roomName: room.name, after });
  await events.find(({ participant }) => participant?.id === beating.id && participant.connection === 'RECONNECTING');
  // Nobody renews for the process that was killed, so that it is found dead.
  await moveClock(database, { seconds: 75 });
  await untilAllAre('RECONNECTING', places);
  await followFromJoining({ ...callerOf(started, attached.sessionToken), id: attached.id }, after);
  await moveClock(database, { seconds: 120 });
  const gone = await events.find(({ leaveReason }) => leaveReason !== undefined);
  expect(gone).toMatchObject({ participant: { id: beating.id }, leaveReason: 'CONNECTION_LOST' });
  expect(await personOf(backend, attached.id)).toMatchObject({ connection: 'CONNECTED', leaveReason: null });
});

/** Waits until the rooms on the media server have been looked at, after the clock was set. */
const untilLookedAt = ({ sql }: TestDatabase) =>
  until(
    () => sql`select 1 from media_rooms where look_at <= app_now() or leased_until is not null or wanted > done`,
    ({ length }) => length === 0,
    20_000,
  );

test.concurrent('people whom no LiveKit server shows have 30 seconds to come back too, when the service is there again after half a minute', {
  ...patience,
}, async () => {
  const database = await createTestDatabase();
  const stopped = await spawnOne(database.url);
  const { url } = await startFakeLiveKit();
  await connectLiveKit(database, url);
  // What this process knew of the domain before is a second old at most.
  do await (await seed(stopped).room()).guest();
  while ((await database.sql`select 1 from media_rooms`).length === 0);
  const room = await seed(stopped).room();
  const after = await cursorOf(seed(stopped), room.name);
  const beating = await room.guest();
  await moveClock(database, { seconds: 20, areAlive: true });
  const attached = await room.guest();
  await followFromJoining({ ...callerOf(stopped, attached.sessionToken), id: attached.id }, after);
  await stopped.stop();
  await moveClock(database, { seconds: 55 });

  const backend = seed(await spawnOne(database.url));
  const places = () => Promise.all([personOf(backend, attached.id), personOf(backend, beating.id)]);
  await untilLookedAt(database);
  await untilAllAre('RECONNECTING', places);
  const [due] = await database.sql<[{ seconds: number }]>`
      select extract(epoch from max(seen_until) - clock_timestamp())::float8 + 31 as seconds from participants`;
  await moveClock(database, { seconds: due.seconds, areAlive: true });
  const reasons = async () => (await places()).map(({ leaveReason }) => leaveReason);
  await until(reasons, (found) => found.every((reason) => reason === 'CONNECTION_LOST'));
});

test.concurrent('a process that starts beside others knows since when they have been there', {
  ...patience,
}, async () => {
  const database = await createTestDatabase();
  await spawnOne(database.url);
  const since = async () =>
    (await database.sql`select started_at from processes order by renewed_at`).map(({ started_at }) =>
      started_at.getTime(),
    );
  const [first] = await since();
  await spawnOne(database.url);
  expect(await since()).toEqual([first, first]);
});
