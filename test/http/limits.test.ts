import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { measureWork, onThisMachine } from '../support/timing.ts';
import { openDoor } from './door-kit.ts';
import { ask, connectRaw, send, sendRaw } from './http-client.ts';
import { codesOf, openSession, readAll, subscribe } from './websocket-kit.ts';

const { url, port, seen } = await openDoor();

const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (depth: number) => `{ me ${'{ parents '.repeat(depth)}{ name } ${'}'.repeat(depth)}}`;

/** Each fragment spreads the next one twice: thousands of fields out of a short text. */
const explosion = `{ me { ...F0 } } ${many(12, (index) => `fragment F${index} on Person { parents { ...F${index + 1} } parents { ...F${index + 1} } }`)} fragment F12 on Person { name }`;

describe('a document is refused fast', () => {
  /** Asks, and says that it took this process little work: client, door and all. */
  async function askBriefly(query: string) {
    let body: Awaited<ReturnType<typeof ask>>['body'] = {};
    const ms = await measureWork(async () => {
      ({ body } = await ask(url, query));
    });
    expect(ms).toBeLessThan(500);
    return body;
  }

  test.each([
    ['documentCharacters', `{ hello ${' '.repeat(defaultLimits.documentCharacters)} }`],
    ['documentTokens', `{ ${many(defaultLimits.documentTokens, () => 'hello')} }`],
    ['depth', nested(defaultLimits.depth)],
    ['depth', `{ ...R } fragment R on Query ${nested(defaultLimits.depth)}`],
    ['fields', `{ me { ${many(11, (index) => `a${index}: parents { ${many(100, () => 'name')} }`)} } }`],
    ['fields', explosion],
    ['breadth', `{ me { ${many(defaultLimits.breadth + 1, () => 'name')} } }`],
    ['rootFields', `{ ${many(defaultLimits.rootFields + 1, () => 'hello')} }`],
    ['rootFields', `{ ${many(7, () => '...R')} } fragment R on Query { hello hello hello }`],
    ['aliases', `{ me { ${many(defaultLimits.aliases + 1, (index) => `a${index}: name`)} } }`],
    ['aliases', `{ me { ${many(defaultLimits.aliases + 1, (index) => `a${index}: __typename`)} } }`],
    ['directives', `{ hello ${many(defaultLimits.directives + 1, () => '@a')} }`],
    ['directives', `{ me { ${many(60, () => 'name @include(if: true)')} } }`],
    ['variables', `query (${many(defaultLimits.variables + 1, (index) => `$v${index}: Int`)}) { hello }`],
    ['cost', '{ people(first: 99999999) { nodes { name } } }'],
    ['cost', '{ people(first: 12001) { edges { node { name } } } }'],
    [
      'cost',
      `{ me ${many(4, () => '{ parents')} { name } ${'}'.repeat(4)} }`
        .replace('{ parents', '{ friends(first: 100) { nodes')
        .replace('} }', '} } }'),
    ],
    ['cost', 'query ($n: Int = 20000) { people(first: $n) { nodes { name } } }'],
    ['cost', '{ me { friends(last: 20000) { nodes { name } } } }'],
    ['cost', '{ ...R } fragment R on Query { people(first: 20000) { nodes { name } } }'],
    [
      'cost',
      '{ a: people(first: 1) { ...C } b: people(first: 20000) { ...C } } fragment C on People { nodes { name } }',
    ],
  ])('beyond %s (case %$)', async (limit, query) => {
    const body = await askBriefly(query);
    expect(body.data ?? null).toBeNull();
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
  });

  test.each([
    ['a cycle of fragments', '{ me { ...A } } fragment A on Person { ...B } fragment B on Person { ...A }'],
    ['a fragment within itself', '{ me { ...A } } fragment A on Person { parents { ...A } }'],
    ['overlapping fields by the thousand', `{ me { ${many(900, () => 'name')} } }`],
  ])('%s', async (_what, query) => {
    const body = await askBriefly(query);
    expect(body.errors?.[0]?.extensions?.code).toMatch(/^(?:GRAPHQL_VALIDATION_FAILED|LIMIT_EXCEEDED)$/);
  });

  test('by the value of a variable, each time anew', async () => {
    const query = 'query ($n: Int) { people(first: $n) { nodes { name } } }';
    expect((await ask(url, query, { n: 5 })).body.errors).toBeUndefined();
    expect((await ask(url, query, { n: 99_999_999 })).body.errors?.[0]?.extensions?.limit).toBe('cost');
    expect((await ask(url, query, { n: null })).body.errors).toBeUndefined();
  });

  test('10,000 variables that no document names do no harm', async () => {
    const variables = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`v${index}`, index]));
    expect((await ask(url, '{ hello }', variables)).body.data).toEqual({ hello: 'Hello you' });
  });

  test('what real clients send is not', async () => {
    const open = await openDoor({ config: { introspection: true } });
    const introspection = getIntrospectionQuery({
      descriptions: true,
      inputValueDeprecation: true,
      specifiedByUrl: true,
      oneOf: true,
    });
    expect((await ask(open.url, introspection)).body.errors).toBeUndefined();
    const page =
      '{ people(first: 100) { nodes { name friends(first: 50) { nodes { name } edges { node { name } } } } } }';
    expect((await ask(open.url, page.replace('edges { node { name } }', ''))).body.errors).toBeUndefined();
  });
});

describe('a request', () => {
  const post = (headers: string) =>
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`;

  test('whose body says that it is too large is refused before it is read', async () => {
    const { socket, answered } = await connectRaw(port);
    socket.write(post('Content-Length: 10000000'));
    expect(await answered).toMatch(/^HTTP\/1\.1 413 .*LIMIT_EXCEEDED/s);
  });

  test('whose body grows too large without saying so is refused', async () => {
    const { socket, answered } = await connectRaw(port);
    socket.write(post('Transfer-Encoding: chunked'));
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let count = 0; count < 8; count += 1) socket.write(chunk);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('just within the limit is answered', async () => {
    const body = JSON.stringify({ query: '{ hello }', extensions: { padding: '' } });
    const padded = body.replace('""', `"${'x'.repeat(defaultLimits.bodyBytes - body.length)}"`);
    expect(padded).toHaveLength(defaultLimits.bodyBytes);
    const headers = { 'content-type': 'application/json' };
    expect((await send(url, { method: 'POST', headers, body: padded })).status).toBe(200);
    expect((await send(url, { method: 'POST', headers, body: `${padded} ` })).status).toBe(413);
  });

  test('whose headers never end is cut', async () => {
    const hasty = await openDoor({ limits: { headersMs: 400 } });
    const { socket, answered } = await connectRaw(hasty.port);
    socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => socket.write('X-Slow: 1\r\n'), 50);
    expect(await answered).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('whose body never ends is cut, and holds no place', async () => {
    const hasty = await openDoor({ limits: { headersMs: 400, requestMs: 600 } });
    const { socket, answered } = await connectRaw(hasty.port);
    socket.write(post('Content-Length: 1000'));
    const drip = setInterval(() => socket.write(' '), 50);
    expect(await answered).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test('that is not there in full takes no place from others', async () => {
    const small = await openDoor({ limits: { inFlight: 2, inFlightPerAddress: 2 } });
    const slow = await Promise.all(Array.from({ length: 6 }, () => connectRaw(small.port)));
    for (const [index, { socket }] of slow.entries()) {
      socket.write(post(index % 2 === 0 ? 'Content-Length: 1000' : 'Transfer-Encoding: chunked'));
      socket.write(index % 2 === 0 ? '{"query":' : '9\r\n{"query":\r\n');
    }
    // Said on a connection of its own, after the server has seen the others.
    await expect.poll(async () => (await ask(small.url, '{ hello }')).status).toBe(200);
    for (let time = 0; time < 10; time += 1) expect((await ask(small.url, '{ hello }')).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });

  test('whose body takes longest gives way where all that is unfinished is too much', async () => {
    const small = await openDoor({ limits: { unfinishedBytes: 2000 } });
    const [first, second] = [await connectRaw(small.port), await connectRaw(small.port)];
    const rest = `"{ hello }"${' '.repeat(989)}}`;
    for (const { socket } of [first, second]) {
      socket.write(`${post('Content-Length: 1010')}{"query":`);
      expect((await ask(small.url, '{ hello }')).status).toBe(200);
    }
    first.socket.write(' '.repeat(900));
    expect((await ask(small.url, `{ hello } # ${'x'.repeat(1500)}`)).status).toBe(200);
    expect(await first.answered).toMatch(/^HTTP\/1\.1 503 .*UNAVAILABLE/s);
    second.socket.end(rest);
    expect(await second.answered).toMatch(/^HTTP\/1\.1 200 .*Hello you/s);
  });

  test('whose answer nobody takes is cut', async () => {
    const own = await openDoor({ limits: { stalledMs: 300 } });
    const { socket, answered } = await connectRaw(own.port);
    socket.pause();
    const body = JSON.stringify({ query: '{ big }' });
    socket.write(`${post(`Content-Length: ${body.length}`)}${body}`);
    await expect.poll(() => own.seen.bigAnswers).toBe(1);
    // Only a connection that was cut refuses what is written to it, since nothing is read from it.
    const writing = setInterval(() => socket.write('x'), 50);
    expect((await answered).length).toBeLessThan(20_000_000);
    clearInterval(writing);
  });

  test('with 64 KiB of headers is refused', async () => {
    expect(await sendRaw(port, `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(65_536)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

describe('work', () => {
  test('beyond what one process takes at once is refused with Retry-After, and /health answers', async () => {
    const small = await openDoor({ limits: { inFlight: 3 } });
    const waiting = [1, 2, 3].map(() => ask(small.url, '{ held }'));
    await expect.poll(async () => (await ask(small.url, '{ hello }')).status).toBe(503);
    const refused = await ask(small.url, '{ hello }');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    expect((await send(`${small.url}/health`)).status).toBe(200);
    small.seen.letGo();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await ask(small.url, '{ hello }')).status).toBe(200);
  });

  test('of one address leaves room for others, over HTTP and WebSocket', async () => {
    const proxied = { config: parseConfig({ PORT: '0', TRUSTED_PROXIES: '127.0.0.1' }) };
    const small = await openDoor({ ...proxied, limits: { inFlightPerAddress: 2 } });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const waiting = [1, 2].map(() => ask(small.url, '{ held }', {}, from('192.0.2.1')));
    await expect.poll(async () => (await ask(small.url, '{ hello }', {}, from('192.0.2.1'))).status).toBe(429);
    expect((await ask(small.url, '{ hello }', {}, from('192.0.2.2'))).status).toBe(200);
    small.seen.letGo();
    await Promise.all(waiting);
    expect((await ask(small.url, '{ hello }', {}, from('192.0.2.1'))).status).toBe(200);
    const client = await openSession(small.url);
    for (const id of ['1', '2', '3']) client.send(subscribe(id, '{ held }'));
    const [refused] = await readAll(client, '3');
    expect(codesOf(refused)).toEqual(['RATE_LIMITED']);
    small.seen.letGo();
  });

  test('that takes too long is answered UNAVAILABLE; of a mutation it is said that it may be done', async () => {
    const hasty = await openDoor({ limits: { executionMs: 100 } });
    const [query, mutation] = await Promise.all([
      ask(hasty.url, '{ wait(ms: 400) }'),
      ask(hasty.url, 'mutation { countAfter(ms: 400) }'),
    ]);
    expect(query.body.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
    expect(mutation.body.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
    expect(mutation.body.errors?.[0]?.message).not.toBe(query.body.errors?.[0]?.message);
    await expect.poll(() => hasty.seen.mutations).toBe(1);
  });

  test('in a flood leaves /health and a plain mutation answered', async () => {
    const query = '{ people(first: 100) { nodes { name friends(first: 90) { nodes { name } } } } }';
    const flood = Array.from({ length: 400 }, () => ask(url, query));
    const others = Promise.all([send(`${url}/health`), ask(url, 'mutation { count }')]);
    // A machine with nothing else to do is done with all of the flood in half a second.
    expect(await measureWork(() => others)).toBeLessThan(onThisMachine(3000));
    expect((await others).map(({ status }) => status)).toEqual([200, 200]);
    expect(seen.mutations).toBe(1);
    await Promise.all(flood);
  });
});
