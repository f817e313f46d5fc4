import { printSchema } from 'graphql';
import { schema } from './index.ts';

/** The schema as text, as it is committed and as `/schema.graphql` answers it. */
export const printedSchema: string = `${printSchema(schema)}\n`;
