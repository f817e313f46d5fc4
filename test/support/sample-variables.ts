import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType } from 'graphql';
import { schema } from '../../schema/index.ts';
import type { Variables } from './graphql-client.ts';

export type Samples = {
  /** For every argument and field of this name. */
  readonly roomName: string;
  /** For every other text. */
  readonly text: string;
  readonly id: string;
};

/** Values for all that a root field takes: what it needs, and what names a room. Whatever is added to the schema gets some as well. */
export function sampleVariables(field: string, samples: Samples): Variables {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const found = roots.flatMap((root) => root?.getFields()[field] ?? []);
  return Object.fromEntries(
    found.flatMap(({ args }) => args.map(({ name, type }) => [name, sampleOf(name, type, samples)])),
  );
}

function sampleOf(name: string, type: GraphQLInputType, samples: Samples): unknown {
  if (isNonNullType(type)) return sampleOf(name, type.ofType, samples);
  if (isListType(type)) return [sampleOf(name, type.ofType, samples)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const wanted = Object.values(type.getFields()).filter((one) => isNonNullType(one.type) || one.name === 'roomName');
    return Object.fromEntries(wanted.map((one) => [one.name, sampleOf(one.name, one.type, samples)]));
  }
  if (!isScalarType(type)) throw new Error(`there is no sample of ${name}`);
  const scalars: Readonly<Record<string, unknown>> = {
    String: name === 'roomName' ? samples.roomName : samples.text,
    ID: samples.id,
    Int: 1,
    Boolean: true,
    DateTime: '2030-01-01T00:00:00.000Z',
    URL: 'https://example.com/',
  };
  if (!(type.name in scalars)) throw new Error(`there is no sample of ${type.name}`);
  return scalars[type.name];
}
