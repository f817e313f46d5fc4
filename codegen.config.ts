import type { CodegenConfig } from '@graphql-codegen/cli';

const options = {
  useTypeImports: true,
  enumsAsTypes: true,
  // What stands for GraphQL's own scalars in TypeScript.
  scalars: { ID: 'string', DateTime: 'string', URL: 'string' },
};

/** `npm run codegen` writes the types of the packages, the tests' operations and the example from the schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'packages/client/src/generated/graphql.ts': {
      documents: 'packages/client/src/operations.graphql',
      plugins: ['typescript-operations', './packages/client/codegen-documents.ts'],
      config: options,
    },
    'packages/backend/src/generated/graphql.ts': {
      documents: 'packages/backend/src/operations.graphql',
      plugins: ['typescript-operations', './packages/client/codegen-documents.ts'],
      // What is sent may be a Date: JSON writes it as the service reads it.
      config: { ...options, scalars: { ...options.scalars, DateTime: { input: 'Date | string', output: 'string' } } },
    },
    'test/support/generated/operations.ts': {
      documents: 'test/support/operations.graphql',
      plugins: ['typescript-operations', './packages/client/codegen-documents.ts'],
      config: options,
    },
    'examples/react-urql/src/graphql/': {
      documents: 'examples/react-urql/src/*.tsx',
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { ...options, importExtension: '.ts' },
    },
  },
};

export default config;
