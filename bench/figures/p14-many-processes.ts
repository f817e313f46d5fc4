import postgres from 'postgres';
import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { knockAtOneRoom } from '../one-room-load.ts';
import { inParallel, range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { sum } from '../statistics.ts';

/** 8 processes write to one room with 5,000 waiting, one of them busy with other things: nobody starves, little is tried in vain. */
export const manyProcesses: Figure = { name: 'P14', measure };

const processes = 8;
const roomName = 'shared';
/** Who knocks through each process at the same time. */
const lanes = 4;

async function measure(ground: Ground): Promise<Findings> {
  const waiting = ground.isQuick ? 1_000 : 5_000;
  const databaseUrl = await ground.createDatabase();
  const services = await inParallel(range(processes), 2, () => ground.startService(databaseUrl, { POOL_SIZE: '6' }));
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`create extension if not exists pg_stat_statements`;
  const [first, busy] = services;
  if (first === undefined || busy === undefined) throw new Error('the processes did not start');
  const client = new ServiceClient(first);
  await client.createRoom(roomName, { privacy: 'PRIVATE', enableKnocking: true, knockTimeoutSeconds: 3_600 });
  await inParallel(range(waiting), 64, (index) => client.knock(roomName, `waiting-${index}`));
  const knockFor = (service: Service, durationMs: number, prefix: string) =>
    knockAtOneRoom(service, { roomName, lanes, durationMs, prefix });
  // Each has read the room once before the clock starts.
  for (const service of services) await knockFor(service, 300, `warm-${service.pid}`);
  const before = await countWrites(sql);
  const seconds = ground.isQuick ? 3 : 8;
  const stopBusying = keepBusy(busy);
  const done = await Promise.all(services.map((service) => knockFor(service, seconds * 1000, `p${service.pid}`)));
  await stopBusying();
  const after = await countWrites(sql);
  const stored = await sql<{ n: number }[]>`select count(*)::int as n from knocks where user_name ~ '^p[0-9]+-'`;
  client.close();
  await sql.end();
  for (const service of services) await service.stop();
  return findingsOf(
    done,
    { calls: after.calls - before.calls, groups: after.groups - before.groups },
    stored[0]?.n ?? 0,
    seconds,
  );
}

function findingsOf(done: readonly number[], writes: Writes, stored: number, seconds: number): Findings {
  const total = sum(done);
  const even = total / processes;
  const farthest = Math.max(...done.map((count) => Math.abs(count - even) / even));
  const lost = total - stored;
  return {
    rows: [
      alone('P14', `${processes} processes on one room: knocks done`, total / seconds, '/s', null),
      alone('P14', 'the share farthest from an even one, the busy process among them', 100 * farthest, '%', {
        atMost: 10,
      }),
      alone(
        'P14',
        'writes tried in vain for each group that was written',
        (writes.calls - writes.groups) / writes.groups,
        '',
        {
          atMost: 1,
        },
      ),
      alone('P14', 'knocks answered and not stored', Math.max(0, lost), '', { atMost: 0 }),
    ],
    faults: lost > 0 ? [`${lost} knocks were answered and are not stored`] : [],
  };
}

interface Writes {
  /** How often the statement that writes a room was sent. */
  readonly calls: number;
  /** Groups that were written. */
  readonly groups: number;
}

async function countWrites(sql: postgres.Sql): Promise<Writes> {
  const [sent] = await sql<{ n: number }[]>`select coalesce(sum(calls), 0)::int as n from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database()) and query like 'select write\\_room\\_%'`;
  const [written] = await sql<{ n: number }[]>`select count(distinct e.group_id)::int as n from room_events e
    join rooms r on r.domain_id = e.domain_id and r.id = e.room_id where r.name = ${roomName}`;
  return { calls: sent?.n ?? 0, groups: written?.n ?? 0 };
}

/** Queries without a pause, as many at once as keep a process's one thread at work. */
function keepBusy(service: Service): () => Promise<void> {
  const http = new HttpClient(service.url, 8);
  let isOver = false;
  const asking = inParallel(range(8), 8, async () => {
    while (!isOver) {
      await http.post(
        '/graphql',
        JSON.stringify({ query: operations.room, variables: { name: roomName } }),
        service.apiKey,
      );
    }
  });
  return async () => {
    isOver = true;
    await asking;
    http.close();
  };
}
