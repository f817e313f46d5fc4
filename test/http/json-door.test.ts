import { describe, expect, test } from 'vitest';
import { createOrigins, createSecurityHeaders } from '../../src/http/browser-rules.ts';
import { SlotsByKey, WorkSlots } from '../../src/http/capacity.ts';
import { createEngine } from '../../src/http/engine.ts';
import { createGraphqlRoute } from '../../src/http/graphql-route.ts';
import { createJsonDoor } from '../../src/http/json-door.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { closeServer, createBoundedServer, listenOn } from '../../src/http/node-server.ts';
import { closeAfterwards } from '../support/closers.ts';
import { send } from './http-client.ts';
import { Seen, schema } from './test-schema.ts';

const silent = { info() {}, warn() {}, error() {} };

/** One of two servers that differ in the thin door alone. `served` counts what the thin door took for itself. */
async function openRoute(hasThinDoor: boolean) {
  const seen = new Seen();
  const engine = createEngine({
    schema,
    createContext: async (request) => {
      if (request.bearer === 'breaks') throw new Error('no context for this one');
      return { request, seen };
    },
    introspection: true,
    graphiql: false,
    limits: defaultLimits,
    log: silent,
  });
  const thin = createJsonDoor(engine);
  const served = { byThinDoor: 0 };
  const counting: typeof thin = async (...parameters) => {
    const answer = await thin(...parameters);
    if (answer !== null) served.byThinDoor += 1;
    return answer;
  };
  const route = createGraphqlRoute({
    engine,
    jsonDoor: hasThinDoor ? counting : null,
    limits: defaultLimits,
    origins: () => createOrigins(['https://app.example.com']),
    securityHeaders: () => createSecurityHeaders(['http://localhost:4000']),
    readAddress: () => '192.0.2.1',
    slots: new WorkSlots(10, 10),
    streams: new SlotsByKey(10),
    openStreams: new Set(),
    isClosing: () => false,
    isDraining: () => false,
    graphiql: null,
  });
  const server = createBoundedServer(defaultLimits, silent, route);
  const port = await listenOn(server, 0, '127.0.0.1');
  closeAfterwards(() => closeServer(server));
  return { url: `http://127.0.0.1:${port}`, seen, served };
}

const thin = await openRoute(true);
const yoga = await openRoute(false);

const echo = 'query ($i: EchoInput!) { echo(input: $i) }';
const colour = 'query ($c: Colour!) { colour(colour: $c) }';
const two = 'query A { hello } query B { hello(name: "B") }';

/** Bodies that are sent as JSON. */
const bodies: readonly unknown[] = [
  { query: '{ hello }' },
  { query: '{ hello }', variables: null, operationName: null, extensions: null },
  { query: '{ hello }', variables: {}, extensions: { persisted: 1 } },
  { query: 'query ($n: String) { hello(name: $n) }', variables: { n: 'Ann' } },
  { query: 'query ($n: String = "Bo") { hello(name: $n) }' },
  { query: 'query ($n: String) { hello(name: $n) }', variables: { n: null, more: 1 } },
  { query: two, operationName: 'A' },
  { query: two, operationName: 'B' },
  { query: two },
  { query: two, operationName: 'C' },
  { query: two, operationName: '' },
  { query: '{ hello }', operationName: 'Nope' },
  { query: '{ hello }', operationName: 7 },
  { query: '{ hello }', operationName: ['A'] },
  { query: '{ a: hello b: hello(name: "x") __typename }' },
  { query: '{ ...F } fragment F on Query { hello me { name } }' },
  { query: '{ me { ...P } } fragment P on Person { ...Q } fragment Q on Person { ...P }' },
  { query: 'query ($no: Boolean!) { hello @skip(if: $no) }', variables: { no: true } },
  { query: 'query ($no: Boolean!) { hello @include(if: $no) }', variables: { no: 'no' } },
  { query: '{ caller { bearer address isGet transport } }' },
  { query: echo, variables: { i: { text: 'x', tags: ['a', 'b'] } } },
  { query: echo, variables: { i: { text: 'x', tags: 'a' } } },
  { query: echo, variables: { i: { text: 'x', more: 1 } } },
  { query: echo, variables: { i: {} } },
  { query: echo, variables: { i: null } },
  { query: echo, variables: {} },
  { query: echo },
  { query: echo, variables: 'text' },
  { query: echo, variables: [] },
  { query: echo, variables: 1 },
  { query: echo, variables: { i: { text: 'Ünï 😀 \u2028 "quoted" \u0000' } } },
  { query: colour, variables: { c: 'RED' } },
  { query: colour, variables: { c: 'BLUE' } },
  { query: '{ colour(colour: BLUE) }' },
  { query: 'query ($at: DateTime!) { at(at: $at) }', variables: { at: 'yesterday' } },
  { query: '{ at(at: "yesterday") }' },
  { query: '{ refused hello }' },
  { query: '{ missing }' },
  { query: '{ people { nodes { name friends(first: 3) { nodes { name } } } edges { node { name } } } }' },
  { query: '{ people(first: 99999999) { nodes { friends(first: 99999999) { nodes { name } } } } }' },
  { query: 'query ($n: Int) { people(first: $n) { nodes { name } } }', variables: { n: 99999999 } },
  { query: 'mutation { count }' },
  { query: 'mutation { a: count b: count }' },
  { query: 'subscription { numbers(to: 2) }' },
  { query: '{ __typename }' },
  { query: '{ __schema { queryType { name } } }' },
  { query: '{ __type(name: "Colour") { enumValues { name } } }' },
  { query: '{ nope }' },
  { query: '{ hello { name } }' },
  { query: '{ me }' },
  { query: '{ hello(nope: 1) }' },
  { query: '{' },
  { query: '' },
  { query: ' ' },
  { query: '# only a comment' },
  { query: 'fragment F on Query { hello }' },
  { query: 'type Query { a: Int }' },
  { query: null },
  { query: 7 },
  { query: ['{ hello }'] },
  { query: { text: '{ hello }' } },
  {},
  { variables: {} },
  { query: '{ hello }', id: 'x' },
  { query: '{ hello }', id: null },
  { query: '{ hello }', __proto: 1 },
  { query: '{ hello }', extensions: 'x' },
  { query: '{ hello }', extensions: [] },
  [{ query: '{ hello }' }],
  [],
  null,
  7,
  'text',
  { query: `{ ${'me { '.repeat(30)}` },
  { query: `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: hello`).join(' ')} }` },
  { query: `{ hello ${' '.repeat(40_000)} }` },
];

/** Bodies that are no JSON, or not quite. */
const texts: readonly string[] = [
  '',
  '{',
  '{"query":"{ hello }"',
  "{'query':'{ hello }'}",
  '{"query":"{ hello }"} ',
  ' \n{"query":"{ hello }"}',
  '{"query":"{ hello }","query":"{ me { name } }"}',
  '{"__proto__":{"query":"{ hello }"}}',
  '{"query":"{ hello }","__proto__":{"a":1}}',
  '\ufeff{"query":"{ hello }"}',
  'query=%7Bhello%7D',
];

const accepts = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  'application/*',
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'APPLICATION/JSON',
  'text/html, */*;q=0.1',
  'text/event-stream, application/json',
  'text/event-stream',
  'multipart/mixed',
  'text/html',
  'nonsense',
  '',
];

/** Both answers, without what is new each time. */
async function bothAnswers(body: string, headers: Readonly<Record<string, string>>) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  const answers = await Promise.all([send(thin.url, init), send(yoga.url, init)]);
  return answers.map(({ status, headers: answered, text }) => ({
    status,
    headers: Object.fromEntries([...answered].filter(([name]) => name !== 'date')),
    text: text.replaceAll(/"correlationId":"[^"]+"/g, '"correlationId":"…"'),
  }));
}

describe.each(['application/json', 'application/graphql-response+json'])(
  'to %s the thin door answers as Yoga',
  (accept) => {
    test.each(bodies.map((body) => JSON.stringify(body)).concat(texts))('%s', async (body) => {
      const [byThin, byYoga] = await bothAnswers(body, { accept, authorization: 'Bearer abc' });
      expect(byThin).toEqual(byYoga);
    });
  },
);

test.each(accepts)('Accept: %s gets the same form of answer from both', async (accept) => {
  for (const query of ['{ hello }', '{ refused }', '{ nope }', 'query ($c: Colour!) { colour(colour: $c) }']) {
    const [byThin, byYoga] = await bothAnswers(JSON.stringify({ query }), { accept });
    expect(byThin).toEqual(byYoga);
  }
});

test('an origin that is allowed, and a context that cannot be made, are answered alike', async () => {
  for (const headers of [
    { origin: 'https://app.example.com' },
    { origin: 'https://evil.example' },
    { authorization: 'Bearer breaks' },
  ]) {
    const [byThin, byYoga] = await bothAnswers('{"query":"{ hello boom }"}', headers);
    expect(byThin).toEqual(byYoga);
  }
});

test('each mutation was executed as often by the one as by the other', () => {
  expect(thin.seen.mutations).toBeGreaterThan(0);
  expect(thin.seen.mutations).toBe(yoga.seen.mutations);
});

test('the thin door does answer what is plain', async () => {
  const before = thin.served.byThinDoor;
  await bothAnswers('{"query":"{ hello }"}', {});
  await bothAnswers('{"query":"{ refused }","variables":{}}', { accept: 'application/json' });
  await bothAnswers('{"query":"{ nothingOfTheKind }"}', {});
  await bothAnswers('{"query":"{ hello }","operationName":"Nope"}', {});
  expect(thin.served.byThinDoor, 'and leaves the last two to Yoga').toBe(before + 2);
  expect(yoga.served.byThinDoor).toBe(0);
});
