import { against, alone, type Figure, type Findings, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { LiveSocket, openBareSocket } from '../live-socket.ts';
import { inParallel, range } from '../pace.ts';
import type { ServerProcess } from '../server-process.ts';
import { operations, ServiceClient } from '../service-client.ts';

/** Resident memory of subscriptions to which nothing happens, each on a socket of its own. */
export const idleSubscriptions: Figure = { name: 'P8', measure };

const roomCount = 100;
/** Both contenders collect when they are told to. */
const collecting = ['--expose-gc', '--import', `${import.meta.dirname}/../collecting.ts`];

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const rooms = await makeRooms(ground, databaseUrl);
  // A process of its own, which has done nothing yet: what making the rooms left behind would be given back in between.
  const service = await ground.startService(databaseUrl, {}, collecting);
  const floor = await ground.startBaseline('floor', databaseUrl, collecting);
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
  const row = (index: number, what: string, key: keyof Memory) =>
    against(
      'P8',
      `${what} for each of ${sizes[index]} idle roomEvents`,
      { ours: ours[index]?.[key] ?? Number.NaN, floor: bare[index]?.[key] ?? Number.NaN, unit: 'KiB' },
      null,
    );
  const atMost = (found: Row, most: number) => ({ ...found, target: `≤ ${most} KiB`, holds: found.ours <= most });
  const [few, many] = [row(0, 'RSS after a collection', 'needed'), row(1, 'RSS after a collection', 'needed')];
  return {
    rows: [
      row(0, 'RSS', 'resident'),
      atMost(few, 20),
      atMost(row(1, 'RSS', 'resident'), 17),
      many,
      alone('P8', 'each of the many against each of the few, after a collection', many.ours / few.ours, '×', {
        atMost: 1.1,
      }),
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

/** KiB of each subscription beyond what the process needed before: 4 seconds after the last was opened, and once that is collected. */
interface Memory {
  readonly resident: number;
  readonly needed: number;
}

/** What each of them needs when there are so many. */
async function grow(
  server: ServerProcess,
  sizes: readonly number[],
  open: (index: number) => Promise<() => void>,
): Promise<readonly Memory[]> {
  const opened = [...(await inParallel(range(uncounted), 50, open))];
  const before = await weigh(server);
  const each: Memory[] = [];
  for (const size of sizes) {
    const missing = size + uncounted - opened.length;
    opened.push(...(await inParallel(range(missing, opened.length), 50, open)));
    const { resident, needed } = await weigh(server);
    const eachOf = (bytes: number) => bytes / 1024 / size;
    each.push({ resident: eachOf(resident - before.needed), needed: eachOf(needed - before.needed) });
  }
  for (const close of opened) close();
  return each;
}

/** Bytes, before and after a collection. */
async function weigh(server: ServerProcess): Promise<Memory> {
  await settle();
  const resident = server.rss();
  server.signal('SIGUSR2');
  await settle();
  return { resident, needed: server.rss() };
}

/** Long enough for what the opening has left to do. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4_000));
}
