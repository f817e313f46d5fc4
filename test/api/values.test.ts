import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { type NodeType, nodeTypes } from './fields-policy.ts';
import { read } from './room-kit.ts';
import { makeThings, steps, things } from './values-scene.ts';

// Each field of each thing shows what it is named after, and no other's value: every step has a time of its own, and no two texts are
// the same. An instant reads as the step that it lies in.

let backend: Seed;
let ids: ReadonlyMap<string, string>;

function nameInstants(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) {
    const at = new Date(value);
    return steps.find(({ from, to }) => from <= at && at <= to)?.name ?? value.replace('T00:00:00.000Z', '');
  }
  return value;
}

/** Selects every field that is a value, and the values within its permissions and of who acted. */
function selectionOf(typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object`);
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (isLeafType(named)) return [field.name];
    if (['Permissions', 'Actor', 'ReceivePermissions'].includes(named.name))
      return [`${field.name} { ${selectionOf(named.name)} }`];
    return [];
  });
  return fields.join(' ');
}

async function show(type: NodeType, id: string): Promise<Readonly<Record<string, unknown>>> {
  const query = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${selectionOf(type)} } } }`;
  const { node } = await read<{ node: Readonly<Record<string, unknown>> }>(backend, query, { id });
  const { id: shownId, ...values } = node;
  expect(shownId).toBe(id);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, nameInstants(value)]));
}

beforeAll(async () => {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  ids = await makeThings(database, server);
});

describe('each field shows what it is named after', () => {
  test.each(things)('%s', async (name, type, _make, expected) => {
    expect(await show(type, ids.get(name) ?? '')).toEqual(expected);
  });

  test('on every type that has an id', () => {
    expect([...new Set(things.map(([, type]) => type))].sort()).toEqual([...nodeTypes].sort());
  });
});
