import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { replaceAll, runProxy } from '../support/proxy-program.ts';
import { callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { bootstrapApiKey, findFreePort, type ServerProcess } from '../support/server.ts';
import { anybodyAt, mutations, patience, spawnOne, spawnPair, until, upTo } from './fault-kit.ts';

// Each process of two is restarted in its turn, behind the real proxies with the configurations that the runbook gives, while people
// knock and owners look. Whoever asks by way of the proxy notices nothing.

const nginx = await findProgram('nginx');
const caddy = await findProgram('caddy');
const database = await createTestDatabase();
const env = { DRAIN_SECONDS: '3' };
const restarting = { timeout: patience.timeout + 60_000 };

const exampleOf = (file: string) => readFile(join(import.meta.dirname, '../../examples/operating', file), 'utf8');

/** The example's addresses, by those of the test. */
const addressesOf = ([one, other]: readonly ServerProcess[]) => ({
  '10.0.0.11:4000': new URL(one?.url ?? '').host,
  '10.0.0.12:4000': new URL(other?.url ?? '').host,
});

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

/** Has it been asked anything since it came? */
async function isUsed({ url }: ServerProcess): Promise<boolean> {
  const metrics = await fetch(`${url}/metrics`).then((answer) => answer.text());
  return /^vestibule_operations_total\{.*\} [1-9]/m.test(metrics);
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

/** The example's configuration of nginx, on this host. */
async function nginxFor(servers: readonly ServerProcess[], host: string): Promise<string> {
  const example = replaceAll(await exampleOf('nginx.conf'), {
    ...addressesOf(servers),
    'listen 443 ssl': `listen ${host}`,
    'ssl_certificate /etc/ssl/meet.example.com.pem;': '',
    'ssl_certificate_key /etc/ssl/meet.example.com.key;': '',
  });
  // Clients do not keep connections here: nginx ends idle ones as it reads its file anew, and a browser would ask again by itself.
  return `keepalive_timeout 0;\n${example}`;
}

test.skipIf(nginx === null)('behind nginx, which is told nothing, no request fails either', restarting, async () => {
  const servers = await spawnPair(database.url, env);
  const host = `127.0.0.1:${await findFreePort()}`;
  await runProxy(nginx ?? '', 'nginx', await nginxFor(servers, host), host);
  await restartInTurn(servers, `http://${host}`, async () => undefined);
});

test.skipIf(nginx === null)('behind nginx, which is told whom to leave out, no request fails', restarting, async () => {
  const servers = await spawnPair(database.url, env);
  const [host, sign] = await Promise.all(upTo(2).map(async () => `127.0.0.1:${await findFreePort()}`));
  const example = await nginxFor(servers, host ?? '');
  // What each configuration is called, so that it shows when it counts.
  const confOf = (name: number, out: ServerProcess | null) => {
    const conf =
      out === null ? example : replaceAll(example, { [`${new URL(out.url).host} `]: `${new URL(out.url).host} down ` });
    return `${conf}\nserver { listen ${sign}; location / { return 200 '${name}'; } }`;
  };
  const proxy = await runProxy(nginx ?? '', 'nginx', confOf(0, null), host ?? '');
  let name = 0;
  await restartInTurn(servers, `http://${host}`, async (out) => {
    name += 1;
    await proxy.reload(confOf(name, out));
    await until(
      () => fetch(`http://${sign}/`, { headers: { connection: 'close' } }).then((answer) => answer.text()),
      (text) => text === String(name),
    );
  });
});
