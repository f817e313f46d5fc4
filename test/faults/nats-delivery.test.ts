import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNats } from '../streams/nats-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, type ServerProcess } from '../support/server.ts';
import { expectAllSeen, knockAll, newFollower } from './delivery-kit.ts';
import { many, noFewerThan, patience, scale, spawnOne } from './fault-kit.ts';

const program = await findProgram('nats-server');

async function end(nats: ChildProcess): Promise<void> {
  nats.kill('SIGKILL');
  await once(nats, 'exit');
}

describe.skipIf(program === null)('over NATS', () => {
  let database: TestDatabase;
  let port = 0;
  let writer: ServerProcess;
  let reader: ServerProcess;
  const start = () => startNats(program ?? '', port);
  const spawnOverNats = () => spawnOne(database.url, { EVENTS_URL: `nats://127.0.0.1:${port}` });

  beforeAll(async () => {
    database = await createTestDatabase();
    port = await findFreePort();
    [writer, reader] = await Promise.all([spawnOverNats(), spawnOverNats()]);
  });

  async function setUp() {
    const room = await seed(writer).waitingRoom({ knockCooldownSeconds: 0 });
    const follower = await newFollower(writer, room);
    await follower.follow(reader.url);
    return { room, follower };
  }

  test('everything is delivered once and in order while its server is killed and started again', patience, async () => {
    const { room, follower } = await setUp();
    let isOver = false;
    const killing = (async () => {
      let killed = 0;
      for (; !isOver; killed += 1) {
        const nats = await start();
        await pause(400);
        await end(nats);
        await pause(200);
      }
      return killed;
    })();
    for (let round = 0; round < noFewerThan(6); round += 1) {
      await knockAll(writer.url, [room], 40);
      await pause(250);
    }
    isOver = true;
    expect(await killing).toBeGreaterThan(2);
    await expectAllSeen(database, follower, room);
    expect(follower.resyncs).toBe(0);
    await follower.leave();
  });

  test('everything is delivered once and in order while its server is frozen, and after', patience, async () => {
    const { room, follower } = await setUp();
    const nats = await start();
    // Long enough at last that those who are connected to it give it up.
    for (const seconds of [1, 2, 7]) {
      nats.kill('SIGSTOP');
      const goesOnAt = performance.now() + seconds * 1_000 * Math.max(1, scale / 2);
      await knockAll(writer.url, [room], many(40));
      await expectAllSeen(database, follower, room);
      await pause(Math.max(0, goesOnAt - performance.now()));
      nats.kill('SIGCONT');
      await knockAll(writer.url, [room], many(40));
      await expectAllSeen(database, follower, room);
    }
    expect(follower.resyncs).toBe(0);
    await follower.leave();
    await end(nats);
  });

  test('a process starts and ends in good order while its server hangs, or is away', patience, async () => {
    for (const trouble of ['SIGSTOP', 'SIGKILL'] as const) {
      const nats = await start();
      nats.kill(trouble);
      const server = await spawnOverNats();
      expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      if (trouble === 'SIGSTOP') await end(nats);
    }
  });
});
