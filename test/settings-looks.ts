import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { until } from './faults/fault-kit.ts';
import type { Service } from './settings-scene.ts';
import { closeAfterwards } from './support/closers.ts';
import { buildPage } from './web/page-build.ts';

// Ways to look at a service from outside. Each look that counts an address's places has an address of its own.

/** Null: nobody listens there. */
export function statusOf(url: string): Promise<number | null> {
  return fetch(url).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => null,
  );
}

/** May pages of this origin ask? */
export async function preflight(port: number, origin: string): Promise<boolean> {
  const headers = { origin, 'access-control-request-method': 'POST' };
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'OPTIONS', headers });
  return response.headers.get('access-control-allow-origin') === origin;
}

const mostSockets = 7;

/** How many WebSockets this address has, or whoever it speaks for, when no more are opened; seven at most. They stay open. */
export async function openSockets(port: number, localAddress: string, speaksFor?: string): Promise<number> {
  for (let count = 0; count < mostSockets; count += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
      localAddress,
      ...(speaksFor === undefined ? {} : { headers: { 'x-forwarded-for': speaksFor } }),
    });
    socket.on('error', () => undefined);
    closeAfterwards(() => socket.terminate());
    const isOpen = new Promise((resolve) => {
      socket.once('open', () => resolve(true)).once('close', () => resolve(false));
    });
    if (!(await isOpen)) return count;
  }
  return mostSockets;
}

const mostConnections = 16;

/** Of so many silent connections of an address, how many stay; the others give way, the oldest first. */
export async function connectionsThatStay(
  port: number,
  localAddress: string,
  expected = mostConnections,
): Promise<number> {
  const sockets: Socket[] = [];
  for (let count = 0; count < mostConnections; count += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
    closeAfterwards(() => socket.destroy());
    await once(socket, 'connect');
    sockets.push(socket);
  }
  // One that is given up says so only to whoever reads.
  for (const socket of sockets) socket.resume();
  return until(
    async () => sockets.filter(({ destroyed }) => !destroyed).length,
    (count) => count <= expected,
  );
}

/** Keeps whoever reads rooms waiting while `work` goes on. */
async function whileRoomsAreLocked<T>({ database }: Service, work: () => Promise<T>): Promise<T> {
  const locked = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const over = database.sql.begin(async (sql) => {
    await sql`lock table rooms in access exclusive mode`;
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  try {
    return await work();
  } finally {
    done.resolve();
    await over;
  }
}

const readsRooms = '{ rooms(first: 1) { nodes { id } } }';

/** Two operations more than it takes at once: how many are held, and what the others are answered. */
export async function holdOperations(at: Service, most: number) {
  const codes: unknown[] = [];
  const { asked, refused } = await whileRoomsAreLocked(at, async () => {
    const asked = Array.from({ length: most + 2 }, async () => {
      const { body } = await at.backend.ask(readsRooms);
      codes.push(body.errors?.[0]?.extensions?.code);
    });
    await until(
      async () => codes.length,
      (answered) => answered >= 2,
    );
    // Those that are held may be answered as soon as the lock is gone.
    return { asked, refused: [...codes] };
  });
  await Promise.all(asked);
  return { held: most + 2 - refused.length, code: [...new Set(refused)].join() };
}

/** How many of its statements wait for a lock where more are asked than it has connections for. */
export async function countWaitingStatements(at: Service, expected: number): Promise<number> {
  const asked: Promise<unknown>[] = [];
  const waiting = await whileRoomsAreLocked(at, () => {
    // As many as each of these services takes at once.
    while (asked.length < 4) asked.push(at.backend.ask(readsRooms));
    return until(
      async () => {
        const [row] = await at.database.sql<{ count: number }[]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and application_name = 'vestibule' and wait_event_type = 'Lock'`;
        return row?.count ?? 0;
      },
      (count) => count >= expected,
    );
  });
  await Promise.all(asked);
  return waiting;
}

/** A folder with one sentence, which a page without scripts shows at every door. */
export async function folderOfTexts(withoutScripts: string): Promise<string> {
  await buildPage();
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-texts-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'en.json'), JSON.stringify({ common: { withoutScripts } }));
  return folder;
}
