import { randomUUID } from 'node:crypto';
import {
  type GraphQLArgument,
  GraphQLError,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../schema/context.ts';
import { refuseArgs } from '../../schema/guard.ts';
import { schema } from '../../schema/index.ts';
import type { DomainId, KnockId, RoomId } from '../../src/rules/ids.ts';
import { unreachable } from './context-kit.ts';

type AnyField = GraphQLField<unknown, Context>;

const fields = Object.values(schema.getTypeMap())
  .filter((type) => type instanceof GraphQLObjectType)
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields()).map((field: AnyField) => ({ name: `${type.name}.${field.name}`, field })),
  );

const poison = { nul: 'a\u0000b', surrogate: 'a\ud800b' };
const poisoned = fields.flatMap(({ name, field }) =>
  textPlaces(field).map((place) => ({ name: `${name}(${place.join('.')})`, field, place })),
);
const secret = poisoned.filter(({ place }) => ['token', 'jwt', 'knockToken'].includes(place.at(-1) ?? ''));

describe('no text that cannot be stored reaches a service', () => {
  test('there is something to look at', () => {
    expect(poisoned.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Mutation.knock(input.userName)',
        'Room.events(after)',
        'Subscription.roomEvents(after)',
      ]),
    );
  });

  test.each(poisoned)('$name', async ({ field, place }) => {
    for (const text of Object.values(poison)) {
      const refusal = await refusalOf(field, sampleArgs(field, place, text), { isGet: false });
      expect(refusal).toEqual({ code: 'INVALID_INPUT', path: place });
    }
  });
});

describe('no token is taken from a URL', () => {
  test('there is something to look at', () => {
    expect(secret.map(({ name }) => name).sort()).toEqual([
      'Mutation.joinRoom(input.knockToken)',
      'Mutation.joinRoom(input.token)',
      'Mutation.knock(input.token)',
      'Query.access(token)',
      'Query.explainEntry(token)',
      'Query.validateMeetingToken(jwt)',
    ]);
  });

  test.each(secret)('$name', async ({ field, place }) => {
    const args = sampleArgs(field, place, 'eyJhbGciOiJFZERTQSJ9.e30.c2ln');
    expect(await refusalOf(field, args, { isGet: true })).toEqual({ code: 'INVALID_INPUT', path: place });
    await expect(refusalOf(field, args, { isGet: false })).rejects.toThrow('a service was reached');
  });
});

describe('what may pass', () => {
  test('ids are read before services see them: malformed ones are like unknown ones, not malformed input', () => {
    for (const args of [
      { input: { knockIds: [poison.nul] } },
      { id: poison.nul },
      { ids: [poison.nul] },
      { banId: poison.nul },
    ])
      expect(refuseArgs({ isGet: false }, args)).toBeNull();
  });

  test('a userId is text of the backend, and no id of ours', () => {
    expect(refuseArgs({ isGet: false }, { userId: poison.nul })?.issues[0]?.path).toEqual(['userId']);
    expect(refuseArgs({ isGet: false }, { input: { userIds: ['a', poison.nul] } })?.issues[0]?.path).toEqual([
      'input',
      'userIds',
      '1',
    ]);
  });

  test('emoji, dates, numbers and things left out', () => {
    const args = {
      input: { userName: '👩‍👩‍👧', exp: new Date(0), maxUses: 1, token: null, message: undefined, hidden: true },
    };
    expect(refuseArgs({ isGet: true }, args)).toBeNull();
  });
});

/** Who asks is looked at first: here it is somebody. */
const somebody: Context['caller'] = {
  kind: 'KNOCKER',
  id: randomUUID() as KnockId,
  roomId: randomUUID() as RoomId,
  domainId: randomUUID() as DomainId,
  roomName: 'standup',
  token: null,
  hasEnded: false,
  credential: '',
};

/** What the field refuses with, be it as a member of its union or as an error. */
async function refusalOf(field: AnyField, args: Record<string, unknown>, { isGet }: Pick<Context, 'isGet'>) {
  const context: Context = {
    caller: somebody,
    bearer: null,
    client: { addressHash: '', networkHash: '' },
    isGet,
    services: unreachable,
  };
  const call = field.subscribe ?? field.resolve;
  // These resolvers do not look at where in the document they stand.
  const info = {} as GraphQLResolveInfo;
  const answer: unknown = await Promise.resolve(call?.({}, args, context, info)).catch((error: unknown) => {
    if (error instanceof GraphQLError) return error.extensions;
    throw error;
  });
  const { code, issues } = answer as { code: string; issues: readonly [{ path: readonly string[] }] };
  return { code, path: issues[0].path };
}

/** Where text stands in the arguments of a field: free text, URLs included, and not ids, which have a form of their own. */
function textPlaces(field: AnyField): readonly (readonly string[])[] {
  return field.args.flatMap((argument) => placesIn(argument.type, [argument.name]));
}

function placesIn(type: GraphQLInputType, path: readonly string[]): readonly (readonly string[])[] {
  if (isNonNullType(type)) return placesIn(type.ofType, path);
  if (isListType(type)) return placesIn(type.ofType, [...path, '0']);
  if (isInputObjectType(type))
    return Object.values(type.getFields()).flatMap((inner) => placesIn(inner.type, [...path, inner.name]));
  return type.name === 'String' ? [path] : [];
}

/** Arguments with everything that is required, and this text at this place. */
function sampleArgs(field: AnyField, place: readonly string[], text: string): Record<string, unknown> {
  return sampleFields(field.args, place, text);
}

function sampleFields(
  inputs: readonly Pick<GraphQLArgument, 'name' | 'type'>[],
  [here, ...rest]: readonly string[],
  text: string,
): Record<string, unknown> {
  const wanted = inputs.filter(({ name, type }) => name === here || isNonNullType(type));
  return Object.fromEntries(
    wanted.map(({ name, type }) => [name, name === here ? sample(type, rest, text) : sample(type, [], 'fine')]),
  );
}

function sample(type: GraphQLInputType, place: readonly string[], text: string): unknown {
  if (isNonNullType(type)) return sample(type.ofType, place, text);
  if (isListType(type)) return [sample(type.ofType, place.slice(1), text)];
  if (isInputObjectType(type)) return sampleFields(Object.values(type.getFields()), place, text);
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.value;
  return { Int: 1, Boolean: true, DateTime: new Date(0) }[named.name] ?? text;
}
