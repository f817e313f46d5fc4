import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { spawnServer } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import { refusedUpgrade, wsClient } from '../support/ws-client.ts';

const database = await createTestDatabase();
const env = { NODE_ENV: 'production', ALLOWED_ORIGINS: 'https://app.example.com', MAX_STREAMS_PER_ADDRESS: '20' };
const server = await spawnServer({ databaseUrl: database.url, env });
const backend = seed(server);
const endpoint = `${server.url}/graphql`;
const json = { 'content-type': 'application/json', authorization: `Bearer ${server.apiKey}` };

const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nest = (depth: number) =>
  `{ room(name: "x") ${'{ events(first: 1) { nodes { ... on RoomCreated { room '.repeat(depth)}{ id }${' } } } }'.repeat(depth)} }`;

type Huge = readonly [what: string, limit: string, query: string, variables?: object];
const hugeDocuments: readonly Huge[] = [
  ['depth', 'depth', nest(6)],
  ['aliases', 'aliases', `{ room(name: "x") { ${many(31, (n) => `a${n}: id`)} } }`],
  ['aliases of __typename', 'aliases', `{ room(name: "x") { ${many(190, (n) => `a${n}: __typename`)} } }`],
  ['root fields', 'rootFields', `{ ${many(21, () => 'viewer { __typename }')} }`],
  ['one field, over and over', 'fields', `{ room(name: "x") { ${many(1900, () => 'id')} } }`],
  ['directives', 'directives', `{ viewer ${many(60, () => '@skip(if: false)')} { __typename } }`],
  ['a cycle of fragments', '', '{ room(name: "x") { ...A } } fragment A on Room { ...B } fragment B on Room { ...A }'],
  ['15,000 tokens', 'documentTokens', `{ ${many(15_000, () => 'a')} }`],
  ['a document of 90 KB', 'documentCharacters', `{ viewer { __typename } } # ${'x'.repeat(90_000)}`],
  ['a document of 1 MB', 'BODY', `{ viewer { __typename } } # ${'x'.repeat(1_000_000)}`],
  ['10,000 variables', 'BODY', `query (${many(10_000, (n) => `$v${n}:Int`)}) { viewer { __typename } }`],
  ['a page beyond all measure', 'cost', '{ rooms(first: 99999999) { nodes { id } } }'],
  ['the same in a variable', 'cost', 'query ($n: Int) { rooms(first: $n) { nodes { id } } }', { n: 99_999_999 }],
  ['introspection', '', '{ __schema { types { name fields { name } } } }'],
];

/** What an answer says of the limit that was passed; nothing where the document is simply not valid. */
const refusals: Readonly<Record<string, object>> = {
  '': { code: 'GRAPHQL_VALIDATION_FAILED' },
  BODY: { code: 'LIMIT_EXCEEDED' },
};

const answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }).loose() })).optional(),
});

async function post(query: string, variables: object = {}) {
  const response = await fetch(endpoint, { method: 'POST', headers: json, body: JSON.stringify({ query, variables }) });
  return { status: response.status, body: answer.parse(JSON.parse(await response.text())) };
}

describe('what asks for too much', () => {
  test.each(hugeDocuments.map(([what, limit, query, variables]) => ({ what, limit, query, variables })))(
    '$what: is refused fast, without data',
    async ({ limit, query, variables }) => {
      const begun = performance.now();
      const { body } = await post(query, variables);
      expect(performance.now() - begun).toBeLessThan(onThisMachine(1000));
      expect(body.data ?? null).toBeNull();
      expect(body.errors?.[0]?.extensions).toMatchObject(refusals[limit] ?? { code: 'LIMIT_EXCEEDED', limit });
    },
  );

  test('floods of it, and of what is just allowed, leave /health and a plain mutation answered', async () => {
    for (let made = 0; made < 30; made += 1) await backend.room();
    const dear =
      '{ rooms(first: 55) { nodes { knockRequests { nodes { id } } participants { nodes { id } } events { nodes { at } } } } }';
    expect((await post(dear)).body.errors).toBeUndefined();
    // What a machine can do differs, and what else it does: the measure is one of these alone, on this machine and now.
    const measuring = performance.now();
    for (let made = 0; made < 10; made += 1) await post(dear);
    const oneMs = (performance.now() - measuring) / 10;
    const flood = Array.from({ length: 300 }, (_, n) =>
      n % 2 === 0 ? post(dear) : post(hugeDocuments[n % hugeDocuments.length]?.[2] ?? ''),
    );
    let answered = 0;
    for (const one of flood) void one.then(() => (answered += 1));
    const begun = performance.now();
    const health = fetch(`${server.url}/health`).then(({ status }) => ({ status, after: answered }));
    const room = await backend.room();
    // Not longer than the flood takes where its requests come one after the other, as if all of them were dear.
    expect(performance.now() - begun).toBeLessThan(flood.length * oneMs);
    expect(room.id).toMatch(/^room_/);
    // It is asked for after the flood, and told before most of it.
    const { status: healthStatus, after } = await health;
    expect(healthStatus).toBe(200);
    expect(after).toBeLessThan(flood.length / 2);
    const statuses = new Set((await Promise.all(flood)).map(({ status }) => status));
    for (const status of statuses) expect([200, 400, 413, 429, 503]).toContain(status);
  });
});

describe('a page of a foreign origin', () => {
  const mutation = 'mutation { createRoom(input: { name: "forged" }) { __typename } }';
  const foreign = { origin: 'https://app.example.com.evil.example', authorization: `Bearer ${server.apiKey}` };
  const asForm = new URLSearchParams({ query: mutation }).toString();
  const boundary = 'x';
  const multipart = `--${boundary}\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--${boundary}--`;

  test.each([
    ['a form', 'POST', 'application/x-www-form-urlencoded', asForm],
    ['a multipart form', 'POST', `multipart/form-data; boundary=${boundary}`, multipart],
    ['plain text', 'POST', 'text/plain', JSON.stringify({ query: mutation })],
    ['no type at all', 'POST', '', JSON.stringify({ query: mutation })],
    ['application/graphql', 'POST', 'application/graphql', mutation],
    ['GET', 'GET', '', null],
    ['HEAD', 'HEAD', '', null],
  ])('changes nothing by %s, even with a credential', async (_what, method, type, body) => {
    const url = body === null ? `${endpoint}?query=${encodeURIComponent(mutation)}` : endpoint;
    const headers = type === '' ? foreign : { ...foreign, 'content-type': type };
    const response = await fetch(url, { method, headers, body: body === null ? null : Buffer.from(body) });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const { body: read } = await backend.ask('{ room(name: "forged") { id } }');
    expect(read).toEqual({ data: { room: null } });
  });

  test.each(['https://evil.example', 'null', 'https://app.example.com.evil.example', 'http://app.example.com'])(
    'gets no WebSocket: %s',
    async (origin) => {
      expect(await refusedUpgrade(wsClient(server.url, server.apiKey, { origin }))).toBe(403);
    },
  );

  test('but one that is allowed does, and so does a server without Origin', async () => {
    for (const options of [{ origin: 'https://app.example.com' }, {}]) {
      const client = wsClient(server.url, server.apiKey, options);
      await client.acknowledged;
      await client.close();
    }
  });
});

describe('one address', () => {
  test('opens no more sockets than the setting allows', async () => {
    const open = Array.from({ length: 20 }, () => wsClient(server.url, server.apiKey));
    await Promise.all(open.map(({ acknowledged }) => acknowledged));
    expect(await refusedUpgrade(wsClient(server.url, server.apiKey))).toBe(429);
    await Promise.all(open.map((client) => client.close()));
    await wsClient(server.url, server.apiKey).acknowledged;
  });

  test('carries 100 subscriptions on a socket, and is refused the next', async () => {
    const client = wsClient(server.url, server.apiKey);
    await client.acknowledged;
    const payload = { query: 'subscription { knockRequested { id } }' };
    for (let id = 1; id <= 101; id += 1) client.send({ id: String(id), type: 'subscribe', payload });
    const refused = await client.others.next();
    expect(refused).toMatchObject({ id: '101', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await client.close();
  });

  test('sends no message beyond 64 KiB', async () => {
    const client = wsClient(server.url, server.apiKey);
    await client.acknowledged;
    client.send({ id: '1', type: 'subscribe', payload: { query: `{ viewer { id } } # ${'x'.repeat(65_536)}` } });
    expect((await client.closed).code).toBe(1009);
  });

  test('holds sockets that say nothing for 3 s at most', async () => {
    const socket = new WebSocket(endpoint.replace('http', 'ws'), 'graphql-transport-ws');
    const [code] = await once(socket, 'close');
    expect(code).toBe(4408);
  });

  test('gets nothing sent back by TRACE', async () => {
    for (const path of ['/', '/graphql', '/health']) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.write(`TRACE ${path} HTTP/1.1\r\nHost: x\r\nX-Secret: repeated\r\nConnection: close\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      // A path that is not there is not there for TRACE either.
      expect(String(answer)).toMatch(/^HTTP\/1\.1 40[45] /);
      expect(String(answer)).not.toContain('repeated');
      socket.destroy();
    }
  });

  test('sends no body beyond the limit, whatever it says of its length', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 99999999\r\n\r\n{`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});
