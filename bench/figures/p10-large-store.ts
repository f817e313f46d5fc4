import postgres from 'postgres';
import { against, type Figure, type Findings } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { faultsOf, knockAtRate, type LoadResult } from '../knock-load.ts';
import { targetOf } from '../knock-target.ts';
import { ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** P2 on a database that has kept a lot, against one that has kept little. */
export const largeStore: Figure = { name: 'P10', measure };

const template = 'made-by-the-service';

interface Size {
  readonly rooms: number;
  readonly knocks: number;
}

async function measure(ground: Ground): Promise<Findings> {
  const small: Size = { rooms: 1_000, knocks: 1_000 };
  const large: Size = ground.isQuick ? { rooms: 10_000, knocks: 50_000 } : { rooms: 100_000, knocks: 1_000_000 };
  const stores = await Promise.all(
    [small, large].map(async (size) => {
      const databaseUrl = await ground.createDatabase();
      const service = await ground.startService(databaseUrl);
      const client = new ServiceClient(service, 1);
      await client.createRoom(template);
      client.close();
      await fill(databaseUrl, size);
      return { service, results: [] as LoadResult[] };
    }),
  );
  const faults: string[] = [];
  const options = { perSecond: 400, seconds: ground.isQuick ? 2 : 5, rooms: 50 };
  for (let round = 0; round <= (ground.isQuick ? 1 : 4); round += 1) {
    for (const { service, results } of stores) {
      const result = await knockAtRate(targetOf(service), options);
      faults.push(...faultsOf('ours', result));
      if (round > 0) results.push(result);
    }
  }
  for (const { service } of stores) await service.stop();
  const of = (store: number, key: 'p50' | 'p99') => median(stores[store]?.results.map((result) => result[key]) ?? []);
  const kept = `${large.rooms} rooms and ${large.knocks} knocks stored`;
  return {
    rows: [
      against(
        'P10',
        `P2 with ${kept}, against 1,000: p50`,
        { ours: of(1, 'p50'), floor: of(0, 'p50'), unit: 'ms' },
        { atMost: 1.15 },
      ),
      against('P10', 'the same: p99', { ours: of(1, 'p99'), floor: of(0, 'p99'), unit: 'ms' }, null),
    ],
    faults,
  };
}

/** Rooms, and knocks of the last weeks that were decided, spread over them. Written by the server itself, in bulk. */
async function fill(databaseUrl: string, { rooms, knocks }: Size): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`set synchronous_commit = off`;
  // Each is a copy of one that the service made, whatever columns a room has.
  await sql`insert into rooms select copy.* from (select * from rooms where name = ${template}) made, generate_series(1, ${rooms}::int) n
    cross join lateral jsonb_populate_record(null::rooms, to_jsonb(made) || jsonb_build_object('id', gen_random_uuid(),
      'name', 'stored-' || n, 'created_at', now() - n * interval '1 second')) copy`;
  await sql`with r as (select domain_id, id, row_number() over () - 1 as n from rooms where name like 'stored-%')
    insert into knocks (domain_id, room_id, id, user_name, verified, status, reason, requested_at, decided_at, exp, token_hash, address_hash,
      is_return, connection, attached_to, seen_until, ended_at, version, changed_at)
    select r.domain_id, r.id, gen_random_uuid(), 'Stored ' || k, false, 'DENIED', 'DECIDED', at, at + interval '1 minute', null,
      decode(md5(k::text) || md5('t' || k), 'hex'), decode(md5('a' || k), 'hex'), false, 'LEFT', '[]', at, at + interval '1 minute', 1, at
    from generate_series(1, ${knocks}::int) k join r on r.n = k % ${rooms}::int
      cross join lateral (select now() - interval '1 day' - k * interval '1 second' as at) a`;
  await sql`vacuum analyze`;
  await sql`checkpoint`;
  await sql.end();
}
