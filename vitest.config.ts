import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One copy of graphql for tests, schema and packages: Vite would take its ES modules, Node the others.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: new URL('node_modules/graphql/index.js', import.meta.url).pathname }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Two cores run the tests, the servers under test and PostgreSQL: more files at once only makes each one slower.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
