import { type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { kindTakenBy } from '../../schema/ids.ts';
import { schema } from '../../schema/index.ts';
import { encodeId, type Id, parseId, prefixOf } from '../../src/rules/ids.ts';
import { type EveryDoor, everyDoor } from '../http/every-door.ts';
import { createTestDatabase } from '../support/database.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';

// An id of the wrong kind changes nothing, and the answer says which kind arrived and which is needed, wherever an id is taken.

interface Place {
  readonly field: string;
  readonly path: readonly string[];
}

/** Every argument, and every field of an input, that takes ids. */
const places: readonly Place[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  .flatMap((root) => Object.values(root?.getFields() ?? {}))
  .flatMap(({ name: field, args }) =>
    args.flatMap((arg) => idsBelow([arg.name], arg.type).map((path) => ({ field, path }))),
  )
  // What reads an object of any kind takes an id of any kind.
  .filter(({ field }) => field !== 'node' && field !== 'nodes');

function idsBelow(path: readonly string[], type: GraphQLInputType): readonly (readonly string[])[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [path];
  return isInputObjectType(named)
    ? Object.values(named.getFields()).flatMap(({ name, type: inner }) => idsBelow([...path, name], inner))
    : [];
}

let server: TestServer;
let backend: Seed;
let room: RoomSeed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  room = await backend.room();
});

/** A document for the field with all its arguments in variables. */
function documentOf(field: string): string {
  const found = schema.getMutationType()?.getFields()[field] ?? expect.unreachable(`${field} is no mutation`);
  const declared = found.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = found.args.map(({ name }) => `${name}: $${name}`).join(', ');
  return `mutation (${declared}) { it: ${field}(${given}) { __typename ... on Refusal { code why: message } } }`;
}

/** What some need besides, to be looked at. */
const besides: Readonly<Record<string, object>> = {
  updateParticipant: { setAudio: false },
  updateParticipants: { setAudio: false },
  updateWebhook: { isActive: true },
};

/** The variables with this value at the place, within lists where the schema has them. */
function variablesWith({ field, path }: Place, value: string): Record<string, unknown> {
  const variables: Record<string, unknown> = {
    ...sampleVariables(field, { roomName: room.name, text: 'text', id: value }),
  };
  const [first = '', ...rest] = path;
  const arg = schema
    .getMutationType()
    ?.getFields()
    [field]?.args.find(({ name }) => name === first);
  const others = { ...Object(variables[first]), ...besides[field] };
  variables[first] = placed(arg?.type ?? expect.unreachable(), rest, value, others);
  return variables;
}

function placed(type: GraphQLInputType, [first, ...rest]: readonly string[], value: string, others: unknown): unknown {
  const isList = /^\[/.test(String(type));
  const named = getNamedType(type);
  if (first === undefined || !isInputObjectType(named)) return isList ? [value] : value;
  const inner = named.getFields()[first]?.type ?? expect.unreachable(first);
  const own: object = typeof others === 'object' && others !== null && !Array.isArray(others) ? others : {};
  const held = { ...own, [first]: placed(inner, rest, value, undefined) };
  const whole = first === 'participantId' && named.name.includes('Override') ? { ...held, kinds: [] } : held;
  return isList ? [whole] : whole;
}

async function ask(
  place: Place,
  value: string,
  door: EveryDoor['ask'] = everyDoor['POST as JSON'].ask,
): Promise<string> {
  const question = { query: documentOf(place.field), variables: variablesWith(place, value), bearer: backend.apiKey };
  const { data, errors } = await door(server.url, question);
  const it: { code?: string; why?: string } = Object(data).it ?? {};
  expect(errors, JSON.stringify(errors)).toBeUndefined();
  expect(it.code, JSON.stringify(data)).toBe(place.path.includes('overrides') ? 'INVALID_INPUT' : 'NOT_FOUND');
  return it.why ?? '';
}

const foreign = (place: Place) =>
  kindTakenBy(place.path.at(-1) ?? '') === 'Webhook'
    ? encodeId('Ban', crypto.randomUUID() as Id<'Ban'>)
    : encodeId('Webhook', crypto.randomUUID() as Id<'Webhook'>);

test('every place that takes an id says of what kind', () => {
  expect(places.length).toBeGreaterThan(20);
  expect(places.filter(({ path }) => kindTakenBy(path.at(-1) ?? '') === null)).toEqual([]);
});

/** Ids that are right in kind are taken as they are there: a participant may come later, and a knock may be gone. */
const takesAny = ({ path }: Place) => path.includes('overrides') || path.includes('knockIds');

const named = places.map((place) => [`${place.field} ${place.path.join('.')}`, place] as const);

describe.each(named)('%s', (_name, place) => {
  const needed = kindTakenBy(place.path.at(-1) ?? '') ?? expect.unreachable();

  test('names the kind that arrived, and the one that is needed', async () => {
    const id = foreign(place);
    const said = await ask(place, id);
    expect(said).toContain(`id of a ${parseId(id)?.name} arrived`);
    expect(said).toContain(`id of a ${needed}, which begins with "${prefixOf(needed)}_"`);
    expect(said).toContain(place.path.at(-1));
    expect(said).not.toContain(id);
  });

  test('says of what is no id what it is, and not what it reads', async () => {
    for (const [text, what] of [
      ['Nora', 'not an id'],
      [`vq_${'S'.repeat(43)}`, 'knock token'],
      [backend.apiKey, 'API key'],
    ] as const) {
      const said = await ask(place, text);
      expect(said).toContain(what);
      expect(said).not.toContain(text);
    }
  });
});

test.each(named.filter(([, place]) => !takesAny(place)))(
  '%s has nothing to teach where the kind is right',
  async (_name, place) => {
    const needed = kindTakenBy(place.path.at(-1) ?? '') ?? expect.unreachable();
    expect(await ask(place, encodeId(needed, crypto.randomUUID() as Id<typeof needed>))).not.toContain('arrived');
  },
);

const takers = Object.entries<EveryDoor>(everyDoor).filter(([, { takes }]) => takes.includes('mutation'));

test.each(takers)('through %s the words are the same', async (_name, { ask: door }) => {
  const [first = expect.unreachable()] = places;
  const id = foreign(first);
  expect(await ask(first, id, door)).toBe(await ask(first, id));
});

test.each([
  ['an id', () => room.id, 'id of a Room arrived'],
  ['an address', () => room.url, 'address arrived'],
])('%s in place of the name of a room is noticed', async (_what, named, said) => {
  const query =
    'mutation ($it: String!) { it: deleteRoom(input: { roomName: $it }) { ... on Refusal { code message } } }';
  const { body } = await backend.ask<{ it: object }>(query, { it: named() });
  expect(body.data?.it).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining(said) });
});
