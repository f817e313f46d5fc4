import { createClient as createSocket } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';

/** One client for each credential: null for a visitor, the knock token while waiting, the session token once inside. */
export function createApiClient(url: string, bearer: string | null): Client {
  const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const socket = createSocket({ url: `${url.replace(/^http/, 'ws')}/graphql`, connectionParams: authorization });
  return new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers: authorization },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: { ...variables } },
              { ...sink, next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }) },
            ),
          }),
        }),
      }),
    ],
  });
}
