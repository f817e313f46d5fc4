import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { createKeyCheck, readEnvironment } from './api-key.ts';
import { openRooms, showRoom, typeDefs } from './room-statement.ts';

// Yoga as its documentation sets it up: createYoga handed to createServer.

const { port, databaseUrl, apiKey } = readEnvironment();
const { domainId: findDomainId, findRoom } = openRooms(databaseUrl);
const domainId = await findDomainId();
const mayAsk = createKeyCheck(apiKey);

const yoga = createYoga({
  schema: createSchema<{ isAllowed: boolean }>({
    typeDefs,
    resolvers: {
      Query: {
        room: async (_root: unknown, { name }: { name: string }, { isAllowed }) => {
          if (!isAllowed) throw new Error('UNAUTHENTICATED');
          const row = await findRoom(domainId, name);
          return row && showRoom(row);
        },
      },
    },
  }),
  context: ({ request }) => ({ isAllowed: mayAsk(request.headers.get('authorization') ?? undefined) }),
});
const server = createServer(yoga);
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1');
