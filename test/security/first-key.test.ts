import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
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

test('the first key is told also where its start fails afterwards', async () => {
  const database = await createTestDatabase();
  const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const env = { BOOTSTRAP_API_KEY: '', PORT: String(port), HOST: '127.0.0.1' };
  const output = await spawnServer({ databaseUrl: database.url, env }).then(
    () => 'it started',
    (error: Error) => error.message,
  );
  expect(output).toContain('shown only once');
  expect(output).toMatch(/in use|taken|EADDRINUSE/);
  const again = await spawnServer({ databaseUrl: database.url, env: { BOOTSTRAP_API_KEY: '' } });
  const { body } = await graphqlClient(again.url, /vk_[\w-]{20,}/.exec(output)?.[0])('{ viewer { __typename } }');
  expect(body.data).toEqual({ viewer: { __typename: 'ApiKey' } });
});
