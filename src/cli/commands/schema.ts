import { printedSchema, schema } from '../../../schema/index.ts';
import type { Command } from '../command.ts';
import { describeSchema } from '../schema-reference.ts';

export const schemaPrint: Command = {
  name: 'schema print',
  parameters: [],
  summary: 'Print the GraphQL schema.',
  about: `Prints the schema of this version, with its descriptions. Use it with code generators, or to see what an upgrade changes.
The command needs no database. A running service serves the same schema at /schema.graphql.`,
  options: [],
  examples: ['vestibule schema print > schema.graphql'],
  run: async ({ output }) => {
    output.result({ text: printedSchema.trimEnd(), json: { schema: printedSchema } });
  },
};

export const schemaReference: Command = {
  name: 'schema reference',
  parameters: [],
  summary: 'Print the reference of the schema, in Markdown.',
  about: 'Prints every operation, type and field with its description, in Markdown. The command needs no database.',
  options: [],
  examples: ['vestibule schema reference > reference.md'],
  run: async ({ output }) => {
    const reference = describeSchema(schema);
    output.result({ text: reference.trimEnd(), json: { reference } });
  },
};
