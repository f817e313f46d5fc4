import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { findFreePort } from '../../src/free-port.ts';
import { alone, type Figure, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { connect, endHumming, hum, listen } from '../humming.ts';
import { startLiveKit } from '../livekit-process.ts';
import { inParallel, range } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { percentile } from '../statistics.ts';

/** How soon a media server shows what was decided, and what it costs to look at a large room. */
export const mediaServer: Figure = {
  name: 'P16',
  measure: async (ground) => ({
    rows: [...(await measurePass(ground)), ...(await measureEjection(ground))],
    faults: [],
  }),
};

const key = { apiKey: 'bench', apiSecret: randomUUID() };
const made = z.object({ __typename: z.literal('MediaServer') });
const setServer = 'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { __typename } }';
const ejected = z.object({ __typename: z.string() });
const eject = 'mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }';
const people = 200;
/** A look is over long before. */
const betweenMs = 300;

/** Two hundred people on a stand-in that shows them at once: what is left is the service and its database. */
async function measurePass(ground: Ground): Promise<readonly Row[]> {
  const metricsPort = String(await findFreePort('127.0.0.1'));
  const env = { MEDIA_ALLOW_PRIVATE: '127.0.0.0/8', METRICS_PORT: metricsPort };
  const service = await ground.startService(await ground.createDatabase(), env);
  const client = new ServiceClient(service, 8);
  const there: { identity: string; sid: string; state: string; permission: object }[] = [];
  const permission = { can_publish: true, can_subscribe: true, can_publish_data: true, can_publish_sources: [] };
  const server = createServer((_request, response) => response.end(JSON.stringify({ participants: there }))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await client.ask(setServer, { input: { kind: 'LIVEKIT', url, ...key } }, made, client.apiKey);
  await client.createRoom('large', {});
  const joined = await inParallel(range(people), 8, async (index) => {
    const token = await client.createToken('large', { userName: `guest-${index}` });
    return (await client.join({ roomName: 'large', token })).participant.id;
  });
  for (const identity of joined) there.push({ identity, sid: `PA_${identity}`, state: 'ACTIVE', permission });
  let places = people;
  const change = async () => {
    places += 1;
    await client.post(
      updateRoom,
      { input: { roomName: 'large', settings: { maxParticipants: places } } },
      client.apiKey,
    );
    await pause(betweenMs);
  };
  // The first looks write down that everybody is connected.
  for (const _ of range(3)) await change();
  const before = await readLooks(`http://127.0.0.1:${metricsPort}`);
  for (const _ of range(ground.isQuick ? 5 : 20)) await change();
  const after = await readLooks(`http://127.0.0.1:${metricsPort}`);
  client.close();
  await service.stop();
  server.close();
  const passMs = (1000 * (after.seconds - before.seconds)) / (after.count - before.count);
  return [
    alone('P16', `one look at a room of ${people} people, all as it should be: mean`, passMs, 'ms', { atMost: 100 }),
  ];
}

const updateRoom = 'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename } }';

async function readLooks(url: string): Promise<{ readonly seconds: number; readonly count: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) =>
    Number(new RegExp(`^vestibule_media_look_duration_seconds_${name} (.*)$`, 'm').exec(text)?.[1]);
  return { seconds: read('sum'), count: read('count') };
}

/** From the answer to the ejection, which comes after its commit, to the last sound that others hear. */
async function measureEjection(ground: Ground): Promise<readonly Row[]> {
  const livekit = await startLiveKit(key.apiKey, key.apiSecret);
  if (livekit === null) return [];
  const service = await ground.startService(await ground.createDatabase(), { MEDIA_ALLOW_PRIVATE: '127.0.0.0/8' });
  const client = new ServiceClient(service, 8);
  await client.ask(setServer, { input: { kind: 'LIVEKIT', url: livekit.url, ...key } }, made, client.apiKey);
  await client.createRoom('loud', {});
  const enter = async (userName: string) => {
    const token = await client.createToken('loud', { userName });
    const { sessionToken, participant } = await client.join({ roomName: 'loud', token });
    const query = '{ viewer { ... on Participant { media { url token } } } }';
    const form = z.object({ media: z.object({ url: z.string(), token: z.string() }) });
    const { media } = await client.ask(query, {}, form, sessionToken);
    return { id: participant.id, room: await connect(media.url, media.token) };
  };
  const listener = await enter('Listener');
  const heard = listen(listener.room);
  const times: number[] = [];
  for (const index of range(ground.isQuick ? 5 : 100)) {
    const { id, room } = await enter(`Hummer ${index}`);
    await hum(room);
    while (!heard.has(id)) await pause(5);
    const input = { roomName: 'loud', participantIds: [id] };
    await client.ask(eject, { input }, ejected, client.apiKey);
    const from = performance.now();
    while (performance.now() - Math.max(from, heard.get(id) ?? 0) < 500) await pause(20);
    times.push(Math.max(0, (heard.get(id) ?? 0) - from));
    await room.disconnect();
  }
  await listener.room.disconnect();
  await endHumming();
  client.close();
  await service.stop();
  await livekit.stop();
  return [
    alone(
      'P16',
      'ejection answered until others last hear the person, real LiveKit: p50',
      percentile(times, 0.5),
      'ms',
      null,
    ),
    alone('P16', 'the same: p99', percentile(times, 0.99), 'ms', { atMost: 300 }),
  ];
}
