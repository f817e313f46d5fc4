import { against, alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { LiveSocket, openBareSocket } from '../live-socket.ts';
import { inParallel, range } from '../pace.ts';
import type { ServerProcess } from '../server-process.ts';
import { operations, ServiceClient } from '../service-client.ts';

/** Resident memory of subscriptions to which nothing happens, each on a socket of its own. */
export const idleSubscriptions: Figure = { name: 'P8', measure };

const roomCount = 100;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const rooms = await makeRooms(ground, databaseUrl);
  // A process of its own, which has done nothing yet: what making the rooms left behind would be given back in between.
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const sizes = ground.isQuick ? [500, 2_000] : [1_000, 10_000];
  const ours = await grow(service, sizes, async (index) => {
    const socket = await LiveSocket.open(service.url, service.apiKey);
    const ended = (text: string) => {
      throw new Error(`a subscription ended: ${text}`);
    };
    socket.subscribe(
      operations.roomEvents,
      { roomName: rooms[index % roomCount] },
      { next: () => undefined, over: ended },
    );
    return () => socket.cut();
  });
  const bare = await grow(floor, sizes, async (index) => {
    const socket = await openBareSocket(floor.url, `/idle-${index % roomCount}`, () => undefined);
    return () => socket.terminate();
  });
  await floor.stop();
  await service.stop();
  const [few = Number.NaN, many = Number.NaN] = ours;
  const row = (index: number) =>
    against(
      'P8',
      `RSS for each of ${sizes[index]} idle roomEvents`,
      { ours: ours[index] ?? Number.NaN, floor: bare[index] ?? Number.NaN, unit: 'KiB' },
      null,
    );
  return {
    rows: [
      { ...row(0), target: '≤ 20 KiB', holds: few <= 20 },
      { ...row(1), target: '≤ 17 KiB', holds: many <= 17 },
      alone('P8', 'each of the many against each of the few', many / few, '×', { atMost: 1.1 }),
    ],
    faults: [],
  };
}

async function makeRooms(ground: Ground, databaseUrl: string): Promise<readonly string[]> {
  const service = await ground.startService(databaseUrl);
  const client = new ServiceClient(service);
  const rooms = await inParallel(range(roomCount), 8, (index) => client.createRoom(`idle-${index}`));
  client.close();
  await service.stop();
  return rooms.map(({ name }) => name);
}

/** What the first sockets cost once is not theirs alone: they stay open, and only those after them are counted. */
const uncounted = 200;

/** KiB of each subscription when there are so many. */
async function grow(
  server: ServerProcess,
  sizes: readonly number[],
  open: (index: number) => Promise<() => void>,
): Promise<readonly number[]> {
  const opened = [...(await inParallel(range(uncounted), 50, open))];
  await settle();
  const before = server.rss();
  const each: number[] = [];
  for (const size of sizes) {
    const missing = size + uncounted - opened.length;
    opened.push(...(await inParallel(range(missing, opened.length), 50, open)));
    await settle();
    each.push((server.rss() - before) / 1024 / size);
  }
  for (const close of opened) close();
  return each;
}

/** Long enough for the collector to have taken what the opening left. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4_000));
}
