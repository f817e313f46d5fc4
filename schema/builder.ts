import SchemaBuilder from '@pothos/core';
import type { Context } from './context.ts';
import { dateTime, url } from './scalars.ts';

/** All types of the API are made with this one. Fields are non-null unless they say otherwise; inputs optional. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    URL: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false });

export type Types = typeof builder.$inferSchemaTypes;

builder.addScalarType('DateTime', dateTime);
builder.addScalarType('URL', url);

builder.queryType({
  description:
    'Everything that you can read. Root fields are nullable, so a refused field does not affect the others. If one is null, look into `errors`: `extensions.code` is a RefusalCode.',
});
builder.mutationType({
  description:
    'Everything that you can change. Each mutation returns a union of its result and its possible refusals: always select `__typename` and `... on Refusal { code message }`.',
});
builder.subscriptionType({
  description:
    'Everything that you can follow, over WebSocket (graphql-transport-ws) or server-sent events. A refusal at the start is an error with a RefusalCode in `extensions.code`. When the right to a stream ends, the stream completes within a second.',
});
