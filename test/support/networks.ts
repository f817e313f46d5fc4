import type { GraphqlClient, Result, Variables } from './graphql-client.ts';
import { type ServerProcess, startServer, type TestServer } from './server.ts';

const loopback = [{ address: '127.0.0.1', prefixLength: 32, family: 'ipv4' }] as const;

/** A server that believes the addresses that the tests' requests name, as if it stood behind a proxy. */
export function startBehindProxy(options: Omit<Parameters<typeof startServer>[0], 'trustedProxies'>) {
  return startServer({ rateLimits: false, ...options, trustedProxies: loopback });
}

/** Somebody at this address, with a credential of their own or with none. */
export function callerFrom(
  server: Pick<TestServer | ServerProcess, 'url'>,
  address: string,
  bearer?: string,
): { readonly ask: GraphqlClient } {
  return {
    ask: async <Data>(query: string, variables: Variables = {}) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-forwarded-for': address,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      // The caller says what it asked for; its assertions say whether it came.
      return { status: response.status, headers: response.headers, body: (await response.json()) as Result<Data> };
    },
  };
}
