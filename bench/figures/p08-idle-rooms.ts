import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { LiveSocket } from '../live-socket.ts';
import { inParallel, range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';

/** What a process that watches rooms costs while nothing happens in them, for a minute, beyond what a PostgreSQL that nobody asks uses. */
export const idleRooms: Figure = { name: 'P8', measure };

const roomCount = 100;

async function measure(ground: Ground): Promise<Findings> {
  const spanMs = ground.isQuick ? 5_000 : 30_000;
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const client = new ServiceClient(service, 8);
  const rooms = await inParallel(range(roomCount), 8, (index) => client.createRoom(`quiet-${index}`));
  const sockets = await inParallel(rooms, 8, async ({ name: roomName }) => {
    const socket = await LiveSocket.open(service.url, service.apiKey);
    socket.subscribe(operations.roomEvents, { roomName }, { next: () => undefined });
    return socket;
  });
  client.close();
  // What making the rooms has left to do is done by then.
  await pass(5_000);
  const { watching, unasked } = await ground.withoutUpkeep(async () => {
    const watching = await spend(ground, spanMs);
    for (const socket of sockets) socket.cut();
    await service.stop();
    await pass(1_000);
    return { watching, unasked: await spend(ground, spanMs) };
  });
  const row = (what: string, key: keyof typeof watching, unit: string) =>
    alone('P8', what, watching[key] - unasked[key], unit, null);
  return {
    rows: [
      row(`${roomCount} watched rooms, a minute in which nothing happens: CPU of PostgreSQL`, 'postgresMs', 'ms'),
      row('the same: CPU of the process', 'serversMs', 'ms'),
      row('the same: WAL', 'walBytes', 'B'),
    ],
    faults: [],
  };
}

/** What everybody uses in this time, for a minute. */
async function spend(ground: Ground, spanMs: number) {
  const [before, wal] = [ground.usage(), await ground.walBytes()];
  await pass(spanMs);
  const after = ground.usage();
  const perMinute = (used: number) => (used * 60_000) / spanMs;
  return {
    postgresMs: perMinute(after.postgres - before.postgres),
    serversMs: perMinute(after.servers - before.servers),
    walBytes: perMinute((await ground.walBytes()) - wal),
  };
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
