import { z } from 'zod';
import { acrossRounds, alone, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { inParallel, range } from '../pace.ts';
import type { ServerProcess } from '../server-process.ts';
import { operations, ServiceClient } from '../service-client.ts';

/** 2,000 people with meeting tokens of their own at the door of one room at once, which holds fewer. */
export const joinBurst: Figure = { name: 'P6', measure };

const people = 2_000;
const places = 1_900;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const client = new ServiceClient(service, 32);
  const floorHttp = new HttpClient(floor.url, 32);
  const doors: readonly Door[] = [doorOf(service, client), floorDoor(floor, floorHttp)];
  const taken: readonly Burst[][] = doors.map(() => []);
  const faults: string[] = [];
  // The first round warms both.
  for (let round = 0; round <= (ground.isQuick ? 1 : 3); round += 1) {
    for (const [index, door] of doors.entries()) {
      const burst = await burstAt(door, client, `webinar-${round}-${index}`);
      faults.push(...burst.faults.map((fault) => `${door.name}: ${fault}`));
      if (round > 0) taken[index]?.push(burst);
    }
  }
  client.close();
  floorHttp.close();
  await floor.stop();
  await service.stop();
  const [ours = [], floors = []] = taken;
  const row = (what: string, key: 'perSecond' | 'cpuUs', unit: string, target: Parameters<typeof acrossRounds>[3]) => {
    const of = (bursts: readonly Burst[]) => bursts.map((burst) => burst[key]);
    return acrossRounds('P6', what, { ours: of(ours), floor: of(floors), unit }, target);
  };
  return {
    rows: [
      row(`${people} joins with meeting tokens into one room at once`, 'perSecond', '/s', { atLeast: 0.7 }),
      row('the same: server CPU for each', 'cpuUs', 'µs', null),
      alone('P6', `more or fewer let in than the ${places} places`, faults.length, '', { atMost: 0 }),
    ],
    faults,
  };
}

/** A way in: the service's, or the floor's. */
interface Door {
  readonly name: string;
  readonly server: ServerProcess;
  readonly issue: (roomName: string, index: number) => Promise<string>;
  readonly path: string;
  readonly bodyOf: (roomName: string, token: string) => string;
}

function doorOf(server: Service, client: ServiceClient): Door {
  return {
    ...{ name: 'ours', server, path: '/graphql' },
    issue: (roomName, index) => client.createToken(roomName, { userName: `guest-${index}`, userId: `user-${index}` }),
    bodyOf: (roomName, token) =>
      JSON.stringify({ query: operations.joinRoom, variables: { input: { roomName, token } } }),
  };
}

const issued = z.object({ jwt: z.string() });

function floorDoor(server: ServerProcess, http: HttpClient): Door {
  return {
    ...{ name: 'floor', server, path: '/join' },
    issue: async (roomName, index) => {
      const { body } = await http.post('/token', JSON.stringify({ roomName, userName: `guest-${index}` }));
      return issued.parse(JSON.parse(body)).jwt;
    },
    bodyOf: (roomName, token) => JSON.stringify({ roomName, token }),
  };
}

interface Burst {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly faults: readonly string[];
}

async function burstAt(door: Door, client: ServiceClient, roomName: string): Promise<Burst> {
  await client.createRoom(roomName, { privacy: 'PRIVATE', maxParticipants: places });
  const tokens = await inParallel(range(people), 16, (index) => door.issue(roomName, index));
  const before = door.server.cpuMs();
  const { tookMs, joined, full } = await joinAtOnce(door, roomName, tokens);
  const cpuUs = ((door.server.cpuMs() - before) * 1000) / people;
  await client.deleteRoom(roomName);
  const isRight = joined === places && full === people - places;
  const fault = `${joined} joined a room of ${places}, ${full} of ${people} found it full`;
  return { perSecond: people / (tookMs / 1000), cpuUs, faults: isRight ? [] : [fault] };
}

async function joinAtOnce({ server, path, bodyOf }: Door, roomName: string, tokens: readonly string[]) {
  const http = new HttpClient(server.url, 500);
  const beganAt = performance.now();
  const answers = await Promise.all(tokens.map((token) => http.post(path, bodyOf(roomName, token))));
  const tookMs = performance.now() - beganAt;
  http.close();
  const count = (mark: string) => answers.filter(({ body }) => body.includes(mark)).length;
  return { tookMs, joined: count('"sessionToken"'), full: count('"ROOM_FULL"') };
}
