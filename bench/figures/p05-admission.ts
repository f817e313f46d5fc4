import { acrossRounds, alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { LiveSocket } from '../live-socket.ts';
import { range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';
import { warmUntilSteady } from '../warming.ts';

/** From `admitKnock` to the knocker's `myKnock`, and on until `joinRoom` is answered: two commits and a delivery. */
export const admission: Figure = { name: 'P5', measure };

const roomName = 'admission';
/** At most so many batches warm each of them. */
const warmBatches = 10;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const client = new ServiceClient(service, 4);
  const floorHttp = new HttpClient(floor.url, 1);
  await client.createRoom('floor');
  const [rounds, batch, warmBatch] = ground.isQuick ? [2, 10, 20] : [12, 20, 100];
  await warmUntilSteady(() => warmByAdmissions(client, warmBatch), warmBatches);
  await warmUntilSteady(async () => median(await writeFloor(floorHttp, warmBatch * 5)), warmBatches);
  await client.createRoom(roomName);
  const owner = await client.joinAsOwner(roomName);
  const [told, entered, written]: [number[], number[], number[]] = [[], [], []];
  const walBytes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await ground.walBytes();
    const took = await admitSome(client, { roomName, owner, prefix: `guest-${round}` }, batch);
    told.push(median(took.map(({ toldMs }) => toldMs)));
    entered.push(median(took.map(({ enteredMs }) => enteredMs)));
    await settle();
    walBytes.push(((await ground.walBytes()) - before) / batch);
    written.push(median(await writeFloor(floorHttp, batch)));
  }
  client.close();
  floorHttp.close();
  await floor.stop();
  await service.stop();
  const values = (ours: readonly number[]) => ({ ours, floor: written, unit: 'ms' });
  return {
    rows: [
      acrossRounds('P5', 'admitKnock until myKnock says so, against one floor write: p50', values(told), {
        atMost: 1.3,
      }),
      acrossRounds('P5', 'admitKnock until joinRoom is answered, against one floor write: p50', values(entered), {
        atMost: 2.7,
      }),
      alone('P5', 'WAL for each who knocks, waits, is admitted and joins', median(walBytes), 'B', null),
    ],
    faults: [],
  };
}

/** What the last of a batch leaves to do, its wake-up and its detaching, must not fall into the floor's writes. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

/** In a room of their own, so that nobody of them is inside where it is measured. */
async function warmByAdmissions(client: ServiceClient, count: number): Promise<number> {
  const { name } = await client.createRoom('warm');
  const owner = await client.joinAsOwner(name);
  const took = await admitSome(client, { roomName: name, owner, prefix: 'warm' }, count);
  await client.deleteRoom(name);
  return median(took.map(({ enteredMs }) => enteredMs));
}

interface Door {
  readonly roomName: string;
  readonly owner: string;
  readonly prefix: string;
}

/** One after the other. */
async function admitSome(
  client: ServiceClient,
  { prefix, ...door }: Door,
  count: number,
): Promise<readonly Admitted[]> {
  const took: Admitted[] = [];
  for (const index of range(count)) took.push(await admitOne(client, door, `${prefix}-${index}`));
  return took;
}

interface Admitted {
  readonly toldMs: number;
  readonly enteredMs: number;
}

async function admitOne(
  client: ServiceClient,
  { roomName: name, owner }: Omit<Door, 'prefix'>,
  userName: string,
): Promise<Admitted> {
  const { knockRequest, knockToken } = await client.knock(name, userName);
  const socket = await LiveSocket.open(client.url, knockToken);
  const waits = Promise.withResolvers<void>();
  const admitted = Promise.withResolvers<void>();
  socket.subscribe(
    operations.myKnock,
    {},
    {
      next: (text) => {
        if (text.includes('"PENDING"')) waits.resolve();
        if (text.includes('"ADMITTED"')) admitted.resolve();
      },
    },
  );
  await waits.promise;
  const beganAt = performance.now();
  const answered = client.post(operations.admitKnock, { input: { knockId: knockRequest.id } }, owner);
  await admitted.promise;
  const toldMs = performance.now() - beganAt;
  // Looked at as the floor's answer is, and read no further: what reading costs is the bench's own.
  const { body } = await client.post(operations.joinRoom, { input: { roomName: name, knockToken } });
  const enteredMs = performance.now() - beganAt;
  if (!body.includes('"sessionToken"')) throw new Error(`not let in: ${body}`);
  await answered;
  await socket.close();
  return { toldMs, enteredMs };
}

/** Milliseconds of each of so many writes, one after the other. */
async function writeFloor(http: HttpClient, count: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (const index of range(count)) {
    const beganAt = performance.now();
    const { body } = await http.post('/knock', JSON.stringify({ roomName: 'floor', userName: `guest-${index}` }));
    took.push(performance.now() - beganAt);
    if (!body.includes('"knockToken"')) throw new Error(`not written: ${body}`);
  }
  return took;
}
