import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { inParallel, many, scale, until, upTo } from './fault-kit.ts';
import { spawnInspected } from './inspected.ts';
import { refusalsOf } from './refusals.ts';

const places = 12;
const database = await createTestDatabase();
const server = await spawnInspected(database.url, {
  RATE_LIMITS: 'true',
  TRUSTED_PROXIES: '127.0.0.0/8',
  MAX_STREAMS_PER_ADDRESS: String(places),
  MAX_OPERATIONS_PER_ADDRESS: String(places),
  ALLOWED_ORIGINS: 'https://app.example.com',
});
const backend = seed(server);

/** An address whose places are all taken. */
const full = { 'x-forwarded-for': '192.0.2.1' };
await inParallel(upTo(places), places, async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: full,
  });
  closeAfterwards(() => socket.terminate());
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
});

const refusals = refusalsOf(server.url, full);

const meetAll = (times: number) =>
  inParallel(
    refusals.flatMap((refusal) => upTo(times).map(() => refusal)),
    6,
    ({ meet }) => meet(),
  );

async function openSubscriptions(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^vestibule_subscriptions_open(?:\{.*\})? (\d+)/m.exec(text)?.[1]);
}

test.each(refusals)('$door: $what is answered by $expected', async ({ meet, expected }) => {
  expect(await meet()).toBe(expected);
});

test('after any number of refusals of each kind at each door, the process holds what it held before', {
  timeout: 90_000 * Math.max(1, scale),
}, async () => {
  // Caches, pools and compiled code reach their size.
  await meetAll(8);
  const before = await server.holdings();
  await meetAll(many(12));
  await until(openSubscriptions, (count) => count === 0);
  const after = await until(
    () => server.holdings(),
    ({ listeners, sockets }) => listeners < before.listeners + 60 && sockets < before.sockets + 10,
    30_000,
    500,
  );
  expect(after.timers).toBeLessThan(before.timers + 10);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(2 * 2 ** 20);
});

test('and every place of an address is there again, and no more than there were', async () => {
  const asked = await Promise.all(upTo(places).map(() => backend.ask('{ rooms(first: 1) { nodes { id } } }')));
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 200));
  const subscribe = () => backend.sse().subscribe('subscription { knockRequested { id } }');
  const streams = await inParallel(upTo(places), places, subscribe);
  expect(streams.map(({ response }) => response.status)).toEqual(streams.map(() => 200));
  expect((await subscribe()).response.status).toBe(429);
  await Promise.all(streams.map((stream) => stream.stop()));
});
