import fastify from 'fastify';
import mercurius from 'mercurius';
import { createKeyCheck, readEnvironment } from './api-key.ts';
import { openRooms, showRoom, typeDefs } from './room-statement.ts';

// Fastify with Mercurius, compiling each query the first time that it comes.

declare module 'mercurius' {
  interface MercuriusContext {
    isAllowed: boolean;
  }
}

const { port, databaseUrl, apiKey } = readEnvironment();
const { domainId: findDomainId, findRoom } = openRooms(databaseUrl);
const domainId = await findDomainId();
const mayAsk = createKeyCheck(apiKey);

const app = fastify({ logger: false });
await app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  resolvers: {
    Query: {
      room: async (_root: unknown, { name }: { name: string }, { isAllowed }) => {
        if (!isAllowed) throw new Error('UNAUTHENTICATED');
        const row = await findRoom(domainId, name);
        return row && showRoom(row);
      },
    },
  },
  context: async (request) => ({ isAllowed: mayAsk(request.headers.authorization) }),
});
await app.listen({ port, host: '127.0.0.1' });
