import { RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { many, scale } from '../faults/fault-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { renewToken } from './gate-kit.ts';
import { type Ears, listen } from './listening.ts';
import { findLiveKit, liveKitKey, startLiveKit } from './livekit-server.ts';
import { connectLiveKit } from './media-kit.ts';
import { connectClient, speak } from './worlds.ts';

// Without a gate nothing keeps a modified client from coming back with an old token. It is cut each time, whatever token it shows.

const program = await findLiveKit();
const tries = many(10);
/** What is promised, on a machine that has nothing else to do. Among other tests it is measured in a long run alone. */
const boundMs = scale >= 5 ? 1_000 : 15_000;
const patience = { timeout: 60_000 + 15_000 * tries };

describe.skipIf(program === null)('a client that comes back throughout, without a gate', () => {
  let backend: Seed;
  let url: string;
  let calls: RoomServiceClient;

  beforeAll(async () => {
    const database = await createTestDatabase();
    const port = await findFreePort();
    const webhookUrls = [`http://127.0.0.1:${port}/media/default/livekit`];
    const livekit = await startLiveKit(program ?? '', { webhookUrls });
    url = livekit.url;
    calls = new RoomServiceClient(livekit.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
    const server = await startServer({ databaseUrl: database.url, port, rateLimits: false });
    await connectLiveKit(database, livekit.apiUrl);
    backend = seed(server);
  });

  const tokenOf = async (guest: ParticipantSeed): Promise<string> => {
    const query = '{ viewer { ... on Participant { media { token } } } }';
    const read = async () => (await guest.ask<{ viewer: { media: { token: string } | null } }>(query)).body.data;
    // What this process knew of the domain before is a second old at most.
    return (await until(read, (data) => data?.viewer.media != null))?.viewer.media?.token ?? '';
  };

  /** In the room with a client, with every token that they might keep. */
  const enter = async (room: RoomSeed) => {
    const guest = await room.guest();
    const given = await tokenOf(guest);
    const { client, thrownOut } = await connectClient(url, given);
    await until(
      async () => client.token,
      (token) => token !== undefined && token !== given,
    );
    const video = { room: room.id, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };
    const wide = renewToken({ sub: guest.id, video }, liveKitKey);
    return { ...guest, client, thrownOut, tokens: [given, client.token ?? '', wide] };
  };

  /** Follows how long each connection of one person's is on the server's own list. Milliseconds. */
  const watchPresence = (roomName: string, identity: string) => {
    const seen = new Map<string, { from: number; until: number }>();
    let isOver = false;
    const look = async () => {
      const at = performance.now();
      const people = await calls.listParticipants(roomName).catch(() => []);
      for (const { sid } of people.filter((one) => one.identity === identity)) {
        seen.set(sid, { from: seen.get(sid)?.from ?? at, until: performance.now() });
      }
      return people.some((one) => one.identity === identity);
    };
    const following = until(look, (isThere) => isOver && !isThere, patience.timeout);
    return {
      end: async (): Promise<readonly number[]> => {
        isOver = true;
        await following;
        return [...seen.values()].map(({ from, until: end }) => end - from);
      },
    };
  };

  test('who was put out is there for less than a second each time', patience, async () => {
    const room = await backend.room();
    const [watcher, outcast] = [await enter(room), await enter(room)];
    const presence = watchPresence(room.id, outcast.id);
    await backend.ask(
      'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }',
      {
        input: { roomName: room.name, participantIds: [outcast.id] },
      },
    );
    await outcast.thrownOut;
    for (let tried = 0; tried < tries; tried += 1) {
      // Cut while it connects is cut as well.
      const again = await connectClient(url, outcast.tokens[tried % 3] ?? '').catch(() => null);
      await again?.thrownOut;
      outcast.tokens[1] = again?.client.token ?? outcast.tokens[1] ?? '';
    }
    const times = await presence.end();
    // The first one was there by right.
    const [, ...again] = times;
    expect(again.length, 'how often they were there at all').toBeGreaterThan(0);
    expect(Math.max(...again), again.map(Math.round).join()).toBeLessThan(boundMs);
    // Who was cut while they came is on nobody's list any more: LiveKit tells of people who send nothing every three seconds.
    await until(
      async () => watcher.client.remoteParticipants.size,
      (size) => size === 0,
    );
    await watcher.client.disconnect();
  });

  test('who was demoted is heard for less than a second each time', patience, async () => {
    const room = await backend.room();
    const [listener, demoted] = [await enter(room), await enter(room)];
    const ears: Ears = listen(listener.client);
    await backend.ask(
      'mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }',
      {
        input: { participantId: demoted.id, permissions: { canSend: [] } },
      },
    );
    await demoted.client.disconnect();
    const times: number[] = [];
    for (let tried = 0; tried < tries; tried += 1) {
      const { client } = await connectClient(url, demoted.tokens[tried % 3] ?? '');
      const from = performance.now();
      // Refused only after seconds.
      void speak(client).catch(() => undefined);
      await until(
        async () => calls.getParticipant(room.id, demoted.id),
        ({ permission }) => permission?.canPublish === false,
      );
      const silentSince = () => Math.max(ears.heardAt(demoted.id) ?? 0, from);
      await until(
        async () => performance.now() - silentSince(),
        (ms) => ms > 700,
        20_000,
      );
      times.push(silentSince() - from);
      await client.disconnect();
    }
    expect(Math.max(...times), times.map(Math.round).join()).toBeLessThan(boundMs);
    await listener.client.disconnect();
  });
});
