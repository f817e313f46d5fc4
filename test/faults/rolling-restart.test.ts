import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { replaceAll, runProxy } from '../support/proxy-program.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { bootstrapApiKey, findFreePort, type ServerProcess } from '../support/server.ts';
import { addressesOf, exampleOf, isUsed, startNginx } from './behind-proxy.ts';
import { anybodyAt, mutations, patience, spawnOne, spawnPair, until, upTo } from './fault-kit.ts';

// Each process of two is restarted in its turn, behind the real proxies with the configurations that the runbook gives, while people
// knock and owners look. Whoever asks by way of the proxy notices nothing.

const nginx = await findProgram('nginx');
const caddy = await findProgram('caddy');
const database = await createTestDatabase();
const env = { DRAIN_SECONDS: '3' };
const restarting = { timeout: patience.timeout + 600_000 };

/** One request after the other until it is over. What was no answer is kept. */
async function load(url: string, room: RoomSeed, isOver: () => boolean) {
  const backend = callerOf({ url }, bootstrapApiKey);
  const look = () =>
    backend.ask('query ($name: String) { knockRequests(roomName: $name) { totalCount } }', { name: room.name });
  const knock = () => anybodyAt({ url })(mutations.knock, { input: { roomName: room.name, userName: 'Nora' } });
  const failures: unknown[] = [];
  let answered = 0;
  const lanes = upTo(6).map(async (lane) => {
    for (let turn = lane; !isOver(); turn += 1) {
      const answer = await (turn % 2 === 0 ? knock() : look()).catch((error: unknown) => String(error));
      if (typeof answer !== 'string' && answer.status === 200 && answer.body.errors === undefined) answered += 1;
      else failures.push(answer);
    }
  });
  await Promise.all(lanes);
  return { answered, failures };
}

/** Restarts both under load. `leaveOut` tells the proxy, where it does not find out by itself, whom to ask no more; null: nobody. */
async function restartInTurn(
  servers: readonly ServerProcess[],
  url: string,
  leaveOut: (server: ServerProcess | null) => Promise<void>,
): Promise<void> {
  const [first] = servers;
  if (first === undefined) throw new Error('there is no process');
  const room = await seed(first).waitingRoom();
  await until(
    () => fetch(`${url}/health`).then(({ status }) => status),
    (status) => status === 200,
  );
  let isOver = false;
  const loaded = load(url, room, () => isOver);
  for (const old of servers) {
    await leaveOut(old);
    expect(await old.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    const fresh = await spawnOne(database.url, { ...env, PORT: new URL(old.url).port });
    await leaveOut(null);
    // Whoever restarts the next one first sees that the proxy uses this one again: between the two there must be one to ask.
    await until(() => isUsed(fresh), Boolean);
  }
  isOver = true;
  const { answered, failures } = await loaded;
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(50);
}

test.skipIf(caddy === null)('behind Caddy, which asks /ready, no request fails', restarting, async () => {
  const servers = await spawnPair(database.url, env);
  const host = `127.0.0.1:${await findFreePort()}`;
  const names = { 'meet.example.com {': `http://${host} {` };
  await runProxy(
    caddy ?? '',
    'caddy',
    replaceAll(await exampleOf('Caddyfile'), { ...addressesOf(servers), ...names }),
    host,
  );
  await restartInTurn(servers, `http://${host}`, async () => undefined);
});

test.skipIf(nginx === null)('behind nginx, which is told whom to leave out, no request fails', restarting, async () => {
  const servers = await spawnPair(database.url, env);
  const { url, leaveOut } = await startNginx(nginx ?? '', servers);
  await restartInTurn(servers, url, leaveOut);
});
