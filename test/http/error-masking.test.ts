import { describe, expect, test } from 'vitest';
import { describeSafely } from '../../src/http/error-masking.ts';
import { openDoor } from './door-kit.ts';
import { ask } from './http-client.ts';
import { secret } from './test-schema.ts';

describe('errors', async () => {
  const { url, logged, seen } = await openDoor();

  test('what was not thrown on purpose is masked, and its correlation id is in the log', async () => {
    const { body } = await ask(url, '{ boom }');
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body.errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR');
    expect(logged.at(-1)).toMatchObject({
      level: 'error',
      fields: { correlationId: body.errors?.[0]?.extensions?.correlationId, path: ['boom'], kind: 'Error' },
    });
  });

  test('a result that does not fit its type is masked too, though GraphQL says so itself', async () => {
    const { body } = await ask(url, '{ badEnum }');
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body.errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR');
  });

  test('the log never holds the text of an error', async () => {
    await ask(url, '{ boom badEnum }');
    await ask(url, 'mutation { boom }');
    expect(logged.length).toBeGreaterThan(0);
    expect(JSON.stringify(logged)).not.toContain(secret);
  });

  test('what was refused on purpose is said, and not logged', async () => {
    const before = logged.length;
    const { body } = await ask(url, '{ refused hello }');
    expect(body.errors?.[0]).toMatchObject({ path: ['refused'], extensions: { code: 'FORBIDDEN' } });
    expect(body.data).toEqual({ refused: null, hello: 'Hello you' });
    expect(logged).toHaveLength(before);
  });

  test.each([
    ['an unknown field', '{ nope }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a broken document', '{ hello(', {}, 'GRAPHQL_PARSE_FAILED'],
    ['an enum value that is none, written in the document', '{ colour(colour: BLUE) }', {}, 'BAD_REQUEST'],
    [
      'an enum value that is none, in a variable',
      'query ($c: Colour!) { colour(colour: $c) }',
      { c: 'BLUE' },
      'BAD_REQUEST',
    ],
    ['a malformed scalar in the document', '{ at(at: "yesterday") }', {}, 'BAD_REQUEST'],
    ['a malformed scalar in a variable', 'query ($at: DateTime!) { at(at: $at) }', { at: 'yesterday' }, 'BAD_REQUEST'],
    ['a variable left out', 'query ($c: Colour!) { colour(colour: $c) }', {}, 'BAD_REQUEST'],
    [
      'an input field of the wrong type',
      'query ($i: EchoInput!) { echo(input: $i) }',
      { i: { text: 7 } },
      'BAD_REQUEST',
    ],
    [
      'null for a variable that has a default',
      'query ($c: Colour = RED) { colour(colour: $c) }',
      { c: null },
      'BAD_REQUEST',
    ],
    ['an unclear operation', 'query A { hello } query B { hello }', {}, 'OPERATION_RESOLUTION_FAILURE'],
  ])('%s has its code', async (_what, query, variables, code) => {
    const { body } = await ask(url, query, variables);
    expect(body.data ?? null).toBeNull();
    expect(body.errors?.map(({ extensions }) => extensions?.code)).toEqual([code]);
  });

  test.each([
    ['query ($n: Int!) { wait(ms: $n) }', { n: secret }],
    ['query ($i: EchoInput!) { echo(input: $i) }', { i: { text: [secret] } }],
    ['query ($i: EchoInput!) { echo(input: $i) }', { i: secret }],
    ['query ($i: EchoInput!) { echo(input: $i) }', { i: { text: { token: `"; at "x"; ${secret}` } } }],
    ['query ($c: Colour!) { colour(colour: $c) }', { c: secret }],
    ['query ($c: Colour!) { colour(colour: $c) }', { c: [secret] }],
    ['query ($at: DateTime!) { at(at: $at) }', { at: secret }],
    ['query ($at: DateTime!) { at(at: $at) }', { at: `${secret}; at "x"` }],
    ['query ($i: EchoInput!) { echo(input: $i) }', { i: { text: 'x', at: `" at "i.at"; ${secret}` } }],
    [`{ at(at: "${secret}") }`, {}],
    [`{ at(at: "; ${secret}; x") }`, {}],
    [`{ wait(ms: "${secret}") }`, {}],
    [`{ colour(colour: "${secret}") }`, {}],
    [`{ colour(colour: ${secret}) }`, {}],
    [`{ echo(input: "${secret}") }`, {}],
    [`{ hello "${secret}" }`, {}],
    [`{ hello(name: {token: "${secret}"}) }`, {}],
  ])('a value in the wrong place is not read back: %s %j', async (query, variables) => {
    const { body } = await ask(url, query, variables);
    expect(body.errors).not.toHaveLength(0);
    expect(JSON.stringify(body.errors)).not.toContain(secret);
  });

  test('a malformed input is told by its place and its reason', async () => {
    const { body } = await ask(url, 'query ($i: EchoInput!) { echo(input: $i) }', {
      i: { text: 'x', at: 'yesterday' },
    });
    expect(body.errors?.[0]?.message).toBe(
      'Variable "$i" got an invalid value at "i.at": A DateTime reads 2026-11-24T09:30:00.000Z.',
    );
    const { body: literal } = await ask(url, '{ at(at: "yesterday") }');
    expect(literal.errors?.[0]?.message).toBe('A DateTime reads 2026-11-24T09:30:00.000Z.');
  });

  test('a document with many mistakes is told of twenty of them', async () => {
    const messagesFor = async (count: number) => {
      const { body } = await ask(
        url,
        `{ me { ${Array.from({ length: count }, (_, index) => `nope${index}`).join(' ')} } }`,
      );
      return body.errors?.map(({ message }) => message) ?? [];
    };
    const places = (messages: readonly string[]) => messages.filter((message) => message.includes('"nope'));
    expect(places(await messagesFor(20))).toHaveLength(20);
    expect(places(await messagesFor(30))).toHaveLength(20);
  });

  test.each(['{}', '{"variables":{}}', 'query', '{"query":"{ hello }","name":"x"}'])(
    'whoever sends the body %s is told how one looks',
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
      expect(await response.text()).toContain(String.raw`{\"query\": \"…\"`);
    },
  );

  test('where introspection is off, no suggestion spells the schema out', async () => {
    const { body } = await ask(url, '{ hell }');
    expect(JSON.stringify(body)).not.toContain('hello');
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Query") { fields { name } } }']) {
      const { body: introspected } = await ask(url, query);
      expect(introspected.errors?.map(({ extensions }) => extensions?.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
    const open = await openDoor({ config: { introspection: true } });
    expect((await ask(open.url, '{ __schema { types { name } } }')).body.errors).toBeUndefined();
    expect(JSON.stringify((await ask(open.url, '{ hell }')).body)).toContain('hello');
  });

  test('a mutation whose answer is masked was executed once', async () => {
    const before = seen.mutations;
    await ask(url, 'mutation { boom }');
    expect(seen.mutations).toBe(before + 1);
  });
});

describe('what the log has of an error', () => {
  const failed = (more: object) => Object.assign(new Error(secret), more);

  test('is its kind, its code and where it was thrown', () => {
    for (const code of ['ECONNRESET', '23505']) {
      expect(describeSafely(failed({ code }))).toEqual({
        kind: 'Error',
        code,
        stack: expect.arrayContaining([expect.stringContaining('error-masking.test')]),
      });
    }
  });

  test.each([
    ['an error without a code', failed({})],
    ['an error whose code is a number', failed({ code: 7 })],
  ])('is no code of %s', (_what, error) => {
    expect(describeSafely(error)).not.toHaveProperty('code');
  });

  test('is its type alone where it is no error', () => {
    expect(describeSafely(secret)).toEqual({ kind: 'string' });
  });
});
