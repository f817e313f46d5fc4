import { getNamedType, isInterfaceType, isLeafType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Result } from '../support/graphql-client.ts';
import type { Caller } from '../support/seed.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { allOperations } from './callers-operations.ts';
import { gatherCallers } from './callers-people.ts';
import { type CallerName, callerNames } from './callers-policy.ts';
import {
  answers,
  audienceNames,
  fieldsOf,
  type NodeType,
  neverSet,
  nodeTypes,
  parts,
  readersOf,
  type ThingName,
  things,
} from './fields-policy.ts';
import { fullSettings, setFieldsScene } from './fields-scene.ts';

let callers: ReadonlyMap<CallerName, Caller>;
let ids: Readonly<Record<ThingName, string>>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const roomA = await backend.waitingRoom(fullSettings);
  const everybody = await gatherCallers({ database, server }, roomA, await backend.waitingRoom());
  callers = everybody.callers;
  ids = await setFieldsScene(server, roomA, everybody);
});

const typeNames = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .map(({ name }) => name);

const implementersOf = (name: string): readonly string[] => {
  const type = schema.getType(name);
  return isInterfaceType(type) ? schema.getPossibleTypes(type).map((member) => member.name) : [];
};

describe('the table names', () => {
  it('every type that has an id, and something of it in the scene', () => {
    expect([...nodeTypes].sort()).toEqual([...implementersOf('Node')].sort());
    expect([...new Set(Object.values(things).map(([type]) => type))].sort()).toEqual([...nodeTypes].sort());
  });

  it.each(nodeTypes)('every field of %s', (type) => {
    const node = schema.getType(type);
    const fields = isObjectType(node) ? Object.keys(node.getFields()) : [];
    expect([...fieldsOf(type).keys()].sort()).toEqual(fields.sort());
  });

  it('every other type: as a part, an event, a refusal, or the answer of an operation', () => {
    const lists = nodeTypes.concat([]).flatMap((name) => [`${name}Connection`, `${name}Edge`]);
    const known = new Set<string>([
      ...nodeTypes,
      ...lists,
      ...parts,
      ...Object.values(answers).flat(),
      ...implementersOf('RoomEvent'),
      ...implementersOf('Refusal'),
      ...['RoomEventConnection', 'RoomEventEdge', 'InputIssue', 'Query', 'Mutation', 'Subscription'],
    ]);
    expect(typeNames.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(answers).filter((name) => !allOperations.some((operation) => operation.name === name))).toEqual(
      [],
    );
  });

  it('every caller in every row', () => {
    for (const audience of audienceNames) {
      const cells = callerNames.map((name) => readersOf(audience)[name]);
      expect(cells.filter((cell) => !/^[-+FU]$/.test(cell ?? ''))).toEqual([]);
    }
  });
});

/** The fields of a type, each by its own name; of what is no leaf only that it is there. */
function documentFor(type: NodeType, names: readonly string[]): string {
  const node = schema.getType(type);
  if (!isObjectType(node)) throw new Error(`there is no ${type}`);
  const fields = names.map((name) => {
    const { args = [], type: held } = node.getFields()[name] ?? {};
    const page = args.some((arg) => arg.name === 'first') ? '(first: 1)' : '';
    return `${name}${page}${isLeafType(getNamedType(held)) ? '' : ' { __typename }'}`;
  });
  return `query ($id: ID!) { node(id: $id) { ... on ${type} { ${fields.join(' ')} } } }`;
}

type Node = Readonly<Record<string, unknown>> | null;
const lettersOfErrors: Readonly<Record<string, string>> = { UNAUTHENTICATED: 'U', FORBIDDEN: 'F' };

/** The letter of the thing itself, and of each of these fields. */
function lettersIn(
  { data, errors = [] }: Result<{ node: Node }>,
  type: NodeType,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const letterAt = (field?: string) => {
    const error = errors.find(({ path }) => path?.[0] === 'node' && path[1] === field);
    if (error) return lettersOfErrors[error.extensions?.code ?? ''] ?? error.message;
    const value = field === undefined ? data?.node : data?.node?.[field];
    return value === null || value === undefined ? '-' : '+';
  };
  // A list that may not be null takes the whole thing with it: what is refused is the list.
  const isThere = data?.node || errors.some(({ path }) => path?.length === 2);
  if (!isThere) return { [type]: letterAt() };
  return Object.fromEntries([[type, '+'], ...names.map((field) => [field, letterAt(field)])]);
}

/** What the table says, where `set` are the fields that are not null in this thing. */
function expectedLetters(
  thing: ThingName,
  caller: CallerName,
  set: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const [type, audience] = things[thing];
  const whole = readersOf(audience)[caller];
  if (whole !== '+') return { [type]: whole };
  const fields = [...fieldsOf(type)].map(([field, own]) => {
    const letter = own === null ? '+' : readersOf(own)[caller];
    return [field, letter === '+' && !set.has(field) ? '-' : letter];
  });
  return Object.fromEntries([[type, '+'], ...fields]);
}

/** Fields with rights of their own are asked for one by one, so that none hides another. */
async function askFor(caller: Caller, thing: ThingName): Promise<Readonly<Record<string, string>>> {
  const [type] = things[thing];
  const fields = [...fieldsOf(type)];
  const open = fields.filter(([, audience]) => audience === null).map(([name]) => name);
  const guarded = fields.filter(([, audience]) => audience !== null).map(([name]) => [name]);
  const letters: Record<string, string> = {};
  for (const names of [open, ...guarded]) {
    const { body } = await caller.ask<{ node: Node }>(documentFor(type, names), { id: ids[thing] });
    Object.assign(letters, lettersIn(body, type, names));
  }
  return letters;
}

async function askAll(thing: ThingName): Promise<ReadonlyMap<CallerName, Readonly<Record<string, string>>>> {
  const seen = [...callers].map(async ([name, caller]) => [name, await askFor(caller, thing)] as const);
  return new Map(await Promise.all(seen));
}

const everything = new Map<ThingName, ReadonlyMap<CallerName, Readonly<Record<string, string>>>>();

/** Fields that somebody at all reads of this thing. */
function setIn(seen: ReadonlyMap<CallerName, Readonly<Record<string, string>>>): ReadonlySet<string> {
  return new Set(
    [...seen.values()].flatMap((letters) => Object.keys(letters).filter((field) => letters[field] === '+')),
  );
}

describe.each(Object.keys(things) as readonly ThingName[])('node(id:) of %s', (thing) => {
  beforeAll(async () => {
    everything.set(thing, await askAll(thing));
  });

  it.each(callerNames)('shows %s what the table says, field by field', (caller) => {
    const seen = everything.get(thing) ?? new Map();
    expect(seen.get(caller)).toEqual(expectedLetters(thing, caller, setIn(seen)));
  });
});

it.each(nodeTypes)('of %s every field is set in the scene, so that what is not shown was withheld', (type) => {
  const ofType = [...everything].filter(([thing]) => things[thing][0] === type).map(([, seen]) => setIn(seen));
  const unset = [...fieldsOf(type).keys()].filter((field) => !ofType.some((set) => set.has(field)));
  expect(unset.filter((field) => !neverSet.has(`${type}.${field}`))).toEqual([]);
});

describe('nodes(ids:)', () => {
  it.each(callerNames)('shows %s the same things as node(id:), in the order asked for', async (caller) => {
    const names = Object.keys(things) as readonly ThingName[];
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }';
    const asked = { ids: names.map((name) => ids[name]) };
    const { body } =
      (await callers.get(caller)?.ask<{ nodes: ({ __typename: string } | null)[] }>(document, asked)) ?? {};
    const expected = names.map((name) => (readersOf(things[name][1])[caller] === '+' ? things[name][0] : null));
    const isNobody = readersOf('inside')[caller] === 'U';
    if (isNobody) expect(body?.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    else expect(body?.data?.nodes.map((node) => node?.__typename ?? null)).toEqual(expected);
  });
});
