import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { openDoor } from './door-kit.ts';
import { ask, connectRaw, send, sendRaw } from './http-client.ts';
import { secret } from './test-schema.ts';

let ready = true;
const { url, port } = await openDoor({
  readiness: async () => ({ ready, problems: ready ? [] : ['The database does not answer.'] }),
  metrics: async () => 'vestibule_up 1\n',
  jwks: async () => ({ keys: [{ kid: 'k1' }] }),
  printedSchema: 'type Query { a: Int }',
  pages: async (path) => {
    if (path === '/default/room')
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!doctype html>' };
    if (path === '/broken') throw new Error(secret);
    return null;
  },
});

const get = (path: string, init: RequestInit = {}) => send(`${url}${path}`, init);

describe('routes', () => {
  test('/health says that the process lives, whatever the database does', async () => {
    ready = false;
    expect((await get('/health')).status).toBe(200);
    ready = true;
  });

  test('/ready says what is missing', async () => {
    expect(await get('/ready')).toMatchObject({ status: 200, body: { ready: true, problems: [] } });
    ready = false;
    expect(await get('/ready')).toMatchObject({
      status: 503,
      body: { ready: false, problems: ['The database does not answer.'] },
    });
    ready = true;
  });

  test('/ready does not wait for ever, nor tell what went wrong within', async () => {
    const silent = await openDoor({ readiness: () => new Promise(() => undefined) });
    const broken = await openDoor({ readiness: async () => Promise.reject(new Error(secret)) });
    const answers = await Promise.all([send(`${silent.url}/ready`), send(`${broken.url}/ready`)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(JSON.stringify([answers.map(({ text }) => text), broken.logged])).not.toContain(secret);
  });

  test('/metrics stands on the main port, unless it has one of its own', async () => {
    expect(await get('/metrics')).toMatchObject({ status: 200, text: 'vestibule_up 1\n' });
    const own = await openDoor({ metrics: async () => 'vestibule_up 1\n', config: { metricsPort: 0 } });
    expect((await send(`${own.url}/metrics`)).status).toBe(404);
    const none = await openDoor();
    expect((await send(`${none.url}/metrics`)).status).toBe(404);
  });

  test('/.well-known/jwks.json may be kept for a minute', async () => {
    const { status, headers, body } = await get('/.well-known/jwks.json');
    expect([status, headers.get('cache-control'), headers.get('content-type')]).toEqual([
      200,
      'public, max-age=60',
      'application/jwk-set+json',
    ]);
    expect(body).toEqual({ keys: [{ kid: 'k1' }] });
  });

  test('/.well-known/jwks.json is written once while the keys are the same, and packed, and comes once', async () => {
    let written = 0;
    const listOf = (...kids: readonly string[]) => ({
      toJSON: () => {
        written += 1;
        return { keys: kids.map((kid) => ({ kid })) };
      },
    });
    let keys = listOf('first', 'x'.repeat(1_000));
    const house = await openDoor({ jwks: async () => keys });
    const path = `${house.url}/.well-known/jwks.json`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(path)));
    expect([written, new Set(answers.map(({ text }) => text)).size]).toEqual([1, 1]);
    const [first] = answers;
    const etag = first?.headers.get('etag') ?? '';
    expect(first?.headers.get('content-encoding')).not.toBeNull();
    expect(first?.headers.get('vary')).toBe('Origin, Accept-Encoding');
    expect(await send(path, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304, text: '' });
    keys = listOf('second');
    const later = await send(path, { headers: { 'if-none-match': etag } });
    expect([later.status, later.body]).toEqual([200, { keys: [{ kid: 'second' }] }]);
  });

  test('/schema.graphql is the printed schema', async () => {
    expect(await get('/schema.graphql')).toMatchObject({ status: 200, text: 'type Query { a: Int }' });
  });

  test('pages come with a strict policy, and everything else is not found', async () => {
    const page = await get('/default/room?t=token');
    expect(page).toMatchObject({ status: 200, text: '<!doctype html>' });
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    for (const path of [
      '/nothing',
      '/health/',
      '/HEALTH',
      '/__proto__',
      '/constructor',
      '//',
      '/graphql/',
      '/..%2f..%2fetc/passwd',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  test('HEAD answers without a body, other methods are refused', async () => {
    expect(await get('/health', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect((await get('/health', { method: 'POST' })).status).toBe(405);
  });

  test('a page that breaks is a bare 500', async () => {
    expect(await get('/broken')).toMatchObject({ status: 500, text: '' });
  });

  test('GraphiQL is there only where it is switched on', async () => {
    const html = { headers: { accept: 'text/html' } };
    expect((await send(url, html)).headers.get('content-type') ?? '').not.toContain('text/html');
    const open = await openDoor({ config: { graphiql: true } });
    const page = await send(open.url, html);
    expect(page.text).toContain('GraphiQL');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('every answer', () => {
  test.each([
    '/health',
    '/ready',
    '/schema.graphql',
    '/.well-known/jwks.json',
    '/default/room',
    '/nothing',
    '/graphql?query={hello}',
    '/graphql?query={nope}',
    '/graphql',
  ])('%s is neither sniffed, framed, nor told on', async (path) => {
    const { headers } = await get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('of the API is kept by nobody', async () => {
    for (const query of ['{ hello }', '{ nope }', '{ boom }']) {
      expect((await ask(url, query)).headers.get('cache-control')).toBe('no-store');
    }
  });

  test('of a service with https tells browsers to stay with it', async () => {
    const own = await openDoor({ config: { publicUrl: 'https://meet.example.com' } });
    expect((await send(`${own.url}/health`)).headers.get('strict-transport-security')).toContain('max-age=');
    expect((await get('/health')).headers.get('strict-transport-security')).toBeNull();
  });

  test('goes also to a client that offers HTTP/2 in passing', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';
    expect(await sendRaw(port, `GET /health HTTP/1.1\r\nHost: x\r\n${offer}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('is one answer: what is no HTTP, or two requests in one, gets no second', async () => {
    expect(await sendRaw(port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const smuggled =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await sendRaw(port, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
    const { socket, answered } = await connectRaw(port);
    socket.end('GET http://elsewhere.example/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await answered).toMatch(/^HTTP\/1\.1 404 /);
  });
});

const hasIPv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1'));

test.each(['127.0.0.1', '0.0.0.0', ...(hasIPv6 ? ['::1', '::'] : [])])(
  'the address that the start tells can be opened, where it listens on %s',
  async (host) => {
    const own = await openDoor({ config: { host } });
    expect((await send(`${own.url}/health`)).status).toBe(200);
  },
);
