import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../support/seed.ts';
import type { ServerProcess } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import { anybodyAt, attempt, many, mutations, patience, scale, seedOfRun, spawnServers, until } from './fault-kit.ts';
import { auditLedger, keepBusy, type Ledger, nothingWrong } from './load.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';

const seconds = (count: number) => count * 1_000 * Math.max(1, scale / 2);

let database: OwnPostgres;
let servers: readonly ServerProcess[];
let roomNames: readonly string[];

beforeAll(async () => {
  database = await startOwnPostgres({ max_connections: '40', fsync: 'off' });
  servers = await spawnServers(database.url, 2);
  const backend = seed(servers[0] ?? fail());
  roomNames = await Promise.all(
    [1, 2, 3].map(async () => (await backend.waitingRoom({ knockCooldownSeconds: 0 })).name),
  );
});

function fail(): never {
  throw new Error('there is a server');
}

/** Fewer would say little. */
const enough = 25;

/** Lets clients work while something is done to the database, a moment longer, and until they have something to show for it. */
async function under(trouble: () => Promise<void>): Promise<Ledger> {
  let overAt = Number.POSITIVE_INFINITY;
  const load = keepBusy({
    roomNames,
    urls: () => servers.map(({ url }) => url),
    clients: 12,
    seed: seedOfRun,
    isOver: ({ verdicts }) => {
      const lateBy = performance.now() - overAt;
      return lateBy > 10_000 || (lateBy > 700 && verdicts.size >= enough);
    },
  });
  await pause(300);
  await trouble();
  overAt = performance.now();
  return load;
}

const readiness = async () => Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/ready`)).status));
const health = async () => Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/health`)).status));

async function expectAllWell(ledger: Ledger): Promise<void> {
  // A process that has ended says here why.
  expect(servers.map((server) => server.output()).join('')).not.toContain('Error');
  await until(readiness, (codes) => codes.every((code) => code === 200), 10_000);
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  const { acknowledged, ...wrong } = await auditLedger(sql, ledger).finally(() => sql.end());
  expect(wrong).toEqual(nothingWrong);
  expect(ledger.givenUp).toBe(0);
  expect(acknowledged).toBeGreaterThanOrEqual(enough);
  expect(ledger.slowestMs).toBeLessThan(10_000 + onThisMachine(500));
  // The same processes as before, and every call gets through again.
  for (const server of servers) {
    const outcome = await attempt(anybodyAt(server), mutations.knock, {
      input: { roomName: roomNames[0], userName: 'After' },
    });
    expect(outcome).toMatchObject({ __typename: 'Knocked' });
  }
}

describe(`under load (seed ${seedOfRun})`, () => {
  test(
    'every connection is ended, again and again: nothing is lost, doubled, or refused and yet done',
    patience,
    async () => {
      const times = many(10);
      const ledger = await under(async () => {
        for (let time = 0; time < times; time += 1) {
          await database.ask(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vestibule'`,
          );
          await pause(150);
        }
      });
      await expectAllWell(ledger);
    },
  );

  test('PostgreSQL is restarted', patience, async () => {
    const ledger = await under(async () => {
      await database.stop();
      await database.start();
    });
    await expectAllWell(ledger);
  });

  test('PostgreSQL is away for a while: not ready, but alive, and all goes on by itself', patience, async () => {
    const ledger = await under(async () => {
      await database.stop();
      expect(await until(readiness, (codes) => codes.every((code) => code === 503))).toEqual([503, 503]);
      expect(await health()).toEqual([200, 200]);
      await pause(seconds(3));
      await database.start();
    });
    await expectAllWell(ledger);
  });

  test('PostgreSQL is frozen for longer than any deadline', patience, async () => {
    const ledger = await under(async () => {
      await database.signal('SIGSTOP');
      await pause(seconds(7));
      expect(await health()).toEqual([200, 200]);
      await database.signal('SIGCONT');
    });
    await expectAllWell(ledger);
  });

  test('a process is frozen and goes on', patience, async () => {
    const [frozen] = servers;
    const ledger = await under(async () => {
      process.kill(frozen?.pid ?? 0, 'SIGSTOP');
      await pause(seconds(3));
      process.kill(frozen?.pid ?? 0, 'SIGCONT');
    });
    await expectAllWell(ledger);
  });
});
