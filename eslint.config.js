import graphql from '@graphql-eslint/eslint-plugin';

/** Only the printed schema is linted here: TypeScript is Biome's. */
export default [
  {
    files: ['schema/schema.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: './schema/schema.graphql' } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      // Results, connections and permissions are values, found through the nodes that hold them.
      '@graphql-eslint/strict-id-in-types': 'off',
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          DirectiveDefinition: 'camelCase',
          // EdDSA is the algorithm's registered name (RFC 8037).
          EnumValueDefinition: { style: 'UPPER_CASE', ignorePattern: '^EdDSA$' },
        },
      ],
      '@graphql-eslint/require-description': ['error', { types: true, rootField: true, DirectiveDefinition: true }],
      '@graphql-eslint/relay-page-info': 'error',
      '@graphql-eslint/relay-connection-types': 'error',
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
    },
  },
];
