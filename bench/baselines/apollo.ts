import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createKeyCheck, readEnvironment } from './api-key.ts';
import { openRooms, showRoom, typeDefs } from './room-statement.ts';

// Apollo Server 5 as its documentation sets it up: the standalone server, which is node:http and nothing between.

const { port, databaseUrl, apiKey } = readEnvironment();
const { domainId: findDomainId, findRoom } = openRooms(databaseUrl);
const domainId = await findDomainId();
const mayAsk = createKeyCheck(apiKey);

const apollo = new ApolloServer<{ isAllowed: boolean }>({
  typeDefs,
  resolvers: {
    Query: {
      room: async (_root: unknown, { name }: { name: string }, { isAllowed }: { isAllowed: boolean }) => {
        if (!isAllowed) throw new Error('UNAUTHENTICATED');
        const row = await findRoom(domainId, name);
        return row && showRoom(row);
      },
    },
  },
});
await startStandaloneServer(apollo, {
  listen: { port, host: '127.0.0.1' },
  context: async ({ req }) => ({ isAllowed: mayAsk(req.headers.authorization) }),
});
