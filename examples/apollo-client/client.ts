import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { buildSchema, isAbstractType, OperationTypeNode } from 'graphql';
import { createClient as createSocket } from 'graphql-ws';

/** Which types an interface or union may stand for: the cache needs it to match `... on Refusal`. Make it when you build. */
export function readPossibleTypes(printedSchema: string): Record<string, string[]> {
  const schema = buildSchema(printedSchema);
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]));
}

/** One client for each credential: a socket has one, and the cache of one person is none of another's business. */
export function createApolloClient(url: string, bearer: string | null, possibleTypes: Record<string, string[]>) {
  const headers: Record<string, string> = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const socket = openSocket(`${url.replace(/^http/, 'ws')}/graphql`, headers);
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: `${url}/graphql`, headers }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes }) });
  return { client, close: () => socket.dispose() };
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
