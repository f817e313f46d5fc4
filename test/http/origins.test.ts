import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openDoor } from './door-kit.ts';
import { ask, send } from './http-client.ts';

const { url, seen } = await openDoor();
const mutation = 'mutation { count }';
const json = { 'content-type': 'application/json' };

describe('a browser of another origin', () => {
  const foreign = [
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'http://app.example.com',
    'https://app.example.com:444',
  ];

  test.each(foreign)('%s may not read, nor ask for leave to', async (origin) => {
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const query = method === 'GET' ? '?query={hello}' : '';
      const { headers } = await send(`${url}/graphql${query}`, {
        method,
        headers: {
          ...json,
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
        ...(method === 'POST' ? { body: '{"query":"{ hello }"}' } : {}),
      });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('on the list may, by its own name and without cookies', async () => {
    const origin = 'https://app.example.com';
    const preflight = await send(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toBe('authorization, content-type');
    const { headers } = await ask(url, '{ hello }', {}, { origin });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    // How long to wait, where a proxy says it, since the answer of a proxy has no extensions.
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After');
    for (const answered of [preflight.headers, headers])
      expect(answered.has('access-control-allow-credentials')).toBe(false);
  });

  test('that is the service itself may', async () => {
    for (const origin of [url, url.replace('127.0.0.1', 'localhost')]) {
      expect((await ask(url, '{ hello }', {}, { origin })).headers.get('access-control-allow-origin')).toBe(origin);
    }
    const own = await openDoor({ config: { publicUrl: 'https://meet.example.com/vestibule' } });
    const origin = 'https://meet.example.com';
    expect((await ask(own.url, '{ hello }', {}, { origin })).headers.get('access-control-allow-origin')).toBe(origin);
    const { headers } = await ask(own.url, '{ hello }', {}, { origin: own.url });
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('in development', () => {
  test.each(['http://localhost:5173', 'http://127.0.0.1:8080', 'http://localhost'])(
    'a page of this machine may, over HTTP and WebSocket: %s',
    async (origin) => {
      const own = await openDoor({ config: { acceptsLocalPages: true } });
      const { headers } = await ask(own.url, '{ hello }', {}, { origin });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(await upgradeFrom(own.url, origin)).toBe(101);
      expect(own.logged).toEqual([]);
    },
  );

  const foreign = [
    'https://localhost:5173',
    'http://localhost.evil.example',
    'http://evil.example:5173',
    'http://[::1]:80',
  ];
  test.each(foreign)('no other page may: %s', async (origin) => {
    const own = await openDoor({ config: { acceptsLocalPages: true } });
    const { headers } = await ask(own.url, '{ hello }', {}, { origin });
    expect(headers.has('access-control-allow-origin')).toBe(false);
    expect(await upgradeFrom(own.url, origin)).toBe(403);
  });
});

test('an origin that is refused is told to the log, once, with the setting; any page may read /health', async () => {
  const own = await openDoor();
  const origin = 'https://evil.example';
  for (let time = 0; time < 3; time += 1) await ask(own.url, '{ hello }', {}, { origin });
  await ask(own.url, '{ hello }', {}, { origin: 'null' });
  expect(own.logged.map(({ level, fields }) => [level, fields])).toEqual([['warn', { origin }]]);
  expect(own.logged[0]?.message).toContain('ALLOWED_ORIGINS');
  for (let number = 0; number < 40; number += 1)
    await ask(own.url, '{ hello }', {}, { origin: `https://${number}.example` });
  expect(own.logged).toHaveLength(20);
  const health = await send(`${own.url}/health`, { headers: { origin } });
  expect(health.headers.get('access-control-allow-origin')).toBe('*');
});

/** The status that a WebSocket from a page of this origin is answered with. */
async function upgradeFrom(at: string, origin: string): Promise<number> {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin });
  const answered = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
  ]);
  socket.terminate();
  return answered;
}

describe('what a page can send without asking changes nothing', () => {
  const form = new URLSearchParams({ query: mutation });
  const multipart = new FormData();
  multipart.set('operations', JSON.stringify({ query: mutation }));
  multipart.set('map', '{}');
  const operation = JSON.stringify({ query: mutation });

  test.each<[string, number, RequestInit]>([
    ['a form', 415, { method: 'POST', body: form }],
    ['a multipart form', 415, { method: 'POST', body: multipart }],
    ['text', 415, { method: 'POST', body: operation, headers: { 'content-type': 'text/plain' } }],
    [
      'text that names JSON too',
      415,
      { method: 'POST', body: operation, headers: { 'content-type': 'text/plain; application/json' } },
    ],
    [
      'JSON that names text too',
      415,
      { method: 'POST', body: operation, headers: { 'content-type': 'application/json, text/plain' } },
    ],
    ['a bare document', 415, { method: 'POST', body: mutation, headers: { 'content-type': 'application/graphql' } }],
    ['no content type', 415, { method: 'POST', body: new Blob([operation]) }],
    ['another method', 405, { method: 'PUT', body: operation, headers: json }],
    ['PATCH', 405, { method: 'PATCH', body: operation, headers: json }],
    ['DELETE', 405, { method: 'DELETE' }],
  ])('%s', async (_what, status, init) => {
    const before = seen.mutations;
    const answer = await send(url, { ...init, headers: { origin: 'https://evil.example', ...init.headers } });
    expect([answer.status, answer.body.errors?.[0]?.extensions?.code]).toEqual([status, 'BAD_REQUEST']);
    expect(seen.mutations).toBe(before);
  });

  test.each(['GET', 'HEAD'])('%s', async (method) => {
    const before = seen.mutations;
    for (const accept of ['*/*', 'application/json', 'text/event-stream', 'text/html', 'multipart/mixed']) {
      const { status } = await send(`${url}/graphql?query=${encodeURIComponent(mutation)}`, {
        method,
        headers: { accept },
      });
      expect(status).toBe(accept === 'text/html' && method === 'GET' ? 406 : 405);
    }
    expect(seen.mutations).toBe(before);
  });

  test('a query over GET does answer, and says that it came so', async () => {
    const { body } = await send(`${url}/graphql?query={caller{isGet}}`);
    expect(body.data).toEqual({ caller: { isGet: true } });
  });

  test.each(['variables', 'extensions'])('GET whose %s are no JSON is refused, as no failure of ours', async (name) => {
    const own = await openDoor();
    for (const text of ['nonsense', '{', '%', '%00']) {
      const { status, body } = await send(`${own.url}/graphql?query={hello}&${name}=${text}`);
      expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_REQUEST']);
    }
    expect((await send(`${own.url}/graphql?query={hello}&${name}=`)).status).toBe(200);
    expect(own.logged).toEqual([]);
  });
});
