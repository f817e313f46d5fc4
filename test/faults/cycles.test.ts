import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { cursorOf } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { bootstrapApiKey } from '../support/server.ts';
import { inParallel, many, scale, until, upTo } from './fault-kit.ts';
import { spawnInspected } from './inspected.ts';

const database = await createTestDatabase();
const server = await spawnInspected(database.url);
const backend = seed(server);

type Stream = { readonly bearer: string; readonly query: string; readonly variables?: object };

const events =
  'subscription ($room: String, $after: String) { roomEvents(roomName: $room, after: $after) { __typename cursor } }';
const knocks = 'subscription ($room: String) { knockRequested(roomName: $room) { id status } }';

/** Every kind of stream; each has something to show at once. */
async function makeStreams(): Promise<readonly Stream[]> {
  const room = await backend.waitingRoom({ knockTimeoutSeconds: 3_600 });
  const after = await cursorOf(backend, room.name);
  const owner = await room.owner();
  const knocker = await room.knocker();
  const quiet = await backend.waitingRoom();
  const before = await cursorOf(backend, quiet.name);
  await quiet.guest();
  return [
    { bearer: bootstrapApiKey, query: events, variables: { room: quiet.name, after: before } },
    { bearer: bootstrapApiKey, query: knocks, variables: { room: room.name } },
    { bearer: bootstrapApiKey, query: knocks },
    { bearer: owner.sessionToken, query: knocks },
    { bearer: owner.sessionToken, query: events, variables: { after } },
    { bearer: knocker.knockToken, query: 'subscription { myKnock { id status position } }' },
  ];
}

/** A socket as light as can be: there will be many. */
class Client {
  readonly #socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  readonly #waiting = new Map<string, (type: string) => void>();
  #last = 0;

  async open(bearer: string): Promise<this> {
    this.#socket.on('message', (data) => {
      const { id = '', type } = JSON.parse(data.toString());
      this.#waiting.get(id)?.(type);
      this.#waiting.delete(id);
    });
    await once(this.#socket, 'open');
    const acknowledged = this.#hear('');
    this.#send({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } });
    expect(await acknowledged).toBe('connection_ack');
    return this;
  }

  /** Subscribes, and waits for the first that comes. */
  async subscribe({ query, variables = {} }: Stream): Promise<string> {
    const id = this.start({ query, variables });
    expect(await this.#hear(id)).toBe('next');
    return id;
  }

  start({ query, variables = {} }: Pick<Stream, 'query' | 'variables'>): string {
    const id = String(++this.#last);
    this.#send({ id, type: 'subscribe', payload: { query, variables } });
    return id;
  }

  unsubscribe(id: string): void {
    this.#send({ id, type: 'complete' });
  }

  async close(how: 'close' | 'terminate'): Promise<void> {
    this.#socket[how]();
    await once(this.#socket, 'close');
  }

  #hear(id: string): Promise<string> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}

async function cycleOfEvents({ bearer, query, variables = {} }: Stream): Promise<void> {
  const abort = new AbortController();
  const headers = {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    authorization: `Bearer ${bearer}`,
  };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: abort.signal });
  await response.body?.getReader().read();
  abort.abort();
}

async function cycleOfSocket(stream: Stream, how: 'close' | 'terminate'): Promise<void> {
  const client = await new Client().open(stream.bearer);
  await client.subscribe(stream);
  await client.close(how);
}

/** Sockets that stay, one for each stream, on which streams come and go. */
async function cycle(kept: Client, stream: Stream, index: number): Promise<void> {
  const way = Math.floor(index / 6) % 10;
  if (way === 0) return cycleOfEvents(stream);
  if (way === 1) return cycleOfSocket(stream, 'close');
  if (way === 2) return cycleOfSocket(stream, 'terminate');
  // Some go before they have seen anything, and some before it is even known what they are.
  if (way === 3) kept.unsubscribe(kept.start(stream));
  else kept.unsubscribe(await kept.subscribe(stream));
}

async function run(streams: readonly Stream[], count: number): Promise<void> {
  const kept = await Promise.all(streams.map(({ bearer }) => new Client().open(bearer)));
  await inParallel(upTo(count), 12, async (index) => {
    const [client, stream] = [kept[index % kept.length], streams[index % streams.length]];
    if (client && stream) await cycle(client, stream, index);
  });
  await Promise.all(kept.map((client) => client.close('close')));
}

const openStreams = async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^vestibule_subscriptions_open(?:\{.*\})? (\d+)/m.exec(text)?.[1]);
};

async function countConnections(): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity where datname = ${database.name} and application_name = 'vestibule'`;
  return row?.count ?? 0;
}

async function holdingsAtRest() {
  await until(openStreams, (count) => count === 0);
  return { ...(await server.holdings()), connections: await countConnections() };
}

test('after any number of streams that came and went, the process holds what it held before', {
  timeout: 90_000 * Math.max(1, scale),
}, async () => {
  const streams = await makeStreams();
  // Caches, pools and compiled code reach their size.
  await run(streams, 300);
  const before = await holdingsAtRest();
  const clients = await Promise.all(
    streams.map(async (stream) => {
      const client = await new Client().open(stream.bearer);
      await client.subscribe(stream);
      return client;
    }),
  );
  const meanwhile = await server.holdings();
  expect(meanwhile.listeners).toBeGreaterThan(before.listeners + streams.length);
  await Promise.all(clients.map((client) => client.close('close')));
  await run(streams, many(500));
  // Node lets go of some requests that were cut off only after a while: what does not go away was not let go of.
  const after = await until(
    holdingsAtRest,
    ({ listeners }) => listeners < before.listeners + 150,
    scale > 1 ? 120_000 : 20_000,
    500,
  );
  // What is left at rest is a matter of the moment for some: connections that wait to be used again, work that is done by the clock.
  expect(after.heapBytes - before.heapBytes).toBeLessThan(2 * 2 ** 20);
  expect(after.sockets).toBeLessThan(before.sockets + 10);
  expect(after.timers).toBeLessThan(before.timers + 10);
  expect(after.connections).toBeLessThanOrEqual(before.connections + 2);
});
