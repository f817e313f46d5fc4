import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Result, sseClient } from '../support/graphql-client.ts';
import { openDoor } from './door-kit.ts';
import { ask, connectRaw, send } from './http-client.ts';
import { secret } from './test-schema.ts';

afterEach(() => vi.unstubAllEnvs());

const { url, port, seen } = await openDoor({ limits: { stalledMs: 1000 } });
const client = sseClient(url, 'abc');
const accept = { accept: 'text/event-stream' };

const codeOf = (result: Result<unknown> | undefined) => result?.errors?.[0]?.extensions?.code;

describe('an event stream', () => {
  test('gives each value as next, and ends with complete', async () => {
    const { text, headers } = await ask(url, 'subscription { numbers(to: 2) }', {}, accept);
    expect(text.replaceAll(/^:\n\n/gm, '')).toBe(
      'event: next\ndata: {"data":{"numbers":1}}\n\nevent: next\ndata: {"data":{"numbers":2}}\n\nevent: complete\ndata:\n\n',
    );
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(headers.get('cache-control')).toBe('no-store, no-transform');
    expect(headers.get('content-encoding')).toBeNull();
  });

  test('knows its caller', async () => {
    const stream = await client.subscribe('subscription { caller { bearer transport isGet } }');
    expect(await stream.ended()).toEqual([{ data: { caller: { bearer: 'abc', transport: 'sse', isGet: false } } }]);
  });

  test('is there over GET, for an EventSource', async () => {
    const query = encodeURIComponent('subscription { numbers(to: 1) }');
    const { text } = await send(`${url}/graphql?query=${query}`, { headers: accept });
    expect(text).toContain('data: {"data":{"numbers":1}}\n\nevent: complete');
  });

  test('shows signs of life while nothing happens', async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...accept },
      body: '{"query":"subscription { endless }"}',
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (text.split('event: next')[1]?.includes('\n:\n') !== true) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    await seen.until(0);
  });

  test.each([
    ['a refused subscription', 'subscription { refused }', {}, 'FORBIDDEN'],
    ['a subscription that breaks at its start', 'subscription { boomAtStart }', {}, 'INTERNAL_SERVER_ERROR'],
    ['a syntax error', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED'],
    ['an invalid document', 'subscription { nope }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a malformed variable', 'query ($c: Colour!) { colour(colour: $c) }', { c: 'BLUE' }, 'BAD_REQUEST'],
    [
      'an expensive query',
      '{ people(first: 200) { nodes { friends(first: 200) { nodes { name } } } } }',
      {},
      'LIMIT_EXCEEDED',
    ],
  ])('%s is told as next, then complete', async (_what, query, variables, code) => {
    const stream = await client.subscribe(query, variables);
    const results = await stream.ended();
    expect(results.map(codeOf)).toEqual([code]);
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  test('that breaks tells so, masked', async () => {
    const results = await (await client.subscribe('subscription { boomLater }')).ended();
    expect(results[0]).toEqual({ data: { boomLater: 1 } });
    expect(codeOf(results[1])).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  test('answers queries and mutations too', async () => {
    const before = seen.mutations;
    const stream = await client.subscribe('mutation { count }');
    expect(await stream.ended()).toEqual([{ data: { count: before + 1 } }]);
  });

  test('is freed within a second of the client going away, though nothing happens on it', async () => {
    // With NODE_ENV=test Yoga gives signs of life so often that they would free it.
    vi.stubEnv('NODE_ENV', 'production');
    const stream = await client.subscribe('subscription { endless }');
    await stream.next();
    await seen.until(1);
    await stream.stop();
    await seen.until(0, 1000);
  });

  test('is freed though the client breaks off at any moment', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const body = '{"query":"subscription { endless }"}';
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    for (let turns = 0; turns < 40; turns += 1) {
      const { socket } = await connectRaw(port);
      socket.write(`${head}\r\n\r\n${body}`);
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      socket.resetAndDestroy();
    }
    // One that came through whole is open by now, and the last: those before it are freed, and so is it.
    const stream = await client.subscribe('subscription { endless }');
    await stream.next();
    await stream.stop();
    await seen.until(0);
  });

  test('that nobody reads is cut, and takes no more memory than its buffers', async () => {
    const { socket, answered } = await connectRaw(port);
    const body = '{"query":"subscription { flood }"}';
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    socket.write(`${head}\r\n\r\n${body}`);
    await seen.until(1);
    socket.pause();
    await seen.until(0, 5000);
    socket.resume();
    await answered;
  });
});
