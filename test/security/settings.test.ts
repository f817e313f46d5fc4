import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { defaultLimits, limitsOf } from '../../src/http/limits.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

describe('limits', () => {
  test('without settings are the defaults that SECURITY.md lists', () => {
    expect(limitsOf(parseConfig({}))).toEqual(defaultLimits);
  });

  test.each([
    ['MAX_OPERATIONS', 'inFlight'],
    ['MAX_OPERATIONS_PER_ADDRESS', 'inFlightPerAddress'],
    ['MAX_STREAMS_PER_ADDRESS', 'streamsPerAddress'],
    ['MAX_CONNECTIONS_PER_ADDRESS', 'connectionsPerAddress'],
    ['MAX_QUERY_COST', 'cost'],
  ] as const)('%s sets one of them alone', (setting, limit) => {
    expect(limitsOf(parseConfig({ [setting]: '777' }))).toEqual({ ...defaultLimits, [limit]: 777 });
    expect(() => parseConfig({ [setting]: '0' })).toThrow(setting);
  });

  test('that are set hold on the running service', async () => {
    const database = await createTestDatabase();
    const backend = seed(await startServer({ databaseUrl: database.url, maxQueryCost: 100 }));
    const { body } = await backend.ask('{ rooms(first: 100) { nodes { id } } }');
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'cost', max: 100 });
    expect((await backend.ask('{ rooms(first: 90) { nodes { id } } }')).body.errors).toBeUndefined();
  });
});

describe('what shows the schema', () => {
  const openTools = async (environment: Readonly<Record<string, string>>) => {
    const database = await createTestDatabase();
    const { introspection, graphiql } = parseConfig(environment);
    const server = await startServer({ databaseUrl: database.url, introspection, graphiql });
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    const [introspected, mistyped] = await Promise.all([
      seed(server).ask<{ __schema: object }>(getIntrospectionQuery()),
      seed(server).ask('{ roomz { id } }'),
    ]);
    return {
      isIntrospected: introspected.body.data?.__schema !== undefined,
      isShown: (await page.text()).includes('<title>GraphiQL'),
      suggests: /did you mean/i.test(JSON.stringify(mistyped.body.errors)),
    };
  };

  test.each([
    ['is on in development', {}, [true, true, true]],
    ['is off in production', { NODE_ENV: 'production' }, [false, false, false]],
    [
      'is a setting in production',
      { NODE_ENV: 'production', INTROSPECTION: 'true', GRAPHIQL: 'true' },
      [true, true, true],
    ],
    ['is a setting in development', { INTROSPECTION: 'false', GRAPHIQL: 'false' }, [false, false, false]],
  ] as const)('%s', async (_when, environment, [isIntrospected, isShown, suggests]) => {
    expect(await openTools(environment)).toEqual({ isIntrospected, isShown, suggests });
  });
});
