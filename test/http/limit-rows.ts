import { buildSchema, type GraphQLSchema, parse } from 'graphql';
import { countMergeSteps } from '../../src/http/document-work.ts';
import type { Limits } from '../../src/http/limits.ts';
import type { Variables } from '../support/graphql-client.ts';
import type { OperationType } from './every-door.ts';

/** What stands at a limit, and what one more makes of it. */
export type Row = {
  readonly limits: Partial<Limits>;
  readonly atLimit: Operation;
  /** Beyond it, under the same limits or, where the limit is no size of the document, under its own. */
  readonly beyond: Operation & { readonly limits?: Partial<Limits> };
  /** Which limit the refusal names, where it is not the row's own. */
  readonly named?: keyof Limits;
};
export type Operation = { readonly query: string; readonly variables?: Variables };

/** Every root has the same fields, so that whatever a limit says of one type of operation is asked of the others as well. */
export function limitedSchema(): GraphQLSchema {
  const root = '{ node: Node! stuck: String }';
  const schema = buildSchema(`
    type Node { name(n: Int): String! self: Node! plain: [Node!]! listed(first: Int, last: Int): [Node!]! byIds(ids: [ID!]!): [Node!]! page(first: Int): Page!
      any(value: Any): String }
    scalar Any
    type Page { nodes: [Node!]! edges: [Edge!]! }
    type Edge { node: Node! }
    type Query ${root} type Mutation ${root} type Subscription ${root}`);
  const node: Readonly<Record<string, unknown>> = {
    name: 'Ada',
    self: () => node,
    plain: [],
    listed: [],
    byIds: [],
    page: { nodes: [], edges: [] },
  };
  const never = new Promise<never>(() => undefined);
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    const fields = type?.getFields();
    if (fields?.node === undefined || fields.stuck === undefined) throw new Error('each root has its fields');
    fields.node.resolve = () => node;
    fields.stuck.resolve = () => never;
    fields.node.subscribe = async function* () {
      yield node;
    };
  }
  return schema;
}

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** A size of the document's own: `make(n)` has just n of it. */
function sized(limit: keyof Limits, max: number, make: (count: number) => string | Operation): Row {
  const asOperation = (count: number): Operation => {
    const made = make(count);
    return typeof made === 'string' ? { query: made } : made;
  };
  return { limits: { [limit]: max }, atLimit: asOperation(max), beyond: asOperation(max + 1) };
}

/** One operation, whose cost follows from a setting. */
function weighed(limit: keyof Limits, query: string, costBeside: number): Row {
  const cost = 20;
  const limits = { cost, [limit]: cost - costBeside };
  const beyond = { query, limits: { cost, [limit]: cost - costBeside + 1 } };
  return { limits, atLimit: { query }, beyond, named: 'cost' };
}

const names = (count: number) => times(count, () => 'name');
const deep = (levels: number) => `${'{ self '.repeat(levels)}{ name }${' }'.repeat(levels)}`;
const mergeStepsOf = (query: string) => countMergeSteps(parse(query), Number.POSITIVE_INFINITY);

/** By what the limit is of; the rest of a row's name says in which form. */
export function documentRows(type: OperationType): Readonly<Record<string, Row>> {
  const spread = (size: string) => `${type} { ...R } fragment R on ${rootOf[type]} { node ${size} }`;
  const few = `${type} { node { ${names(5)} } }`;
  return {
    documentCharacters: sized('documentCharacters', 300, (count) => `${type} { node { name } }`.padEnd(count)),
    documentTokens: sized('documentTokens', 30, (count) => `${type} { node { ${names(count - 6)} } }`),
    nesting: sized('nesting', 5, (count) => `${type} { node ${deep(count - 2)} }`),
    'nesting: of lists': sized(
      'nesting',
      5,
      (count) => `${type} { node { name any(value: ${'['.repeat(count - 3)}${']'.repeat(count - 3)}) } }`,
    ),
    depth: sized('depth', 5, (count) => `${type} { node ${deep(count - 2)} }`),
    'depth: in a fragment': sized('depth', 5, (count) => spread(deep(count - 2))),
    fields: sized('fields', 8, (count) => `${type} { node { ${names(count - 1)} } }`),
    'fields: in a fragment that is spread twice': sized(
      'fields',
      8,
      (count) =>
        `${type} { node { ${names(count - 7)} self { ...F } self { ...F } } } fragment F on Node { name name }`,
    ),
    breadth: sized('breadth', 8, (count) => `${type} { node { ${names(count)} } }`),
    'breadth: in fragments': sized(
      'breadth',
      8,
      (count) => `${type} { node { ${names(count - 2)} ...F } } fragment F on Node { ... { name } name }`,
    ),
    rootFields: sized('rootFields', 1, (count) => `${type} { ${times(count, () => 'node { name }')} }`),
    'rootFields: in fragments': sized(
      'rootFields',
      1,
      (count) => `${type} { ${times(count, () => '...R')} } fragment R on ${rootOf[type]} { node { name } }`,
    ),
    aliases: sized('aliases', 4, (count) => `${type} { node { ${times(count, (index) => `a${index}: name`)} } }`),
    'aliases: of __typename': sized(
      'aliases',
      4,
      (count) => `${type} { node { ${times(count, (index) => `a${index}: __typename`)} } }`,
    ),
    directives: sized(
      'directives',
      4,
      (count) => `${type} { node { ${times(count, () => 'name @include(if: true)')} } }`,
    ),
    'directives: on fragments': sized(
      'directives',
      4,
      (count) => `${type} { node { ${times(count, () => '... @skip(if: false) { name }')} } }`,
    ),
    variables: sized('variables', 4, (count) => ({
      query: `${type} (${times(count, (index) => `$v${index}: Int`)}) { node { ${times(count, (index) => `v${index}: name(n: $v${index})`)} } }`,
    })),
    mergeSteps: {
      limits: { mergeSteps: mergeStepsOf(few) },
      atLimit: { query: few },
      beyond: { query: few, limits: { mergeSteps: mergeStepsOf(few) - 1 } },
    },
    cost: sized('cost', 20, (count) => `${type} { node { listed(first: ${count - 1}) { name } } }`),
    'cost: by last': sized('cost', 20, (count) => `${type} { node { listed(last: ${count - 1}) { name } } }`),
    'cost: in a fragment': sized('cost', 20, (count) => spread(`{ listed(first: ${count - 1}) { name } }`)),
    'cost: by a variable': sized('cost', 20, (count) => ({
      query: `${type} ($n: Int) { node { listed(first: $n) { name } } }`,
      variables: { n: count - 1 },
    })),
    'cost: by a variable’s default': sized(
      'cost',
      20,
      (count) => `${type} ($n: Int = ${count - 1}) { node { listed(first: $n) { name } } }`,
    ),
    listSize: weighed('listSize', `${type} { node { plain { name } } }`, 1),
    lookupCost: weighed('lookupCost', `${type} { node { byIds(ids: ["a"]) { name } } }`, 2),
    pageSize: weighed('pageSize', `${type} { node { page { nodes { name } } } }`, 2),
  };
}

const rootOf: Readonly<Record<OperationType, string>> = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
};
