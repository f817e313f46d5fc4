import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { inParallel, range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** 2,000 people with meeting tokens of their own at the door of one room at once, which holds fewer. */
export const joinBurst: Figure = { name: 'P6', measure };

const people = 2_000;
const places = 1_900;

async function measure(ground: Ground): Promise<Findings> {
  const service = await ground.startService(await ground.createDatabase());
  const client = new ServiceClient(service, 32);
  const rates: number[] = [];
  const costs: number[] = [];
  const faults: string[] = [];
  for (let round = 0; round < (ground.isQuick ? 1 : 3); round += 1) {
    const roomName = `webinar-${round}`;
    await client.createRoom(roomName, { privacy: 'PRIVATE', maxParticipants: places });
    const tokens = await inParallel(range(people), 16, (index) =>
      client.createToken(roomName, { userName: `guest-${index}`, userId: `user-${index}` }),
    );
    const before = service.cpuMs();
    const { tookMs, joined, full } = await joinAtOnce(service.url, roomName, tokens);
    costs.push(((service.cpuMs() - before) * 1000) / people);
    rates.push(people / (tookMs / 1000));
    if (joined !== places || full !== people - places) {
      faults.push(`${joined} joined a room of ${places}, ${full} of ${people} found it full`);
    }
    await client.deleteRoom(roomName);
  }
  client.close();
  await service.stop();
  return {
    rows: [
      alone('P6', `${people} joinRoom with meeting tokens into one room at once`, median(rates), '/s', {
        atLeast: 1500,
      }),
      alone('P6', 'the same: server CPU for each', median(costs), 'µs', null),
      alone('P6', `more or fewer let in than the ${places} places`, faults.length, '', { atMost: 0 }),
    ],
    faults,
  };
}

async function joinAtOnce(url: string, roomName: string, tokens: readonly string[]) {
  const http = new HttpClient(url, 500);
  const beganAt = performance.now();
  const answers = await Promise.all(
    tokens.map((token) =>
      http.post('/graphql', JSON.stringify({ query: operations.joinRoom, variables: { input: { roomName, token } } })),
    ),
  );
  const tookMs = performance.now() - beganAt;
  http.close();
  const count = (mark: string) => answers.filter(({ body }) => body.includes(mark)).length;
  return { tookMs, joined: count('"sessionToken"'), full: count('"ROOM_FULL"') };
}
