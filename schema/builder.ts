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
    'What can be read. Root fields are nullable, so that one refused field leaves the others standing: look into `errors` where one is null, `extensions.code` there is a RefusalCode.',
});
builder.mutationType({
  description:
    'What can be changed. Each answers with a union of what was done and every refusal to expect: always select `__typename` and `... on Refusal { code message }`.',
});
builder.subscriptionType({
  description:
    'What can be followed, over WebSocket (graphql-transport-ws) or server-sent events. A refusal at the start is an error with a RefusalCode in `extensions.code`; a stream completes within a second of the right to it ending.',
});
