import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { onThisMachine } from '../support/timing.ts';
import { expectAllSeen, knockAll, newFollower } from './delivery-kit.ts';
import {
  anybodyAt,
  attempt,
  chanceFrom,
  many,
  mutations,
  patience,
  seedOfRun,
  spawnOne,
  spawnPair,
  until,
} from './fault-kit.ts';
import { placesAfter } from './follower.ts';
import { countLockWaits, lockRoom } from './room-lock.ts';

const database = await createTestDatabase();
const [writer, reader] = await spawnPair(database.url);

const makeRoom = () => seed(writer).waitingRoom({ knockCooldownSeconds: 0 });

test(
  'everything is delivered once and in order while the connection that listens is killed again and again',
  patience,
  async () => {
    const room = await makeRoom();
    const follower = await newFollower(writer, room);
    await follower.follow(reader.url);
    let isOver = false;
    const killing = (async () => {
      let killed = 0;
      while (!isOver) {
        const rows = await database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.name} and query ilike 'listen%'`;
        killed += rows.length;
        await pause(120);
      }
      return killed;
    })();
    await knockAll(writer.url, [room], many(400));
    isOver = true;
    expect(await killing).toBeGreaterThan(2);
    await expectAllSeen(database, follower, room);
    expect(follower.resyncs).toBe(0);
    await follower.leave();
  },
);

test(
  'what a process committed and died before telling is delivered by the others within a second',
  patience,
  async () => {
    const proxy = await startTcpProxy(database.url);
    const doomed = await spawnOne(proxy.url);
    const room = await makeRoom();
    const follower = await newFollower(writer, room);
    await follower.follow(reader.url);
    // Its answer is held back, so that it never learns that it has committed.
    await knockAll(doomed.url, [room], 1);
    const unlock = await lockRoom(database, room.name);
    const answer = attempt(anybodyAt(doomed), mutations.knock, { input: { roomName: room.name, userName: 'Last' } });
    await until(
      () => countLockWaits(database),
      (count) => count === 1,
    );
    proxy.hold('answers');
    await unlock();
    await until(
      () => placesAfter(database, room.name, 1),
      (places) => places.length === 2,
    );
    const committedAt = performance.now();
    await doomed.kill('SIGKILL');
    expect(await answer).toBe('LOST');
    await expectAllSeen(database, follower, room);
    expect(performance.now() - committedAt).toBeLessThan(onThisMachine(1_500));
    proxy.release();
    await follower.leave();
  },
);

test(
  `a console that goes from process to process, through restarts, misses nothing and sees nothing twice (seed ${seedOfRun})`,
  patience,
  async () => {
    const chance = chanceFrom(seedOfRun);
    const room = await makeRoom();
    const third = await spawnOne(database.url);
    let restarted = third;
    const follower = await newFollower(writer, room);
    let isOver = false;
    const hopping = (async () => {
      for (let hop = 0; !isOver; hop += 1) {
        const urls = [writer.url, reader.url, restarted.url];
        await follower.follow(urls[Math.floor(chance() * urls.length)] ?? writer.url);
        if (hop % 5 === 4) {
          await restarted.kill('SIGKILL');
          restarted = await spawnOne(database.url, { PORT: new URL(third.url).port });
        }
        await pause(chance() * 60);
      }
    })();
    for (let round = 0; round < many(4); round += 1) {
      await knockAll(writer.url, [room], 60);
      await pause(300);
    }
    isOver = true;
    await hopping;
    await follower.follow(reader.url);
    await expectAllSeen(database, follower, room);
    expect(follower.resyncs).toBe(0);
    await follower.leave();
  },
);

test('no event of one room comes to the followers of another', patience, async () => {
  const rooms = [await makeRoom(), await makeRoom()];
  const followers = await Promise.all(
    [writer, reader, writer, reader].map(async ({ url }, index) => {
      const room = rooms[index % 2];
      if (room === undefined) throw new Error('there are two rooms');
      const follower = await newFollower(writer, room);
      await follower.follow(url);
      return { room, follower };
    }),
  );
  await Promise.all([knockAll(writer.url, rooms, many(150)), knockAll(reader.url, rooms.toReversed(), many(150))]);
  for (const { room, follower } of followers) {
    await expectAllSeen(database, follower, room);
    expect([...follower.roomIds]).toEqual([room.id]);
    await follower.leave();
  }
});
