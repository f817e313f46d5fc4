import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openDoor, type TestDoor } from './door-kit.ts';
import { type Answer, ask, connectRaw, send } from './http-client.ts';
import { openSession, readAll, subscribe } from './websocket-kit.ts';

const json = 'application/json';
const result = 'application/graphql-response+json';
const events = 'text/event-stream';

/** What each Accept header takes: single results, events, or nothing that is served. */
const accepts: readonly (readonly [accept: string, takes: { readonly single: boolean; readonly events: boolean }])[] = [
  [json, { single: true, events: false }],
  [result, { single: true, events: false }],
  [`${result}, ${json};q=0.9`, { single: true, events: false }],
  ['APPLICATION/JSON', { single: true, events: false }],
  ['application/*', { single: true, events: false }],
  ['multipart/mixed', { single: true, events: false }],
  [`${events};q=0, ${json}`, { single: true, events: false }],
  [`*/*, ${events};q=0.0`, { single: true, events: false }],
  [`*/*, text/*;q=0`, { single: true, events: false }],
  [`${events}; charset=latin1, ${json}`, { single: true, events: false }],
  [events, { single: true, events: true }],
  [`${json};q=0, ${events}`, { single: true, events: true }],
  [`${json}, ${events}`, { single: true, events: true }],
  ['text/*', { single: true, events: true }],
  ['*/*', { single: true, events: true }],
  ['text/html, */*;q=0.1', { single: true, events: true }],
  ['text/html', { single: false, events: false }],
  ['image/png', { single: false, events: false }],
  [`${json};q=0`, { single: false, events: false }],
  [`${json};q=0, ${result};q=0.00`, { single: false, events: false }],
  ['*/*;q=0', { single: false, events: false }],
  [`${json}; charset=latin1`, { single: false, events: false }],
  ['nonsense', { single: false, events: false }],
];

type Way = 'POST' | 'GET';
const ways: readonly Way[] = ['POST', 'GET'];

async function request({ url }: TestDoor, way: Way, accept: string, query: string): Promise<Answer> {
  if (way === 'POST') return ask(url, query, {}, { accept });
  return send(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers: { accept } });
}

const cases = accepts.flatMap(([accept, takes]) => ways.map((way) => ({ accept, takes, way })));

describe('an answer in a form that the client does not take', () => {
  test.each(cases)('$way with Accept: $accept begins nothing that it then refuses', async ({ accept, takes, way }) => {
    const door = await openDoor();
    const stream = await request(door, way, accept, 'subscription { numbers(to: 1) }');
    expect(stream.status).toBe(takes.events ? 200 : 406);
    expect(door.seen.begun).toBe(takes.events ? 1 : 0);
    const query = await request(door, way, accept, '{ hello }');
    expect(query.status).toBe(takes.single ? 200 : 406);
    const mutation = await request(door, way, accept, 'mutation { count }');
    expect(mutation.status).toBe(takes.single ? (way === 'GET' ? 405 : 200) : 406);
    expect(door.seen.mutations).toBe(takes.single && way === 'POST' ? 1 : 0);
    for (const { status, body } of [stream, query, mutation]) {
      if (status === 406) expect(body.errors?.[0]?.extensions?.code).toBe('BAD_REQUEST');
    }
    expect(door.seen.streams).toBe(0);
  });

  test('is refused by two Accept headers as by one', async () => {
    const door = await openDoor();
    const body = '{"query":"subscription { endless }"}';
    const { socket, answered } = await connectRaw(door.port);
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html\r\nAccept: ${json}\r\nContent-Type: ${json}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await answered).toMatch(/^HTTP\/1\.1 406 /);
    expect(door.seen.begun).toBe(0);
  });
});

describe('a stream for which there is no place', () => {
  test.each(ways)('is not begun, over %s', async (way) => {
    const door = await openDoor({ limits: { streamsPerAddress: 1 } });
    const holder = new AbortController();
    const held = await fetch(`${door.url}/graphql?query=${encodeURIComponent('subscription { endless }')}`, {
      headers: { accept: events },
      signal: holder.signal,
    });
    await held.body?.getReader().read();
    expect(door.seen.begun).toBe(1);
    for (let time = 0; time < 5; time += 1) {
      const { status, body } = await request(door, way, events, 'subscription { endless }');
      expect([status, body.errors?.[0]?.extensions?.code]).toEqual([429, 'RATE_LIMITED']);
    }
    expect(door.seen.begun).toBe(1);
    // A mutation over events takes a place as well: refused, it was not executed.
    if (way === 'POST') expect((await request(door, way, events, 'mutation { count }')).status).toBe(429);
    expect(door.seen.mutations).toBe(0);
    holder.abort();
    await door.seen.until(0);
    await expect
      .poll(async () => (await request(door, way, events, 'subscription { numbers(to: 1) }')).status)
      .toBe(200);
  });
});

describe('the place of a stream', () => {
  const one = { limits: { streamsPerAddress: 1 } };
  const endings: readonly (readonly [how: string, query: string, end: (response: Response) => Promise<unknown>])[] = [
    ['the service ends it', 'subscription { numbers(to: 2) }', (response) => response.text()],
    ['it breaks', 'subscription { boomLater }', (response) => response.text()],
    ['it is refused at its start', 'subscription { refused }', (response) => response.text()],
    ['its start breaks', 'subscription { boomAtStart }', (response) => response.text()],
    ['a query over events is answered', '{ hello }', (response) => response.text()],
    ['the client goes before it reads', 'subscription { endless }', async (response) => response.body?.cancel()],
    [
      'the client goes amid it',
      'subscription { endless }',
      async (response) => {
        const reader = response.body?.getReader();
        await reader?.read();
        await reader?.cancel();
      },
    ],
  ];

  test.each(endings)('is given back once and only once: %s', async (_how, query, end) => {
    const door = await openDoor(one);
    const open = () =>
      fetch(`${door.url}/graphql`, {
        method: 'POST',
        headers: { accept: events, 'content-type': json },
        body: JSON.stringify({ query }),
      });
    for (let time = 0; time < 10; time += 1) {
      const response = await open();
      expect(response.status).not.toBe(429);
      await end(response);
      await door.seen.until(0);
      // The place comes back with the connection's end, a moment after the answer's.
      await expect.poll(async () => (await ask(door.url, '{ hello }', {}, { accept: events })).status).toBe(200);
    }
    // Given back twice it would be there for two.
    const first = await fetch(`${door.url}/graphql?query=${encodeURIComponent('subscription { endless }')}`, {
      headers: { accept: events },
    });
    expect(first.status).toBe(200);
    expect((await ask(door.url, 'subscription { endless }', {}, { accept: events })).status).toBe(429);
    await first.body?.cancel();
    await door.seen.until(0);
  });

  test('is given back by a socket in whichever way it closes', async () => {
    const door = await openDoor(one);
    for (const how of ['close', 'terminate', 'complete', 'early'] as const) {
      const client = await openSession(door.url);
      const closed = once(client.socket, 'close');
      client.send(subscribe('1', 'subscription { endless }'));
      if (how !== 'early') await client.others.find(({ type }) => type === 'next');
      if (how === 'complete') client.send({ id: '1', type: 'complete' });
      if (how === 'complete') await door.seen.until(0);
      if (how === 'terminate' || how === 'early') client.socket.terminate();
      else client.socket.close();
      await closed;
      await door.seen.until(0);
      await expect
        .poll(async () => (await ask(door.url, 'subscription { numbers(to: 1) }', {}, { accept: events })).status)
        .toBe(200);
    }
    const client = await openSession(door.url);
    client.send(subscribe('1', '{ hello }'));
    expect((await readAll(client, '1')).map(({ type }) => type)).toEqual(['next', 'complete']);
  });
});
