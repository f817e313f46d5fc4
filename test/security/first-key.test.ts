import { expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { graphqlClient } from '../support/graphql-client.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';

const keysIn = (server: ServerProcess) => server.output().match(/vk_[\w-]{20,}/g) ?? [];

test('the first key is random, is told on the very first start alone, and is stored as a hash', async () => {
  const [database, elsewhere] = [await createTestDatabase(), await createTestDatabase()];
  const start = ({ url }: TestDatabase) => spawnServer({ databaseUrl: url, env: { BOOTSTRAP_API_KEY: '' } });
  const [first, other] = await Promise.all([start(database), start(elsewhere)]);
  const [key = '', ...more] = keysIn(first);
  // Once as it is, and in the example of a first request.
  expect(new Set([key, ...more]).size).toBe(1);
  expect(keysIn(other)[0]).not.toBe(key);
  const { body } = await graphqlClient(first.url, key)('{ viewer { __typename } }');
  expect(body.data).toEqual({ viewer: { __typename: 'ApiKey' } });

  const again = await start(database);
  expect(keysIn(again)).toEqual([]);
  const [stored] = await database.sql`select a::text as text from api_keys a`;
  expect(String(stored?.text)).not.toContain(key.slice(20));
});
