import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { cacheExchange, createClient as createUrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { closeAfterwards } from '../support/closers.ts';
import { openDoor } from './door-kit.ts';

const { url, seen } = await openDoor();
const endpoint = `${url}/graphql`;
const headers = { authorization: 'Bearer abc' };
const whoQuery = '{ caller { bearer } }';
const who = { caller: { bearer: 'abc' } };
const numbers = 'subscription { numbers(to: 3) }';

const wsClient = createWsClient({
  url: endpoint.replace('http', 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { authorization: headers.authorization },
  retryAttempts: 0,
});
closeAfterwards(() => wsClient.dispose());

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('graphql-ws', () => {
  test('queries, subscribes, and is told of errors', async () => {
    expect(await collect(wsClient.iterate({ query: whoQuery }))).toEqual([{ data: who }]);
    expect(await collect(wsClient.iterate({ query: numbers }))).toEqual(
      [1, 2, 3].map((n) => ({ data: { numbers: n } })),
    );
    await expect(collect(wsClient.iterate({ query: '{ nope }' }))).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });

  test('frees its stream when it stops', async () => {
    const stream = wsClient.iterate({ query: 'subscription { endless }' });
    await stream.next();
    await seen.until(1);
    await stream.return?.();
    await seen.until(0);
  });
});

describe('graphql-sse', () => {
  const client = createSseClient({ url: endpoint, headers, retryAttempts: 0 });

  test('queries, subscribes, and is told of errors', async () => {
    expect(await collect(client.iterate({ query: whoQuery }))).toEqual([{ data: who }]);
    expect(await collect(client.iterate({ query: numbers }))).toEqual([1, 2, 3].map((n) => ({ data: { numbers: n } })));
    expect(await collect(client.iterate({ query: 'subscription { refused }' }))).toMatchObject([
      { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    ]);
  });

  test('frees its stream when it stops', async () => {
    const stream = client.iterate({ query: 'subscription { endless }' });
    await stream.next();
    await seen.until(1);
    await stream.return?.();
    await seen.until(0);
  });
});

describe('urql', () => {
  const client = createUrqlClient({
    url: endpoint,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: wsClient.subscribe({ query, variables: variables ?? {} }, sink as never),
          }),
        }),
      }),
    ],
  });

  test('queries and mutates', async () => {
    expect((await client.query(whoQuery, {}).toPromise()).data).toMatchObject(who);
    const before = seen.mutations;
    expect((await client.mutation('mutation { count }', {}).toPromise()).data).toEqual({ count: before + 1 });
    const refused = await client.query('{ refused }', {}).toPromise();
    expect(refused.error?.graphQLErrors[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  test('queries over GET', async () => {
    const result = await client.query(
      'query Q($n: String) { hello(name: $n) caller { isGet } }',
      { n: 'Ann' },
      { preferGetMethod: 'force' },
    );
    expect(result.data).toMatchObject({ hello: 'Hello Ann', caller: { isGet: true } });
  });

  test('subscribes over graphql-ws, and over event streams by itself', async () => {
    const overFetch = createUrqlClient({
      url: endpoint,
      fetchOptions: { headers },
      preferGetMethod: false,
      fetchSubscriptions: true,
      exchanges: [fetchExchange],
    });
    for (const subscriber of [client, overFetch]) {
      const values: unknown[] = [];
      await new Promise<void>((resolve) => {
        subscriber.subscription(numbers, {}).subscribe(({ data, hasNext }) => {
          if (data !== undefined) values.push(data.numbers);
          if (!hasNext || values.length === 3) resolve();
        });
      });
      expect(values).toEqual([1, 2, 3]);
    }
  });
});

describe('Apollo Client', () => {
  const cache = () => new InMemoryCache();
  const client = new ApolloClient({ link: new HttpLink({ uri: endpoint, headers }), cache: cache() });
  const subscriber = new ApolloClient({ link: new GraphQLWsLink(wsClient), cache: cache() });
  closeAfterwards(() => {
    client.stop();
    subscriber.stop();
  });

  test('queries and mutates', async () => {
    expect((await client.query({ query: apolloGql(whoQuery) })).data).toMatchObject(who);
    const before = seen.mutations;
    expect((await client.mutate({ mutation: apolloGql('mutation { count }') })).data).toEqual({ count: before + 1 });
    await expect(client.query({ query: apolloGql('{ refused }') })).rejects.toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('queries over GET', async () => {
    const query = apolloGql('query Q($n: String) { hello(name: $n) }');
    const { data } = await client.query({
      query,
      variables: { n: 'Ann' },
      context: { fetchOptions: { method: 'GET' } },
    });
    expect(data).toEqual({ hello: 'Hello Ann' });
  });

  test('subscribes over graphql-ws', async () => {
    const values: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      subscriber
        .subscribe({ query: apolloGql(numbers) })
        .subscribe({ next: ({ data }) => values.push(data), error: reject, complete: resolve });
    });
    expect(values).toEqual([1, 2, 3].map((n) => ({ numbers: n })));
  });
});
