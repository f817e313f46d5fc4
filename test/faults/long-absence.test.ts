import { expect, test } from 'vitest';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { bootstrapApiKey, findFreePort } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { wsClient } from '../support/ws-client.ts';
import { patience, spawnOne, until } from './fault-kit.ts';

// What is away for long: the database, for longer than a process is believed to live without it, and NATS.

const document = 'subscription ($room: String!) { roomEvents(roomName: $room) { cursor } }';

test(
  'streams of a process whose database was away for longer than its lease break, and are not completed',
  patience,
  async () => {
    const database = await createTestDatabase();
    const proxy = await startTcpProxy(database.url);
    const [staying, cutOff] = await Promise.all([spawnOne(database.url), spawnOne(proxy.url)]);
    const room = await seed(staying).waitingRoom();
    const socket = wsClient(cutOff.url, bootstrapApiKey);
    await socket.subscribe(document, { room: room.name });
    const messages: string[] = [];
    socket.socket.on('message', (data) => messages.push(String(data)));
    const events = await fetch(`${cutOff.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${bootstrapApiKey}`,
      },
      body: JSON.stringify({ query: document, variables: { room: room.name } }),
    });
    const text = events.text().then(
      (whole) => whole,
      () => 'broken off',
    );
    proxy.refuse();
    proxy.cut();
    await moveClock(database, { seconds: 60 });
    const dead = () => database.sql`select 1 from processes where dead_at is not null`;
    await until(dead, ({ length }) => length === 1, 30_000);
    proxy.accept();
    expect((await socket.closed).code).toBe(1001);
    expect(messages.filter((message) => message.includes('"complete"'))).toEqual([]);
    expect(await text).toBe('broken off');
    // Whoever comes again is served.
    const again = wsClient(cutOff.url, bootstrapApiKey);
    await again.subscribe(document, { room: room.name });
    await again.close();
  },
);

test('a NATS that is away is a warning of /ready and a metric, and the process stays ready', patience, async () => {
  const database = await createTestDatabase();
  const server = await spawnOne(database.url, { EVENTS_URL: `nats://127.0.0.1:${await findFreePort()}` });
  const look = async () => {
    const answer = await fetch(`${server.url}/ready`);
    return { status: answer.status, body: (await answer.json()) as { warnings?: readonly string[] } };
  };
  const { body } = await until(look, (seen) => seen.body.warnings !== undefined, 20_000);
  expect(body).toEqual({ ready: true, problems: [], warnings: [expect.stringContaining('EVENTS_URL')] });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^vestibule_wakeups_away 1$/m);
});
