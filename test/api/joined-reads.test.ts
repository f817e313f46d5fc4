import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { graphqlClient } from '../support/graphql-client.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const server = await startServer({ databaseUrl: (await createTestDatabase()).url });

test('somebody who joins may read the room and themselves in the same answer, as the new participant', async () => {
  const room = await seed(server).room({ privacy: 'PRIVATE', enableKnocking: true });
  await room.knocker({ userName: 'Wanda' });
  const { jwt } = await room.token({ isOwner: true, userName: 'Olga' });
  const ask = graphqlClient(server.url);
  const answer = await ask(
    `mutation ($room: String!, $token: String!) {
      joinRoom(input: { roomName: $room, token: $token }) {
        ... on Joined {
          participant { userName mediaGrant }
          room { participants { nodes { userName } } knockRequests { nodes { userName } } }
        }
      }
    }`,
    { room: room.name, token: jwt },
  );
  expect(answer.body).toEqual({
    data: {
      joinRoom: {
        participant: { userName: 'Olga', mediaGrant: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) },
        room: { participants: { nodes: [{ userName: 'Olga' }] }, knockRequests: { nodes: [{ userName: 'Wanda' }] } },
      },
    },
  });
});

test('a guest who joins sees nobody who waits in that answer', async () => {
  const room = await seed(server).room({ privacy: 'PRIVATE', enableKnocking: true });
  await room.knocker({ userName: 'Wanda' });
  const { jwt } = await room.token({ userName: 'Gus' });
  const answer = await graphqlClient(server.url)(
    `mutation ($room: String!, $token: String!) {
      joinRoom(input: { roomName: $room, token: $token }) {
        ... on Joined { sessionToken room { knockRequests { nodes { userName } } } }
      }
    }`,
    { room: room.name, token: jwt },
  );
  expect(answer.body).toMatchObject({
    data: { joinRoom: { sessionToken: expect.any(String), room: { knockRequests: null } } },
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
});
