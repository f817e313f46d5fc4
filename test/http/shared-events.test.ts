import { buildSchema, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { beforeEach, describe, expect, test } from 'vitest';
import { SharedEvents, shareEvents } from '../../src/http/shared-events.ts';

type Event = { readonly name: string };
type Context = { readonly services: { readonly greet: (name: string) => string }; readonly caller?: string };

/** How often a field was resolved, whoever asked. */
let resolved = 0;
/** What both subscribers are handed: the same event, as a room's feed does. */
const event: Event = { name: 'joined' };

beforeEach(() => {
  resolved = 0;
});

function makeSchema(): GraphQLSchema {
  const schema = buildSchema(`
    type Query { nothing: String }
    type Event {
      greeting: String! own: String! ownLater: String! isNamed: Boolean!
      echo(text: String!): String! maybe(text: String): String broken: String
    }
    type Subscription { events(after: String): Event! }
  `);
  const fields = schema.getSubscriptionType()?.getFields().events;
  if (fields === undefined) throw new Error('the schema has lost its subscription');
  fields.subscribe = async function* () {
    yield event;
  };
  fields.resolve = (root: Event) => root;
  const resolvers: Readonly<Record<string, (root: Event, args: { text: string }, context: Context) => unknown>> = {
    greeting: ({ name }, _args, { services }) => services.greet(name),
    own: (_root, _args, { caller }) => caller,
    ownLater: async (_root, _args, context) => {
      await Promise.resolve();
      return context.caller;
    },
    isNamed: (_root, _args, context) => 'caller' in context,
    echo: (_root, { text }) => text,
    maybe: (_root, { text }) => text,
    broken: () => {
      throw new Error('broken');
    },
  };
  for (const [name, field] of Object.entries(Object(schema.getType('Event')).getFields())) {
    Object.assign(Object(field), {
      resolve: (root: Event, args: { text: string }, context: Context) => {
        resolved += 1;
        return resolvers[name]?.(root, args, context);
      },
    });
  }
  return schema;
}

const services = { greet: (name: string) => `hello ${name}` };

/** What each subscriber is sent for the one event. A caller of no name has none in its context. */
async function askAs(
  callers: readonly string[],
  query: string,
  variables: readonly Readonly<Record<string, unknown>>[] = [],
): Promise<readonly ExecutionResult[]> {
  const schema = makeSchema();
  const yoga = createYoga({
    schema,
    plugins: [shareEvents(new SharedEvents(['services']))],
    maskedErrors: false,
    logging: false,
  });
  const document = parse(query);
  return Promise.all(
    callers.map(async (caller, index) => {
      const { subscribe } = yoga.getEnveloped({});
      const contextValue: Context = caller === '' ? { services } : { services, caller };
      const stream = await subscribe({ schema, document, contextValue, variableValues: variables[index] ?? {} });
      if (!(Symbol.asyncIterator in stream)) return stream;
      const results: ExecutionResult[] = [];
      for await (const result of stream) results.push(result);
      const [only] = results;
      if (only === undefined) throw new Error('nothing came');
      return only;
    }),
  );
}

const dataOf = (results: readonly ExecutionResult[]) => results.map(({ data }) => data?.events);

describe('an event that several subscribers are handed', () => {
  test('is executed once for those who ask the same of it', async () => {
    expect(dataOf(await askAs(['a', 'b', 'c'], 'subscription { events { greeting } }'))).toEqual([
      { greeting: 'hello joined' },
      { greeting: 'hello joined' },
      { greeting: 'hello joined' },
    ]);
    expect(resolved).toBe(1);
  });

  test.each([
    ['own', 'greeting own'],
    ['own', 'own greeting'],
    ['ownLater', 'greeting ownLater'],
    ['ownLater', 'ownLater greeting'],
  ])('is each one’s own where the answer was made from who asks: %s of %s', async (field, selection) => {
    expect(dataOf(await askAs(['a', 'b', 'c'], `subscription { events { ${selection} } }`))).toEqual([
      { greeting: 'hello joined', [field]: 'a' },
      { greeting: 'hello joined', [field]: 'b' },
      { greeting: 'hello joined', [field]: 'c' },
    ]);
  });

  test('is each one’s own where the answer was made from whether there is anybody', async () => {
    const answers = dataOf(await askAs(['a', ''], 'subscription { events { isNamed } }'));
    expect(answers).toEqual([{ isNamed: true }, { isNamed: false }]);
  });

  test('is not shared between those who say null and those who leave it to the default', async () => {
    const query = 'subscription ($text: String = "none") { events { maybe(text: $text) } }';
    for (const variables of [
      [{}, { text: null }],
      [{ text: null }, {}],
    ]) {
      const answers = dataOf(await askAs(['a', 'b'], query, variables));
      expect(answers).toEqual(variables.map((given) => ({ maybe: 'text' in given ? null : 'none' })));
    }
  });

  test('is not shared between those who ask it differently by a variable', async () => {
    const query = 'subscription ($text: String!) { events { echo(text: $text) } }';
    expect(dataOf(await askAs(['a', 'b'], query, [{ text: 'one' }, { text: 'two' }]))).toEqual([
      { echo: 'one' },
      { echo: 'two' },
    ]);
  });

  test('is not shared between those who include different fields', async () => {
    const query = 'subscription ($isWanted: Boolean!) { events { greeting echo(text: "x") @include(if: $isWanted) } }';
    expect(dataOf(await askAs(['a', 'b'], query, [{ isWanted: true }, { isWanted: false }]))).toEqual([
      { greeting: 'hello joined', echo: 'x' },
      { greeting: 'hello joined' },
    ]);
  });

  test.each([
    ['in the field itself', '{ events { echo(text: $text) } }'],
    ['in an inline fragment', '{ events { ... on Event { echo(text: $text) } } }'],
    ['in a fragment', '{ events { ...E } } fragment E on Event { echo(text: $text) }'],
    [
      'in a fragment of a fragment',
      '{ events { ...E } } fragment E on Event { ...F } fragment F on Event { echo(text: $text) }',
    ],
    ['in a fragment of the root', '{ ...S } fragment S on Subscription { events { echo(text: $text) } }'],
    ['in an inline fragment of the root', '{ ... on Subscription { events { echo(text: $text) } } }'],
  ])('is not shared where a variable tells them apart: %s', async (_where, selection) => {
    const query = `subscription ($text: String! = "none") ${selection}`;
    const variables = [{ text: 'one' }, { text: 'two' }, {}];
    const answers = dataOf(await askAs(['a', 'b', 'c'], query, variables));
    expect(answers).toEqual([{ echo: 'one' }, { echo: 'two' }, { echo: 'none' }]);
  });

  test('is shared by those who came to it from different cursors', async () => {
    const query = 'subscription ($after: String) { events(after: $after) { greeting } }';
    await askAs(['a', 'b'], query, [{ after: 'x' }, { after: 'y' }]);
    expect(resolved).toBe(1);
  });

  test('tells each one of an error', async () => {
    const results = await askAs(['a', 'b'], 'subscription { events { greeting broken } }');
    expect(results.map(({ errors }) => errors?.map(({ path }) => path))).toEqual([
      [['events', 'broken']],
      [['events', 'broken']],
    ]);
  });
});
