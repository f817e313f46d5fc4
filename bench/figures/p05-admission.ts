import { against, alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { LiveSocket } from '../live-socket.ts';
import { range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** From `admitKnock` to the knocker's `myKnock`, and on until `joinRoom` is answered: two commits and a delivery. */
export const admission: Figure = { name: 'P5', measure };

const batch = 20;
const roomName = 'admission';

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const client = new ServiceClient(service, 4);
  const floorHttp = new HttpClient(floor.url, 1);
  await client.createRoom(roomName);
  await client.createRoom('floor');
  const owner = await client.joinAsOwner(roomName);
  const [told, entered, written]: [number[], number[], number[]] = [[], [], []];
  const walBytes: number[] = [];
  for (let round = 0; round < (ground.isQuick ? 2 : 6); round += 1) {
    const before = await ground.walBytes();
    for (const index of range(batch)) {
      const took = await admitOne(client, owner, `guest-${round}-${index}`);
      told.push(took.toldMs);
      entered.push(took.enteredMs);
    }
    walBytes.push(((await ground.walBytes()) - before) / batch);
    for (const index of range(batch)) {
      const beganAt = performance.now();
      await floorHttp.post('/knock', JSON.stringify({ roomName: 'floor', userName: `guest-${index}` }));
      written.push(performance.now() - beganAt);
    }
  }
  client.close();
  floorHttp.close();
  await floor.stop();
  await service.stop();
  const floorMs = median(written.slice(batch));
  const values = (all: readonly number[]) => ({ ours: median(all.slice(batch)), floor: floorMs, unit: 'ms' });
  return {
    rows: [
      against('P5', 'admitKnock until myKnock says so, against one floor write: p50', values(told), { atMost: 1.3 }),
      against('P5', 'admitKnock until joinRoom is answered, against one floor write: p50', values(entered), {
        atMost: 2.7,
      }),
      alone('P5', 'WAL for each who knocks, waits, is admitted and joins', median(walBytes.slice(1)), 'B', null),
    ],
    faults: [],
  };
}

async function admitOne(client: ServiceClient, owner: string, userName: string) {
  const { knockRequest, knockToken } = await client.knock(roomName, userName);
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
  await client.join({ roomName, knockToken });
  const enteredMs = performance.now() - beganAt;
  await answered;
  await socket.close();
  return { toldMs, enteredMs };
}
