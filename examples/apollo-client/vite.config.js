import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { readPossibleTypes } from './client.ts';

const schema = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  // Made when the page is built, so that no visitor loads the schema.
  define: { POSSIBLE_TYPES: JSON.stringify(readPossibleTypes(schema)) },
  server: { port: Number(process.env.PORT ?? 5173), strictPort: true },
});
