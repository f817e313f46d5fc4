import { GraphQLError, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ask, resultOf, toError } from '../../schema/guard.ts';
import { schema } from '../../schema/index.ts';
import { Ban } from '../../schema/refs.ts';
import {
  conflict,
  entryRefused,
  forbidden,
  invalidInput,
  notFound,
  rateLimited,
  unavailable,
} from '../../src/rules/refusal.ts';
import { askingOf } from './context-kit.ts';

const over = askingOf();
const malformed = invalidInput([{ path: ['input', 'name'], message: 'is empty' }]);

const Sample = resultOf('SampleResult', {
  description: 'Of this test.',
  success: [Ban],
  refusals: ['NotFound', 'RateLimited'],
});
const Strict = resultOf('StrictResult', {
  description: 'Of this test.',
  success: [Ban],
  refusals: ['InvalidInput', 'Forbidden'],
});

describe('a field with a result union', () => {
  test('answers a refusal that is a member as it is', async () => {
    await expect(Sample.answer(over, {}, async () => notFound())).resolves.toEqual(notFound());
    await expect(Sample.answer(over, {}, async () => rateLimited(3))).resolves.toMatchObject({ retryAfterSeconds: 3 });
  });

  test('throws a refusal that is not a member of the union, with its code', async () => {
    expect(await codesOf(Sample.answer(over, {}, async () => forbidden('OWNER_NOT_IN_ROOM')))).toEqual({
      code: 'OWNER_NOT_IN_ROOM',
    });
    expect(await codesOf(Sample.answer(over, {}, async () => unavailable()))).toEqual({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 1,
    });
    expect(await codesOf(Strict.answer(over, {}, async () => rateLimited(7)))).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 7,
    });
  });

  test('answers malformed arguments as InvalidInput where that is a member, and throws it where not', async () => {
    const args = { input: { roomName: '\u0000' } };
    const never = async () => Promise.reject(new Error('a service was reached'));
    await expect(Strict.answer(over, args, never)).resolves.toMatchObject({
      refusal: 'InvalidInput',
      issues: [{ path: ['input', 'roomName'] }],
    });
    expect(await codesOf(Sample.answer(over, args, never))).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a field without a union', () => {
  test.each([
    [forbidden('UNAUTHENTICATED'), { code: 'UNAUTHENTICATED' }],
    [notFound(), { code: 'NOT_FOUND' }],
    [conflict('NAME_TAKEN', 'taken'), { code: 'NAME_TAKEN' }],
    [entryRefused('BANNED'), { code: 'BANNED' }],
    [rateLimited(2), { code: 'RATE_LIMITED', retryAfterSeconds: 2 }],
    [malformed, { code: 'INVALID_INPUT', issues: malformed.issues }],
  ])('throws $code', async (refusal, extensions) => {
    expect(await codesOf(ask(over, {}, async () => refusal))).toEqual(extensions);
    expect(toError(refusal).message).toBe(refusal.message);
  });

  test('answers null, and things with a field named refusal, as they are', async () => {
    await expect(ask(over, {}, async () => null)).resolves.toBeNull();
    const access = { level: 'NONE', refusal: entryRefused('ROOM_FULL') };
    await expect(ask(over, {}, async () => access)).resolves.toBe(access);
  });
});

describe('the unions of the API', () => {
  const results = Object.values(schema.getTypeMap())
    .filter(isUnionType)
    .filter(({ name }) => name !== 'Viewer');

  test('each has one success or two, then refusals that can be read through one interface', () => {
    const refusal = schema.getType('Refusal');
    if (!isInterfaceType(refusal)) throw new Error('Refusal is missing');
    for (const result of results) {
      const refusals = result.getTypes().filter((member) => member.getInterfaces().includes(refusal));
      expect(refusals.length, result.name).toBeGreaterThan(0);
      expect([1, 2], result.name).toContain(result.getTypes().length - refusals.length);
    }
  });

  test('every mutation answers with one of its own', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(mutations.length).toBeGreaterThan(30);
    for (const { name, type } of mutations) {
      expect(String(type)).toBe(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result!`);
    }
  });

  test('root fields that read are nullable, so that one refused field leaves the others standing', () => {
    const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
    expect(queries.filter(({ type }) => String(type).endsWith('!')).map(({ name }) => name)).toEqual(['nodes']);
  });

  test('only lists that are counted cheaply tell how many there are', () => {
    const connections = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => name.endsWith('Connection'));
    const counted = connections.filter((type) => type.getFields().totalCount).map(({ name }) => name);
    expect(counted.sort()).toEqual(['KnockRequestConnection', 'ParticipantConnection', 'RoomConnection']);
    for (const type of connections)
      expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(['edges', 'nodes', 'pageInfo']));
  });
});

async function codesOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => 'it was answered',
    (error: unknown) => (error instanceof GraphQLError ? error.extensions : error),
  );
}
