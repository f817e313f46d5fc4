import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';

interface Described {
  readonly place: string;
  readonly description: string | null | undefined;
}

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

test('every type, field, argument, input field and enum value is described for those who build on it', () => {
  const places = types.flatMap(placesOf);
  expect(places.length).toBeGreaterThan(500);
  expect(places.filter(({ description }) => (description ?? '').trim().length < 10).map(({ place }) => place)).toEqual(
    [],
  );
});

test('descriptions are sentences: they end like one, and hold no blanks too many', () => {
  const odd = types
    .flatMap(placesOf)
    .filter(({ description }) => !/[.?]$/.test(description ?? '') || /\s{2,}|^\s|\s$/.test(description ?? ''));
  expect(odd.map(({ place, description }) => `${place}: ${description}`)).toEqual([]);
});

function placesOf(type: GraphQLNamedType): readonly Described[] {
  const places: Described[] = [{ place: type.name, description: type.description }];
  const add = (place: string, { description }: { readonly description?: string | null | undefined }) =>
    places.push({ place: `${type.name}.${place}`, description });
  if (isEnumType(type)) for (const value of type.getValues()) add(value.name, value);
  if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) add(field.name, field);
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      add(field.name, field);
      for (const argument of field.args) add(`${field.name}(${argument.name}:)`, argument);
    }
  }
  return places;
}
