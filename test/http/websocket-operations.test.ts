import { describe, expect, test } from 'vitest';
import { type WsClient, wsClient } from '../support/ws-client.ts';
import { openDoor } from './door-kit.ts';
import { secret } from './test-schema.ts';
import { codesOf, openSession, readAll, subscribe } from './websocket-kit.ts';

const { url, seen, logged } = await openDoor({ limits: { operationsPerSocket: 5 } });

describe('operations', () => {
  test('a query is answered by next and complete', async () => {
    const client = await openSession(url);
    client.send(subscribe('q', 'query ($n: String) { hello(name: $n) }', { variables: { n: 'Ann' } }));
    expect(await readAll(client, 'q')).toEqual([
      { id: 'q', type: 'next', payload: { data: { hello: 'Hello Ann' } } },
      { id: 'q', type: 'complete' },
    ]);
  });

  test('a mutation is executed once', async () => {
    const before = seen.mutations;
    const client = await openSession(url);
    client.send(subscribe('m', 'mutation { count }'));
    await readAll(client, 'm');
    expect(seen.mutations).toBe(before + 1);
  });

  test('a subscription gives each value in order, and completes', async () => {
    const client = await openSession(url);
    client.send(subscribe('s', 'subscription { numbers(to: 3) }'));
    const messages = await readAll(client, 's');
    expect(messages.map(({ payload }) => payload)).toEqual(
      [1, 2, 3].map((numbers) => ({ data: { numbers } })).concat([undefined] as never),
    );
  });

  test('complete from the client frees the stream, and nothing more comes of it', async () => {
    const client = await openSession(url);
    client.send(subscribe('e', 'subscription { endless }'));
    await client.others.next();
    await seen.until(1);
    client.send({ id: 'e', type: 'complete' });
    await seen.until(0);
    client.send(subscribe('after', '{ hello }'));
    expect((await client.others.next()).id).toBe('after');
  });

  test('complete for an id that is not in use does no harm', async () => {
    const client = await openSession(url);
    client.send({ id: 'nobody', type: 'complete' });
    client.send(subscribe('1', '{ hello }'));
    expect(await readAll(client, '1')).toHaveLength(2);
  });

  test('closing the socket frees all its streams', async () => {
    const client = await openSession(url);
    for (const id of ['a', 'b', 'c']) client.send(subscribe(id, 'subscription { endless }'));
    await seen.until(3);
    await client.close();
    await seen.until(0);
  });

  test('a stream that begins when its socket has closed ends at once', async () => {
    const { started, begun } = seen;
    const client = await openSession(url);
    client.send(subscribe('late', 'subscription { endlessHeld }'));
    await expect.poll(() => seen.started).toBe(started + 1);
    await client.close();
    const other = await openSession(url);
    other.send(subscribe('after', '{ hello }'));
    await readAll(other, 'after');
    seen.letGo();
    await expect.poll(() => seen.begun).toBe(begun + 1);
    await seen.until(0);
  });

  test('of two streams that were asked for under one id, both end with their socket', async () => {
    const { started } = seen;
    const client = await openSession(url);
    client.send(subscribe('s', 'subscription { endlessHeld }'));
    client.send({ id: 's', type: 'complete' });
    client.send(subscribe('s', 'subscription { endlessHeld }'));
    await expect.poll(() => seen.started).toBe(started + 2);
    seen.letGo();
    await seen.until(2);
    await client.close();
    await seen.until(0);
  });

  test('a stream whose id a query had before ends with its socket', async () => {
    const client = await openSession(url);
    client.send(subscribe('s', '{ held }'));
    client.send({ id: 's', type: 'complete' });
    client.send(subscribe('s', 'subscription { endless }'));
    await seen.until(1);
    seen.letGo();
    const other = await openSession(url);
    other.send(subscribe('after', '{ hello }'));
    await readAll(other, 'after');
    await client.close();
    await seen.until(0);
  });

  test('breaking off without a close frees all its streams', async () => {
    const client = await openSession(url);
    client.send(subscribe('a', 'subscription { endless }'));
    await seen.until(1);
    client.socket.terminate();
    await seen.until(0);
  });

  test('an id that is in use: 4409, and its stream is freed', async () => {
    const client = await openSession(url);
    client.send(subscribe('1', 'subscription { endless }'));
    await client.others.next();
    client.send(subscribe('1', 'subscription { endless }'));
    expect((await client.closed).code).toBe(4409);
    await seen.until(0);
  });

  test('two subscribes with one id at once: 4409', async () => {
    const client = await openSession(url);
    client.send(subscribe('1', '{ wait(ms: 100) }'));
    client.send(subscribe('1', '{ hello }'));
    expect((await client.closed).code).toBe(4409);
  });

  test('an id may be used again when its operation is over', async () => {
    const client = await openSession(url);
    for (const _time of [1, 2, 3]) {
      client.send(subscribe('1', '{ hello }'));
      expect(await readAll(client, '1')).toHaveLength(2);
    }
  });

  test.each(['__proto__', 'constructor', 'toString', '😀', 'x'.repeat(1000)])(
    'the id %s is an id like others',
    async (id) => {
      const client = await openSession(url);
      client.send(subscribe(id, '{ hello }'));
      expect((await readAll(client, id)).map(({ type }) => type)).toEqual(['next', 'complete']);
    },
  );

  test.each([
    ['a syntax error', '{ hello(', {}, 'GRAPHQL_PARSE_FAILED'],
    ['an invalid document', '{ nope }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', '{ __schema { types { name } } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unclear operation', 'query A { hello } query B { hello }', {}, 'OPERATION_RESOLUTION_FAILURE'],
    ['an unknown operationName', 'query A { hello }', { operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
    [
      'too many aliases',
      `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
      {},
      'LIMIT_EXCEEDED',
    ],
    ['too deep a document', `{ me { ${'parents { '.repeat(20)} name ${'}'.repeat(21)} }`, {}, 'LIMIT_EXCEEDED'],
    ['too many tokens', `{ ${'hello '.repeat(4001)} }`, {}, 'LIMIT_EXCEEDED'],
  ])('%s is an error of that operation alone', async (_what, query, more, code) => {
    const client = await openSession(url);
    client.send(subscribe('live', 'subscription { endless }'));
    await client.others.next();
    client.send(subscribe('bad', query, more));
    const [message] = await readAll(client, 'bad');
    expect(message?.type).toBe('error');
    expect(codesOf(message)).toEqual([code]);
    client.send(subscribe('good', '{ hello }'));
    expect(await readAll(client, 'good')).toHaveLength(2);
    await client.close();
  });

  test.each([
    [
      'an expensive query',
      '{ people(first: 200) { nodes { friends(first: 200) { nodes { name } } } } }',
      {},
      'LIMIT_EXCEEDED',
    ],
    [
      'an expensive query by its variables',
      'query ($n: Int) { people(first: $n) { nodes { name } } }',
      { variables: { n: 99_999_999 } },
      'LIMIT_EXCEEDED',
    ],
    ['a malformed variable', 'query ($c: Colour!) { colour(colour: $c) }', { variables: { c: 'BLUE' } }, 'BAD_REQUEST'],
    ['a refused subscription', 'subscription { refused }', {}, 'FORBIDDEN'],
    ['a subscription that breaks at its start', 'subscription { boomAtStart }', {}, 'INTERNAL_SERVER_ERROR'],
    ['a query that breaks', '{ boom }', {}, 'INTERNAL_SERVER_ERROR'],
  ])('%s is answered by its code, and the socket stays open', async (_what, query, more, code) => {
    const client = await openSession(url);
    client.send(subscribe('bad', query, more));
    const [message] = await readAll(client, 'bad');
    expect(codesOf(message)).toEqual([code]);
    expect(JSON.stringify(message)).not.toContain(secret);
    client.send(subscribe('good', '{ hello }'));
    expect(await readAll(client, 'good')).toHaveLength(2);
  });

  test('a stream that breaks ends with a masked error, and leaves the others alone', async () => {
    const client = await openSession(url);
    client.send(subscribe('bad', 'subscription { boomLater }'));
    const messages = await readAll(client, 'bad');
    expect(messages.map(({ type }) => type)).toEqual(['next', 'error']);
    expect(codesOf(messages[1])).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify([messages, logged])).not.toContain(secret);
    client.send(subscribe('good', '{ hello }'));
    expect(await readAll(client, 'good')).toHaveLength(2);
  });

  test('an event whose field breaks is masked, and the stream goes on', async () => {
    const client = await openSession(url);
    client.send(subscribe('s', 'subscription { fieldBoom }'));
    const messages = await readAll(client, 's');
    expect(messages.map(({ type }) => type)).toEqual(['next', 'next', 'complete']);
    expect(codesOf(messages[0])).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(messages)).not.toContain(secret);
  });

  test('operations beyond the limit of one socket are refused, and run again when there is room', async () => {
    const client = await openSession(url);
    for (let id = 1; id <= 6; id += 1) client.send(subscribe(String(id), 'subscription { endless }'));
    const [message] = await readAll(client, '6');
    expect(codesOf(message)).toEqual(['RATE_LIMITED']);
    client.send({ id: '1', type: 'complete' });
    client.send(subscribe('7', '{ hello }'));
    expect(await readAll(client, '7')).toHaveLength(2);
    await client.close();
    await seen.until(0);
  });
});

describe('the caller', () => {
  const who = async (client: WsClient, query = '{ caller { bearer address transport isGet } }') => {
    client.send(subscribe('who', query));
    return (await readAll(client, 'who'))[0]?.payload;
  };

  test('connectionParams bring the credential, for queries and subscriptions', async () => {
    const expected = { data: { caller: { bearer: 'abc', address: '127.0.0.1', transport: 'ws', isGet: false } } };
    for (const params of [{ authorization: 'Bearer abc' }, { Authorization: 'bearer abc' }]) {
      expect(await who(await openSession(url, params))).toEqual(expected);
    }
    const client = await openSession(url, { authorization: 'Bearer abc' });
    expect(await who(client, 'subscription { caller { bearer address transport isGet } }')).toEqual(expected);
  });

  test('no credential is none, and a bad one is handed on for the operation to refuse', async () => {
    expect(await who(await openSession(url))).toMatchObject({ data: { caller: { bearer: null } } });
    expect(await who(await openSession(url, { authorization: 'Bearer unknown' }))).toMatchObject({
      data: { caller: { bearer: 'unknown' } },
    });
  });

  test('each operation has a context of its own', async () => {
    const requests = new Set<unknown>();
    const own = await openDoor({
      createContext: async (request) => {
        requests.add(request);
        return { request, seen };
      },
    });
    const client = wsClient(own.url);
    await client.acknowledged;
    for (const id of ['1', '2', '3']) client.send(subscribe(id, '{ hello }'));
    for (const id of ['1', '2', '3']) await readAll(client, id);
    expect(requests.size).toBe(3);
  });

  test('a context that cannot be made refuses the operation and not the socket', async () => {
    const own = await openDoor({
      createContext: async () => {
        throw new Error(secret);
      },
    });
    const client = wsClient(own.url);
    await client.acknowledged;
    client.send(subscribe('1', '{ hello }'));
    const [message] = await readAll(client, '1');
    expect(message?.type).toBe('error');
    expect(codesOf(message)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify([message, own.logged])).not.toContain(secret);
  });
});
