import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkVariables } from '../../src/http/variable-check.ts';
import { measureLeastWork } from '../support/timing.ts';
import { openDoor } from './door-kit.ts';
import { ask } from './http-client.ts';
import { codesOf, openSession, readAll, subscribe } from './websocket-kit.ts';

const query = 'query ($i: EchoInput!) { echo(input: $i) }';
const bytes = 60_000;

const keys = (count: number, value: unknown, nameOf: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [nameOf(index), value]));
const filler = 'cannot represent , found Value "" at "x';

/** Malformed in whichever way, and as long as may be. */
const malformed: readonly (readonly [what: string, input: unknown])[] = [
  ['a field that is not known, with a long name', { text: 'x', [filler.repeat(bytes / filler.length)]: 1 }],
  ['many fields that are not known', { text: 'x', ...keys(bytes / 12, 1, (index) => `key${index}`) }],
  [
    'fields that are not known, beside a long value',
    { text: 'x'.repeat(bytes), ...keys(60, 1, (index) => `k${index}`) },
  ],
  ['many long names', { text: 'x', ...keys(60, 1, (index) => `${index}${filler.repeat(20)}`) }],
  ['an object in place of a text', { text: keys(bytes / 12, 1, (index) => `key${index}`) }],
  ['a list in place of an object', Array(bytes / 2).fill(1)],
  ['lists in lists', JSON.parse('['.repeat(2000) + ']'.repeat(2000))],
  ['a long text in place of an instant', { text: 'x', at: filler.repeat(bytes / filler.length) }],
];

const wellFormed = { text: 'x'.repeat(bytes) };

describe('variables that hold what they cannot', async () => {
  const { url } = await openDoor();

  const send = (input: unknown) => () => ask(url, query, { i: input });

  test.each(malformed)('cost about what others of their length do: %s', async (_what, input) => {
    // Client and door together, at best of some times; some took a hundred times as long.
    const limitMs = 12 * (await measureLeastWork(send(wellFormed), { times: 8 }));
    const { body } = await ask(url, query, { i: input });
    expect(new Set(body.errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['BAD_REQUEST']));
    expect(JSON.stringify(body).length).toBeLessThan(10_000);
    expect(await measureLeastWork(send(input), { times: 8, enoughMs: limitMs })).toBeLessThan(limitMs);
  });

  test('are told of together, ten at most', async () => {
    for (const [wrong, told] of [
      [4, 4],
      [60, 10],
    ] as const) {
      const { body } = await ask(url, query, { i: { text: 'x', ...keys(wrong, 1, (index) => `k${index}`) } });
      expect(body.errors?.map(({ message }) => /"k\d+"/.exec(message)?.[0])).toEqual(
        Array.from({ length: told }, (_, index) => `"k${index}"`),
      );
    }
  });

  test('are refused at the socket alike', async () => {
    const session = await openSession(url);
    const variables = { i: { text: 'x', ...keys(60, 1, (index) => `k${index}`) } };
    session.send(subscribe('1', query, { variables }));
    const messages = await readAll(session, '1');
    expect(
      new Set(messages.flatMap(({ payload }) => (payload === undefined ? [] : codesOf({ type: '', payload })))),
    ).toEqual(new Set(['BAD_REQUEST']));
    expect(JSON.stringify(messages).length).toBeLessThan(10_000);
  });

  test('spell nothing of the schema out where introspection is off', async () => {
    const guesses = [{ text: 'x', tex: 'y' }, { tet: 'x' }];
    for (const input of guesses) {
      expect(JSON.stringify((await ask(url, query, { i: input })).body)).not.toContain('Did you mean');
    }
    const colour = await ask(url, 'query ($c: Colour!) { colour(colour: $c) }', { c: 'REDD' });
    expect(JSON.stringify(colour.body)).not.toContain('Did you mean');
    const open = await openDoor({ config: { introspection: true } });
    expect(JSON.stringify((await ask(open.url, query, { i: guesses[0] })).body)).toContain('Did you mean');
  });
});

test('variables in which nothing is wrong make no error, whose stack would cost more than the check', () => {
  const operation = getOperationAST(parse('query ($name: String!) { room(name: $name) }'));
  const schema = buildSchema('type Query { room(name: String!): String }');
  const made = vi.fn();
  class CountedError extends Error {
    constructor(message?: string) {
      super(message);
      made(message);
    }
  }
  vi.stubGlobal('Error', CountedError);
  onTestFinished(() => void vi.unstubAllGlobals());
  made.mockClear();
  const errors = checkVariables(schema, operation?.variableDefinitions ?? [], { name: 'standup' }, false);
  // An expectation makes errors of its own.
  const times = made.mock.calls.length;
  expect({ errors, times }).toEqual({ errors: [], times: 0 });
});
