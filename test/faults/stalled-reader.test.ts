import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { bootstrapApiKey } from '../support/server.ts';
import { wsClient } from '../support/ws-client.ts';
import {
  anybodyAt,
  attempt,
  backendOf,
  inParallel,
  mutations,
  noFewerThan,
  patience,
  spawnOne,
  until,
  upTo,
} from './fault-kit.ts';
import { Follower, placesAfter } from './follower.ts';

const database = await createTestDatabase();
const server = await spawnOne(database.url);

/** Resident memory of the process, in MiB. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

// Wide enough that the system's own buffers between the two do not hold it all.
const events = `subscription ($room: String!) { roomEvents(roomName: $room) {
  __typename cursor at roomId roomName by { kind name userId }
  ... on ParticipantUpdated { participant { id roomName userName userId isOwner joinedAt leftAt connection audio video screenShare verified
    permissions { hasPresence canSend canAdmin canReceive { base overrides { userId kinds } } } } } } }`;
const shout = `mutation ($input: UpdateParticipantsInput!) { updateParticipants(input: $input) { __typename ... on Refusal { code message } } }`;

test(
  'a reader that stalls costs a bounded part of memory and is told to resync or cut off; nobody else loses anything',
  patience,
  async () => {
    const people = 100;
    const rounds = noFewerThan(100);
    const room = await seed(server).room();
    await inParallel(upTo(people), 20, async (index) => {
      const input = { roomName: room.name, userName: `Guest ${index}` };
      expect(await attempt(anybodyAt(server), mutations.join, { input })).toMatchObject({ __typename: 'Joined' });
    });
    const query = 'query ($name: String!) { room(name: $name) { cursor } }';
    const { body } = await backendOf(server)<{ room: { cursor: string } }>(query, { name: room.name });
    const follower = new Follower(room.name, body.data?.room.cursor ?? '');
    await follower.follow(server.url);
    const stalled = await Promise.all(
      upTo(10).map(async () => {
        const client = wsClient(server.url, bootstrapApiKey);
        const stream = await client.subscribe<{ roomEvents: { __typename: string } }>(events, { room: room.name });
        client.socket.pause();
        // One that is paused would not notice that it is closed.
        closeAfterwards(() => client.socket.terminate());
        return { client, stream };
      }),
    );
    const before = await memoryOf(server.pid);
    let most = before;
    for (let round = 0; round < rounds; round += 1) {
      const input = { roomName: room.name, permissions: { canSend: round % 2 === 0 ? ['AUDIO'] : ['AUDIO', 'VIDEO'] } };
      expect(await attempt(backendOf(server), shout, { input })).toMatchObject({ __typename: 'ParticipantsUpdated' });
      most = Math.max(most, await memoryOf(server.pid));
    }
    const all = await placesAfter(database, room.name, people + 1);
    // Where it goes on for long, it is also told that these people, who have no sockets, are away.
    expect(all.length).toBeGreaterThanOrEqual(people * rounds);
    await until(
      async () => follower.seen.length,
      (seen) => seen >= all.length,
    );
    expect(follower.seen).toEqual(all);
    expect(follower.resyncs).toBe(0);
    // What heap a process that delivers takes anyway is in it as well.
    expect(most - before).toBeLessThan(300);
    for (const { client, stream } of stalled) {
      client.socket.resume();
      const isTold = await stream
        .find((message) => message.data?.roomEvents.__typename === 'Resync', 2_000)
        .then(
          () => true,
          () => false,
        );
      expect(isTold || client.socket.readyState !== client.socket.OPEN).toBe(true);
      client.socket.terminate();
    }
    await follower.leave();
  },
);
