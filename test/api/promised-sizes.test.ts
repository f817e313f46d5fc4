import {
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { inputOf, type RoomSeed } from '../support/seed.ts';

// What the descriptions of inputs promise of sizes: as much is taken, and one more is refused by its name. Read from the schema, for
// every text and number with a size in its description, and for every list, which must have one.

type Place = { readonly mutation: string; readonly path: readonly string[]; readonly field: GraphQLInputField };

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

/** Every place of a mutation's input where something may stand. */
const places: readonly Place[] = mutations.flatMap(({ name, args }) =>
  args.flatMap((argument) => placesIn(name, [argument.name], argument.type)),
);

function placesIn(mutation: string, path: readonly string[], type: GraphQLInputType): readonly Place[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) => {
    const place = { mutation, path: [...path, field.name], field };
    return [place, ...placesIn(mutation, place.path, field.type)];
  });
}

const isList = ({ field }: Place) => isListType(getNullableType(field.type)) && !isEnumType(getNamedType(field.type));
const isTyped = (name: string) => (place: Place) => !isList(place) && getNamedType(place.field.type).name === name;

/** The most that a description promises; in a meeting token, which must fit in a URL, there may be fewer. */
function mostOf({ mutation, field }: Place): number | null {
  const description = field.description ?? '';
  const ofToken = /or (\d+) in a meeting token/.exec(description)?.[1];
  if (ofToken !== undefined && mutation === 'createMeetingToken') return Number(ofToken);
  const found = /(?:[Aa]t most|\b1 to) (\d+)(?! (?:days|seconds))/.exec(description)?.[1];
  return found === undefined ? null : Number(found);
}

let house: DomainSeed;
let room: RoomSeed;
/** An id of each type of object that an input may name. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  house = await openDomain();
  room = await house.backend.waitingRoom();
  const { knockId } = await room.knocker();
  ids = { knockId, participantId: (await room.guest()).id };
});

/** A list of so many, all different. */
function listOf(field: string, length: number): readonly unknown[] {
  const makers: Readonly<Record<string, (index: number) => unknown>> = {
    frameOrigins: (index) => `https://a${index}.example`,
    links: (index) => ({ label: `Link ${index}`, url: 'https://a.example' }),
    overrides: (index) => ({ userId: `u${index}`, kinds: [] }),
    destinations: (index) => `rtmp://media.example/${index}`,
    knockIds: () => ids.knockId,
    participantIds: () => ids.participantId,
    userIds: (index) => `u${index}`,
    jtis: (index) => `jti-${index}`,
  };
  const make = makers[field];
  if (make === undefined) throw new Error(`say here what stands in a list named ${field}`);
  return Array.from({ length }, (_, index) => make(index));
}

/** A text of so many characters: letters, or an address. */
const textOf = (field: string, length: number) => (/Url$/.test(field) ? 'https://a.example/' : '').padEnd(length, 'x');

/** Puts a value at a path, beside whatever else is needed there. */
function put(into: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(into)) return [put(into[0] ?? {}, [key, ...rest], value)];
  const before: Readonly<Record<string, unknown>> = Object(into);
  const list = ['links', 'overrides'].includes(key) && rest.length > 0 ? listOf(key, 1) : undefined;
  return { ...before, [key]: put(before[key] ?? list, rest, value) };
}

/** The largest number of GraphQL. */
const largest = 2 ** 31 - 1;

/** Is this value refused at its place by name, or at the item of a list that it stands in? All else is as it needs to be. */
async function isRefused({ mutation, path }: Place, value: unknown): Promise<boolean> {
  const [argument] = mutations.find(({ name }) => name === mutation)?.args ?? [];
  const samples = { roomName: room.name, text: 'some-text', id: ids.participantId ?? '' };
  const asked = put(sampleVariables(mutation, samples), path, value);
  const { input }: { readonly input?: Variables } = Object(asked);
  const named = Object.fromEntries(Object.entries(input ?? {}).map(([name, given]) => [name, ids[name] ?? given]));
  const selection = '{ __typename ... on InvalidInput { issues { path } } ... on Refusal { code message } }';
  const document = `mutation ($input: ${argument?.type}) { outcome: ${mutation}(input: $input) ${selection} }`;
  const caller = ['joinRoom', 'knock'].includes(mutation) ? house.anybody : house.backend;
  const { body } = await caller.ask<{ outcome: Outcome }>(document, { input: inputOf(caller, mutation, named) });
  if (!body.data?.outcome) throw new Error(`${mutation} was not carried out: ${JSON.stringify(body.errors)}`);
  const refused = (body.data.outcome.issues ?? []).map((issue) => issue.path.filter((one) => !/^\d+$/.test(one)));
  return refused.some((at) => at.length > 1 && at.every((name, index) => name === path[index]));
}

type Outcome = { readonly issues?: readonly { readonly path: readonly string[] }[] };

const named = (wanted: readonly Place[]) =>
  wanted.map((place) => [`${place.mutation} ${place.path.join('.')}`, mostOf(place), place] as const);
const sized = (wanted: readonly Place[]) => named(wanted).filter(([, most]) => most !== null);

async function expectMost(place: Place, most: number, make: (size: number) => unknown): Promise<void> {
  expect(await isRefused(place, make(most)), `${most} are taken`).toBe(false);
  expect(await isRefused(place, make(most + 1)), `${most + 1} are refused`).toBe(true);
}

test('every list says how many it takes', () => {
  expect(named(places.filter(isList)).filter(([, most]) => most === null)).toEqual([]);
});

test.each(sized(places.filter(isList)))('%s takes %i, and no more', async (_name, most, place) => {
  await expectMost(place, most ?? 0, (size) => listOf(place.field.name, size));
});

test.each(sized(places.filter((place) => isTyped('String')(place) || isTyped('URL')(place))))(
  '%s takes %i characters, and no more',
  async (_name, most, place) => {
    await expectMost(place, most ?? 0, (size) => textOf(place.field.name, size));
  },
);

const ranges = places.filter(isTyped('Int')).map((place) => {
  const description = place.field.description ?? '';
  const [, least, most] = /(\d+) to (\d+)/.exec(description) ?? /[Aa]t least (\d+)/.exec(description) ?? [];
  return [`${place.mutation} ${place.path.join('.')}`, Number(least), Number(most ?? largest), place] as const;
});

test.each(ranges)('%s takes %i to %i', async (_name, least, most, place) => {
  for (const value of [least, most]) expect(await isRefused(place, value), `${value}`).toBe(false);
  const beyond = most < largest ? [least - 1, most + 1] : [least - 1];
  for (const value of beyond) expect(await isRefused(place, value), `${value}`).toBe(true);
});
