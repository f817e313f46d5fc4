import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { refusedUpgrade, wsClient } from '../support/ws-client.ts';
import { openDoor } from './door-kit.ts';
import { ask } from './http-client.ts';
import { maskedText, openSession, openSocket, readAll, subscribe, upgradeRaw } from './websocket-kit.ts';

const own = await openDoor({ limits: { connectionInitMs: 300, keepAliveMs: 200 } });
const { url, seen } = own;

describe('the connection', () => {
  test.each(['', 'graphql-ws', 'nonsense', 'graphql-transport-wss'])(
    'protocol "%s" is closed with 4406',
    async (protocol) => {
      const { socket, frame } = await upgradeRaw(own.port, protocol);
      expect((await frame).readUInt16BE(2)).toBe(4406);
      socket.destroy();
    },
  );

  test('among several protocols the right one is taken', async () => {
    const client = wsClient(url, undefined, { protocols: ['nonsense', 'graphql-transport-ws'] });
    await client.acknowledged;
    expect(client.socket.protocol).toBe('graphql-transport-ws');
  });

  test('connection_init is acknowledged', async () => {
    const client = await openSocket(url);
    client.send({ type: 'connection_init' });
    await client.acknowledged;
  });

  test('connection_init with an empty payload is acknowledged', async () => {
    const client = await openSocket(url);
    client.send({ type: 'connection_init', payload: {} });
    await client.acknowledged;
  });

  test('no connection_init in time: 4408', async () => {
    expect((await (await openSocket(url)).closed).code).toBe(4408);
  });

  test('a socket that only pings is closed with 4408 all the same', async () => {
    const client = await openSocket(url);
    client.send({ type: 'ping' });
    expect((await client.closed).code).toBe(4408);
  });

  test('a second connection_init: 4429', async () => {
    const client = await openSession(url);
    client.send({ type: 'connection_init' });
    expect((await client.closed).code).toBe(4429);
  });

  test('two connection_init at once: 4429', async () => {
    const client = await openSocket(url);
    client.send({ type: 'connection_init' });
    client.send({ type: 'connection_init' });
    expect((await client.closed).code).toBe(4429);
  });

  test('subscribe before connection_init: 4401', async () => {
    const client = await openSocket(url);
    client.send(subscribe('1', '{ hello }'));
    expect((await client.closed).code).toBe(4401);
  });

  test.each([
    ['no JSON', 'hello'],
    ['half of JSON', '{"type":'],
    ['a text', '"ping"'],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"nonsense"}'],
    ['a type of the older protocol', '{"type":"start","id":"1","payload":{"query":"{ hello }"}}'],
    ['a message that only the server sends', '{"type":"connection_ack"}{'],
    ['connection_init whose payload is a text', '{"type":"connection_init","payload":"x"}'],
    ['connection_init whose payload is a list', '{"type":"connection_init","payload":[]}'],
    ['ping whose payload is a text', '{"type":"ping","payload":"x"}'],
    ['subscribe without id', '{"type":"subscribe","payload":{"query":"{ hello }"}}'],
    ['subscribe with an empty id', '{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}'],
    ['subscribe whose id is a number', '{"type":"subscribe","id":1,"payload":{"query":"{ hello }"}}'],
    ['subscribe without payload', '{"type":"subscribe","id":"1"}'],
    ['subscribe without query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['subscribe whose query is a number', '{"type":"subscribe","id":"1","payload":{"query":1}}'],
    [
      'subscribe whose variables are a text',
      '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":"x"}}',
    ],
    [
      'subscribe whose operationName is a number',
      '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","operationName":1}}',
    ],
    ['complete without id', '{"type":"complete"}'],
  ])('%s: 4400', async (_what, text) => {
    const client = await openSocket(url);
    if (!text.includes('connection_init')) {
      client.send({ type: 'connection_init' });
      await client.acknowledged;
    }
    client.send(text);
    expect((await client.closed).code).toBe(4400);
  });

  test.each([[7], [{}], ['abc'], ['Basic YTpi'], ['Bearer a b']])('authorization %j: 4400', async (authorization) => {
    const client = wsClient(url, undefined, { connectionParams: { authorization } });
    expect((await client.closed).code).toBe(4400);
  });

  test('a message beyond the limit: 1009', async () => {
    const client = await openSession(url);
    client.send(subscribe('1', '{ hello }', { extensions: { padding: 'x'.repeat(65_536) } }));
    expect((await client.closed).code).toBe(1009);
  });

  test('ping is answered, with its payload, before and after connection_init', async () => {
    const client = await openSocket(url);
    client.send({ type: 'ping', payload: { at: 1 } });
    expect(await client.others.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    client.send({ type: 'connection_init' });
    await client.acknowledged;
    client.send({ type: 'ping' });
    expect(await client.others.next()).toEqual({ type: 'pong' });
  });

  test('a pong that nobody asked for does no harm', async () => {
    const client = await openSession(url);
    client.send({ type: 'pong' });
    client.send(subscribe('1', '{ hello }'));
    expect((await readAll(client, '1')).map(({ type }) => type)).toEqual(['next', 'complete']);
  });

  test('a client that answers no ping is cut, and its streams are freed', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { autoPong: false });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify(subscribe('1', 'subscription { endless }')));
    await seen.until(1);
    const [code] = await once(socket, 'close');
    expect(code).toBe(1006);
    await seen.until(0);
  });

  test('a client that answers pings stays', async () => {
    const client = await openSession(url);
    for (const _ping of [1, 2, 3]) await once(client.socket, 'ping');
    client.send(subscribe('1', '{ hello }'));
    expect(await readAll(client, '1')).toHaveLength(2);
  });

  test('a client that asks on without reading is cut', async () => {
    const own = await openDoor({ limits: { unsentBytes: 100_000 } });
    const { socket } = await upgradeRaw(own.port, 'graphql-transport-ws');
    socket.pause();
    const ping = maskedText(JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(60_000) } }));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const flood = setInterval(() => socket.write(Buffer.concat(Array(20).fill(ping))), 10);
    await closed;
    clearInterval(flood);
  });
});

describe('the upgrade', () => {
  test.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com@evil.example',
  ])('from origin %s is refused before it is one', async (origin) => {
    expect(await refusedUpgrade(wsClient(url, undefined, { origin }))).toBe(403);
  });

  test.each(['https://app.example.com', url, url.replace('127.0.0.1', 'localhost')])(
    'from origin %s is taken',
    async (origin) => {
      await wsClient(url, undefined, { origin }).acknowledged;
    },
  );

  test('at another path is refused', async () => {
    expect(await refusedUpgrade(wsClient(`${url}/elsewhere`))).toBe(404);
  });

  test('sockets of one address are capped, and each that ends makes room', async () => {
    const own = await openDoor({ limits: { streamsPerAddress: 2 } });
    const first = wsClient(own.url);
    const second = wsClient(own.url);
    await Promise.all([first.acknowledged, second.acknowledged]);
    const [, refused] = await once(wsClient(own.url).socket, 'unexpected-response');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const answer = await ask(own.url, 'subscription { endless }', {}, { accept: 'text/event-stream' });
    expect([answer.status, answer.body.errors?.[0]?.extensions?.code]).toEqual([429, 'RATE_LIMITED']);
    expect(answer.headers.get('retry-after')).toBe(refused.headers['retry-after']);
    await first.close();
    await wsClient(own.url).acknowledged;
  });
});
