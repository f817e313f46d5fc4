import { createClient as createSocket } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';

/** One client for each credential: null for a visitor, the knock token while waiting, the session token once inside. */
export function createApiClient(url: string, bearer: string | null): Client {
  const authorization: Record<string, string> = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const socket = openSocket(`${url.replace(/^http/, 'ws')}/graphql`, authorization);
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

/** A line that is held and silent looks like one on which nothing happens: a pong is asked for every ten seconds, and awaited for five. */
function openSocket(url: string, connectionParams: Record<string, string>) {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const socket = createSocket({
    url,
    connectionParams,
    keepAlive: 10_000,
    on: {
      ping: (isReceived) => {
        if (!isReceived) silence = setTimeout(() => socket.terminate(), 5_000);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return socket;
}
