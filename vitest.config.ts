import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sortTests } from './test/support/projects.ts';

const { pure, sockets, service } = sortTests();

export default defineConfig({
  // One copy of graphql for tests, schema and packages: Vite would take its ES modules, Node the others.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: new URL('node_modules/graphql/index.js', import.meta.url).pathname }],
  },
  test: {
    setupFiles: ['test/support/setup-file.ts'],
    // The same cores run the tests, the servers under test and PostgreSQL: more files at once only makes each one slower.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    // One process runs many files, so that the service's modules are loaded and compiled once: nothing of a file outlives it but these.
    isolate: false,
    // Enough for a machine that does other things as well: whoever waits for something says itself how long.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for is seen soon after it is there, and a busy machine may take its time.
    expect: { poll: { interval: 10, timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'pure', include: [...pure] } },
      { extends: true, test: { name: 'sockets', include: [...sockets] } },
      {
        extends: true,
        test: { name: 'service', include: [...service], globalSetup: ['test/support/global-setup.ts'] },
      },
    ],
  },
});
