import { beforeAll, expect, test } from 'vitest';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { createCredentialStorage } from '../../src/storage/credential.ts';
import { createEntryReads } from '../../src/storage/entry-reads.ts';
import { createKnockStorage } from '../../src/storage/knock-request.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createRoomStorage } from '../../src/storage/room.ts';
import { createEventLog } from '../../src/storage/room-event.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// An installation with few rooms, whose tables were analyzed: PostgreSQL knows how much each of its rooms has, and nothing of one that was made
// since. It must not plan what is asked of that one anew each time: that takes longer than the statement.

const store = await createTestDatabase();
const { sql } = store;
// As production has it; the other tests are spared.
await sql`alter database ${sql(store.name)} set plan_cache_mode = auto`;
const pool = openDatabase({ url: store.url, poolSize: 1 });
closeAfterwards(pool.close);

let ref: { readonly domainId: DomainId; readonly roomId: RoomId };
let roomName: string;

beforeAll(async () => {
  const server = await startServer({ databaseUrl: store.url, rateLimits: false });
  const backend = seed(server);
  const rooms = await Promise.all(Array.from({ length: 20 }, () => backend.waitingRoom()));
  for (const room of rooms) await Promise.all([room.knocker(), room.guest()]);
  // Each knock, each person and each event forty times.
  await sql`insert into knocks select made.* from knocks k, generate_series(1, 40) n,
    jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(), 'token_hash', '\\x' || md5(k.id::text || n))) made`;
  await sql`insert into participants select made.* from participants p, generate_series(1, 40) n,
    jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'session_hash', '\\x' || md5(p.id::text || n))) made`;
  await sql`insert into room_events select made.* from room_events e, generate_series(1, 40) n,
    jsonb_populate_record(e, jsonb_build_object('seq', e.seq + 1000 * n)) made`;
  await sql.unsafe('analyze');
  const room = await backend.waitingRoom();
  await room.knocker();
  roomName = room.name;
  await server.stop();
  const [found] = await sql<
    (typeof ref)[]
  >`select domain_id as "domainId", id as "roomId" from rooms where name = ${roomName}`;
  if (found === undefined) throw new Error('there is a room');
  ref = found;
});

const hash = '00'.repeat(32);
const tokensOf = (name: string) => [
  {
    ...{ jti: 'a', roomName: name, userId: 'u', iat: new Date() },
    ...{ selfSigned: false, signerId: null, signerKid: 'kid' },
  },
];

/** What people and streams ask of a room all the time. */
const uses: Readonly<Record<string, () => Promise<unknown>>> = {
  'what changed in the room': () => createFactReads(pool).readSince(ref, 1, { tokens: tokensOf(roomName) }),
  'all facts of the room': () => createFactReads(pool).readAll(ref, {}),
  'the way in': () =>
    createEntryReads(pool).findEntry(ref.domainId, roomName, {
      ...{ opens: ['ANY'] as const, tokens: tokensOf(roomName) },
      asker: { addressHash: hash, userId: 'u' },
    }),
  'a look at the door': () =>
    createEntryReads(pool).glanceAtEntry(ref.domainId, roomName, { opens: ['ANY'], tokens: tokensOf(roomName) }),
  'whose session it is': () => createCredentialStorage(pool).findPerson(hash, null),
  'whose knock it is': () => createCredentialStorage(pool).findKnock(hash, null),
  'the room by its name': () => createRoomStorage(pool).findByName(ref.domainId, roomName),
  'the room by its id': () => createRoomStorage(pool).findById(ref.domainId, ref.roomId),
  'who waits, by network': () => createKnockStorage(pool).waitingByNetwork(ref.domainId, ref.roomId),
  'the place in the queue': () => createKnockStorage(pool).queue(ref.domainId, ref.roomId),
  'the events of the room': () => createEventLog(pool).readAfter(ref, 1, 100),
};

type Plans = { readonly name: string; readonly anew: number; readonly kept: number };

const plansOf = () =>
  pool.query<Plans>(
    'select name, custom_plans::int as anew, generic_plans::int as kept from pg_prepared_statements',
    [],
  );

test.each(Object.entries(uses))('%s is planned once', async (_what, use) => {
  const before = new Map((await plansOf()).map((plans) => [plans.name, plans]));
  for (let time = 1; time <= 10; time += 1) await use();
  const used = (await plansOf()).filter(({ name, anew, kept }) => {
    const known = before.get(name);
    return anew + kept - (known === undefined ? 0 : known.anew + known.kept) === 10;
  });
  expect(used.map(({ kept }) => kept)).toEqual([5]);
});
