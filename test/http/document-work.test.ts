import * as fc from 'fast-check';
import { type DocumentNode, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { checkDocumentSize, nestingOf } from '../../src/http/document-size.ts';
import { countMergeSteps } from '../../src/http/document-work.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { measureLeastWork } from '../support/timing.ts';

const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const deep = (count: number, open: string, within: string, close: string) =>
  `${open.repeat(count)}${within}${close.repeat(count)}`;

const upTo = (max: number) => fc.integer({ min: 1, max });
const pick = (...texts: readonly string[]) => fc.constantFrom(...texts);
const leaf = pick('id', 'name', '__typename', 'deliveries(first: 1) { nodes { id } }', 'name @include(if: true)');

/** Documents that are dear to somebody, each of any size. What is no field of the schema is dear to validate as well. */
const shapes: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'fields that overlap': fc
    .tuple(upTo(20), upTo(60), upTo(60), leaf)
    .map(([a, b, c, it]) => `{ ${many(a, () => `domain { ${many(b, () => `webhooks { ${many(c, () => it)} }`)} }`)} }`),
  'fields that overlap, each of its own': fc
    .tuple(upTo(20), upTo(200))
    .map(([a, b]) => `{ ${many(a, (i) => `domain { ${many(b, (j) => `f${i}x${j}`)} }`)} }`),
  aliases: fc
    .tuple(upTo(20), upTo(40), leaf)
    .map(([a, b, it]) => `{ ${many(a, (i) => `a${i}: domain { ${many(b, () => it)} }`)} }`),
  'fragments side by side': fc
    .tuple(upTo(20), upTo(200), upTo(20), leaf)
    .map(
      ([a, b, c, it]) =>
        `{ ${many(a, () => `domain { ${many(b, (i) => `...F${i}`)} }`)} } ${many(b, (i) => `fragment F${i} on Domain { ${many(c, () => it)} }`)}`,
    ),
  'fragments in a row': fc
    .tuple(upTo(400), upTo(20), pick('Domain', 'Query'), leaf)
    .map(
      ([n, c, type, it]) =>
        `{ domain { ...F0 } } ${many(n, (i) => `fragment F${i} on ${type} { ${many(c, () => it)} ...F${i + 1} }`)} fragment F${n} on ${type} { id }`,
    ),
  'fragments that double': fc
    .tuple(upTo(30), upTo(4))
    .map(
      ([n, c]) =>
        `{ domain { ...F0 } } ${many(n, (i) => `fragment F${i} on Domain { ${many(c, () => `webhooks { ...F${i + 1} }`)} }`)} fragment F${n} on Domain { id }`,
    ),
  'fragments in circles': fc
    .tuple(upTo(200), upTo(10), upTo(5))
    .map(
      ([n, c, step]) =>
        `{ domain { ...F0 } } ${many(n, (i) => `fragment F${i} on Domain { ${many(c, (j) => `webhooks { ...F${(i + step + j) % n} }`)} }`)}`,
    ),
  'inline fragments': fc
    .tuple(upTo(500), upTo(60), leaf)
    .map(([a, d, it]) => `{ domain { ${many(a, () => deep(d, '... on Domain { ', it, ' }'))} } }`),
  directives: fc
    .tuple(upTo(300), upTo(50))
    .map(([a, b]) => `{ ${many(a, () => `domain ${many(b, () => '@skip(if: false)')} { id }`)} }`),
  variables: fc
    .tuple(upTo(300), upTo(300), fc.boolean())
    .map(
      ([a, b, known]) =>
        `query (${many(a, (i) => `$v${i}: Int`)}) { domain { ${many(b, (i) => `w: webhooks(first: $v${known ? i % a : a + i}) { nodes { id } }`)} } }`,
    ),
  operations: fc
    .tuple(upTo(400), upTo(200))
    .map(
      ([a, b]) =>
        `${many(a, (i) => `query q${i} { ...F0 }`)} ${many(b, (i) => `fragment F${i} on Query { __typename ...F${i + 1} }`)} fragment F${b} on Query { __typename }`,
    ),
  'input objects': fc
    .tuple(upTo(3000), fc.boolean())
    .map(([n, isDeep]) =>
      isDeep
        ? `mutation { createRoom(input: ${deep(n, '{ a: ', '1', '}')}) { __typename } }`
        : `mutation { createRoom(input: { ${many(n, (i) => `a${i}: 1`)} }) { __typename } }`,
    ),
  lists: fc.tuple(upTo(4000), fc.boolean(), upTo(3)).map(([n, isDeep, times]) => {
    const value = isDeep ? deep(n, '[', '', ']') : `[${many(n, () => '1')}]`;
    return `{ ${many(times, () => `node(id: ${value}) { id }`)} }`;
  }),
  arguments: fc
    .tuple(upTo(200), upTo(20), upTo(400))
    .map(
      ([a, b, c]) =>
        `{ domain { ${many(a, () => `webhooks(${many(b, (i) => `a${i}: "${'x'.repeat(c)}"`)}) { id }`)} } }`,
    ),
  'names that resemble others': fc
    .tuple(
      upTo(500),
      pick('fragment', 'field', 'argument'),
      pick('KnockRequestConnectiom', 'UpdateParticipantImput', 'webhoks'),
    )
    .map(([n, where, name]) => {
      if (where === 'fragment') return `{ id } ${many(n, (i) => `fragment f${i} on ${name}${i % 100} { a }`)}`;
      return where === 'field'
        ? `{ domain { ${many(n, (i) => `${name}${i}`)} } }`
        : `{ domain { webhooks(${many(n, (i) => `${name}${i}: 1`)}) { id } } }`;
    }),
  introspection: fc
    .tuple(upTo(20), upTo(20), pick('ofType', 'fields { type', 'possibleTypes', 'interfaces { fields { type'))
    .map(([a, d, step]) => {
      const braces = step.split('{').length;
      return `{ ${many(a, (i) => `a${i}: __schema { types { name ${deep(d, `${step} { `, 'name', '}'.repeat(braces))} } }`)} }`;
    }),
};

/** As the service looks at a document. Null: it is refused before it is validated. */
function accept(text: string): DocumentNode | null {
  if (text.length > defaultLimits.documentCharacters || nestingOf(text) > defaultLimits.nesting) return null;
  try {
    const document = parse(text, { maxTokens: defaultLimits.documentTokens });
    return checkDocumentSize(document, defaultLimits).length > 0 ? null : document;
  } catch (error) {
    // Whatever parsing may say, it is no exhausted stack.
    expect(error).not.toBeInstanceOf(RangeError);
    return null;
  }
}

/** A document's whole way up to its execution. */
function judge(text: string): void {
  const document = accept(text);
  if (document !== null) validate(schema, document, specifiedRules, { maxErrors: 20 });
}

/** What a room page asks for, in size. */
const usual = `query ($name: String!) { room(name: $name) { id name cursor participants(first: 100) { totalCount nodes { ...P } }
  events(first: 50) { nodes { cursor ${many(8, (i) => `... on ${i % 2 ? 'ParticipantJoined' : 'ParticipantUpdated'} { participant { ...P } }`)} } } } }
  fragment P on Participant { id userName userId isOwner joinedAt connection audio video permissions { canSend canAdmin } }`;

describe('no document takes much longer to judge than a usual one does', () => {
  test('which is one that may pass', async () => {
    expect(accept(usual)).not.toBeNull();
    await measureLeastWork(() => judge(usual), { times: 50 });
  });

  test.each(Object.entries(shapes))('%s', async (_what, shape) => {
    await fc.assert(
      fc.asyncProperty(shape, async (text) => {
        // A usual one takes 0.4 ms, the dearest of these 5 ms; without the limits some take 60 ms and more.
        const limitMs = 60 * (await measureLeastWork(() => judge(usual), { times: 3 }));
        expect(await measureLeastWork(() => judge(text), { times: 5, enoughMs: limitMs })).toBeLessThan(limitMs);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the count of comparisons', () => {
  test('follows what validation compares', () => {
    const overlapping = (a: number, b: number) =>
      `{ domain { ${many(a, () => `webhooks { ${many(b, () => 'deliveries(first: 1) { nodes { id } }')} }`)} } }`;
    const steps = (text: string) => countMergeSteps(parse(text), Number.POSITIVE_INFINITY);
    expect(steps(overlapping(2, 2))).toBeLessThan(100);
    // Twice as many on both levels are sixteen times as many pairs.
    expect(steps(overlapping(20, 20)) / steps(overlapping(10, 10))).toBeGreaterThan(14);
    expect(steps(usual)).toBeLessThan(1500);
  });

  test('ends when it has seen enough', () => {
    const text = `{ domain { ${many(60, () => `webhooks { ${many(60, () => 'id')} }`)} } }`;
    expect(countMergeSteps(parse(text), 100)).toBeGreaterThan(100);
  });
});

test.each([
  ['{ a }', 1],
  ['{ a(b: [[1]]) { c } }', 4],
  ['{ a(b: "{[(") } # {{{{', 2],
  ['{ a(b: """{ \\""" [ " ( """) { d } }', 2],
  ['{ a(b: "\\"{{{") { d { e } } }', 3],
  ['"never ends {{{', 0],
  ['"""never ends {{{', 0],
])('the nesting of %s is %i', (text, depth) => {
  expect(nestingOf(text)).toBe(depth);
});
