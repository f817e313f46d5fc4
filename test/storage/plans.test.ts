import { randomUUID } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { DomainId, Id, RoomId } from '../../src/rules/ids.ts';
import { createBudgetStorage } from '../../src/storage/budget.ts';
import { createCredentialStorage } from '../../src/storage/credential.ts';
import { createDomainStorage } from '../../src/storage/domain.ts';
import { createEntryReads } from '../../src/storage/entry-reads.ts';
import { createKnockStorage } from '../../src/storage/knock-request.ts';
import { createMeetingTokenStorage } from '../../src/storage/meeting-token.ts';
import { createParticipantStorage } from '../../src/storage/participant.ts';
import { type Database, openDatabase, type Param } from '../../src/storage/postgres/database.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { createRoomStorage } from '../../src/storage/room.ts';
import { createRoomApply } from '../../src/storage/room-apply.ts';
import { createEventLog } from '../../src/storage/room-event.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import { createSigningKeyStorage } from '../../src/storage/signing-key.ts';
import { createTally } from '../../src/storage/tally.ts';
import { createWebhookStore } from '../../src/storage/webhook.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const unexpected = (error: unknown) => expect.unreachable(String(error));

const store = await createTestDatabase();
const { sql } = store;
// As production has it; the other tests are spared.
await sql`alter database ${sql(store.name)} set plan_cache_mode = auto`;
const statements: { readonly text: string; readonly params: readonly Param[] | null }[] = [];
// The query builder's own statements come by `watch` alone, without their parameters.
const built = new Set<string>();
const pool = openDatabase({
  url: store.url,
  poolSize: 4,
  watch: (text) => {
    built.add(text);
    return () => undefined;
  },
});
closeAfterwards(pool.close);
const database: Database = {
  ...pool,
  query: (text, params) => {
    statements.push({ text, params });
    return pool.query(text, params);
  },
};

/** Makes as many rows as the rest out of the one that is there, with these columns different. */
async function multiply(session: TransactionSql, table: string, count: number, columns: string): Promise<void> {
  await session.unsafe(`
    insert into ${table} select made.*
    from (select t as one from ${table} t limit 1) x, generate_series(1, ${count}) n,
      jsonb_populate_record(x.one, jsonb_build_object(${columns})) made`);
}

/** Spread over a month, of so many rows. */
const old = (count: number) => `now() - interval '30 days' * n / ${count}`;

let domainId: DomainId;
let roomId: RoomId;

/** A month of a service in use: far more that is over than what goes on. */
beforeAll(async () => {
  const server = await startServer({ databaseUrl: store.url });
  const backend = seed(server);
  const room = await backend.waitingRoom();
  await room.owner();
  await room.knocker();
  await server.stop();
  await sql.begin(async (session) => {
    // Rows that are copied refer to what is there: it need not be looked up for each.
    await session.unsafe('set local session_replication_role = replica');
    await multiply(session, 'domains', 20, `'id', gen_random_uuid(), 'name', 'domain ' || n`);
    await multiply(
      session,
      'rooms',
      4_000,
      `'id', gen_random_uuid(), 'name', 'room ' || n, 'created_at', ${old(4_000)}, 'due_at', case when n % 50 = 0 then now() + interval '1 hour' end,
    'closed_at', case when n % 4 > 0 then ${old(4_000)} end, 'closed_by', case when n % 4 > 0 then 'EXPIRED' end`,
    );
    const rooms = `create temporary table some_rooms as select row_number() over () - 1 as place, id from rooms where closed_at is null limit 900`;
    await session.unsafe(rooms);
    const fill = (table: string, count: number, columns: string) =>
      session.unsafe(`insert into ${table} select made.*
        from (select t as one from ${table} t limit 1) x, generate_series(1, ${count}) n join some_rooms r on r.place = n % 900,
          jsonb_populate_record(x.one, jsonb_build_object('room_id', r.id, ${columns})) made`);
    await fill(
      'knocks',
      20_000,
      `'id', gen_random_uuid(), 'token_hash', '\\x' || md5(n::text), 'requested_at', ${old(20_000)}, 'changed_at', ${old(20_000)},
      'status', case when n % 20 = 0 then 'PENDING' when n % 20 = 1 then 'ADMITTED' when n % 20 = 2 then 'DENIED' else 'CANCELLED' end,
      'exp', now() + interval '1 hour', 'ended_at', case when n % 20 > 1 then ${old(20_000)} end`,
    );
    await fill(
      'participants',
      20_000,
      `'id', gen_random_uuid(), 'session_hash', '\\x' || md5(n::text), 'joined_at', ${old(20_000)}, 'left_at', case when n % 20 > 0 then ${old(20_000)} end`,
    );
    await fill('room_events', 12_000, `'seq', 1000 + n, 'at', ${old(12_000)}`);
    await fill('token_uses', 4_000, `'jti', 'jti ' || n`);
    await multiply(
      session,
      'meeting_tokens',
      5_000,
      `'id', gen_random_uuid(), 'jti', 'jti ' || n, 'created_at', ${old(5_000)}, 'exp', ${old(5_000)} + interval '1 day'`,
    );
    await session`insert into bans (domain_id, room_id, id, user_id, created_at, lifted_at)
    select domain_id, id, gen_random_uuid(), 'user ' || n, now(), case when n > 1 then now() end from rooms, generate_series(1, 3) n`;
    await session`insert into live_streams (domain_id, room_id, id, status, destinations, started_at, started_by)
    select domain_id, id, gen_random_uuid(), 'STOPPED', '[]', now(), '{}' from rooms`;
    await session`insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    select (select id from domains where name = 'default'), gen_random_uuid(), 'jti ' || n, null, null, now() from generate_series(1, 5000) n`;
    await session`insert into webhooks (domain_id, id, url, events, is_active, secret_sealed, created_at)
    select id, gen_random_uuid(), 'https://example.com/', '{KNOCK_REQUESTED}', true, 'x', now() from domains`;
    await session`insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, created_at)
    select domain_id, gen_random_uuid(), id, 'KNOCK_REQUESTED', '{}', 'PENDING', now() from webhooks limit 1`;
    await multiply(
      session,
      'webhook_deliveries',
      20_000,
      `'id', gen_random_uuid(), 'created_at', ${old(20_000)}, 'status', case when n % 20 = 0 then 'PENDING' else 'DELIVERED' end,
    'next_attempt_at', case when n % 20 = 0 then now() end, 'ended_at', case when n % 20 > 0 then ${old(20_000)} end, 'leased_until', null`,
    );
    await multiply(session, 'api_keys', 2_000, `'id', gen_random_uuid(), 'hash', '\\x' || md5(n::text)`);
    await session`insert into budgets (key, "left", at) select 'budget ' || n, 1, now() from generate_series(1, 5000) n`;
  });
  await sql.unsafe('vacuum analyze');
  const [found] = await sql<{ domainId: DomainId; roomId: RoomId }[]>`
    select domain_id as "domainId", id as "roomId" from rooms where name = ${room.name}`;
  if (found === undefined) throw new Error('there is a room');
  ({ domainId, roomId } = found);
});

const uuid = '01a20bef-3ac4-7457-8fb8-378878e785a8';
/** The same, as the id of whatever is asked for. */
const anId = <Noun extends string>() => uuid as Id<Noun>;
const knockId = anId<'KnockRequest'>();
const participantId = anId<'Participant'>();
const hash = '00'.repeat(32);
const token = {
  ...{ jti: 'jti 1', roomName: 'room 1', userId: 'user 1', iat: new Date() },
  ...{ selfSigned: true, signerId: uuid, signerKid: 'kid 1' },
};
const page = { limit: 50, direction: 'FORWARD', from: { at: new Date(), id: uuid } } as const;

/** Whatever requests, streams, sweeps and processes ask of the database all the time. */
const uses: Readonly<Record<string, () => Promise<unknown>>> = {
  'facts of a room': async () => {
    const facts = createFactReads(database);
    const keys = {
      knockIds: [knockId],
      knockKeys: [hash],
      participantIds: [participantId],
      participantKeys: [hash],
      sessionsOf: [knockId],
      tokens: [token],
      admissions: true,
      owners: ['user 1'],
    };
    await facts.readAll({ domainId, roomId }, keys);
    await facts.readSince({ domainId, roomId }, 1, keys);
    const entry = createEntryReads(database);
    const asker = { addressHash: hash, userId: 'user 1' };
    await entry.findEntry(domainId, 'room 1', { opens: ['ANY'], tokens: [token], asker });
    await entry.glanceAtEntry(domainId, 'room 1', { opens: ['ANY'], tokens: [token] });
  },
  'writing a room': async () => {
    const read = await createFactReads(database).readAll({ domainId, roomId }, {});
    if (read === null) throw new Error('there is a room');
    const { rows } = read;
    const write = {
      ref: { domainId, roomId },
      // A version that nobody has: the plan is the same, and nothing is written.
      seenVersion: 999_999,
      seenDomainVersion: rows.domain.version,
      groupId: uuid,
      validUntil: new Date(Date.now() + 5_000),
      dueAt: null,
      now: new Date(),
      holdsDomain: true,
      givesWay: true,
      tellsWebhooks: true,
      carriedOutOn: anId<'MediaServer'>(),
      watchUntil: null,
      after: rows,
      roomChanged: true,
      rows: {
        knocks: [...rows.knocks.values()],
        participants: [...rows.participants.values()],
        bans: [],
        returns: [],
        tokenUses: [],
      },
      events: [
        {
          type: 'Internal',
          payload: { by: null, ownerPresent: true },
          webhook: { event: 'KNOCK_REQUESTED', data: {} },
        },
      ],
    } as const;
    const apply = createRoomApply(database);
    await apply.apply(write);
    await apply.wasWritten(write);
  },
  credentials: async () => {
    const credentials = createCredentialStorage(database);
    await credentials.findApiKey(hash);
    await credentials.findPerson(hash, null);
    await credentials.findPerson(hash, domainId);
    await credentials.findKnock(hash, null);
    await credentials.findKnock(hash, domainId);
  },
  rooms: async () => {
    const rooms = createRoomStorage(database);
    await rooms.findByName(domainId, 'room-1');
    await rooms.findById(domainId, roomId);
    await rooms.list(domainId, { privacy: null, nameContains: null }, page);
    await rooms.findDue(100, [randomUUID()]);
  },
  knocks: async () => {
    const knocks = createKnockStorage(database);
    await knocks.findById(domainId, knockId);
    await knocks.findRoomOf(domainId, knockId);
    await knocks.list(domainId, { roomId, status: ['PENDING'] }, page);
    await knocks.count(domainId, { roomId, status: ['PENDING'] });
    await knocks.snapshot(domainId, roomId);
    await knocks.changedSince(domainId, new Date());
    await knocks.queue(domainId, roomId);
    await knocks.waitingByNetwork(domainId, roomId);
    await knocks.findEndedAdmissions(100, [randomUUID()]);
  },
  participants: async () => {
    const participants = createParticipantStorage(database);
    await participants.findById(domainId, participantId);
    await participants.decidesKnocks(domainId, participantId);
    await participants.listInside(domainId, roomId, null, page);
    await participants.countInside(domainId, roomId, null);
    await participants.listBans(domainId, roomId, page);
    await participants.findBan(domainId, anId());
    await participants.latestLiveStream(domainId, roomId);
    await participants.findLiveStream(domainId, anId());
    await participants.findRoomsWithPeople(domainId);
    await participants.findRoomsOnMedia(domainId);
    await participants.findLeftStreams(200);
    await participants.findRoomsHeldBy(anId());
  },
  events: async () => {
    const log = createEventLog(database);
    await log.readAfter({ domainId, roomId }, 0, 100);
    await log.endsAfter({ domainId, roomId }, 0);
    await log.versionsOf([{ domainId, roomId }]);
    await log.domainVersions([domainId]);
  },
  'meeting tokens': async () => {
    const tokens = createMeetingTokenStorage(database);
    await tokens.findById(domainId, anId());
    await tokens.findByJti(domainId, 'jti 1');
    await tokens.findEnd(domainId, token);
    await tokens.list(domainId, { roomId, roomName: null, userId: null }, page);
    await tokens.findRoomsEnteredWith(domainId, { jtis: ['jti 1'], roomName: null, userId: null });
  },
  'domains and keys': async () => {
    const domains = createDomainStorage(database);
    await domains.listApiKeys(domainId, page);
    await domains.findApiKey(domainId, anId());
    await createSigningKeyStorage(database).listSigningKeys(domainId);
    await createBudgetStorage(database).take({ key: 'budget 1', depth: 1, initial: 1, perSecond: 1, floors: [1] });
  },
  webhooks: async () => {
    const webhooks = createWebhookStore(database);
    await webhooks.findDelivery(domainId, anId());
    await webhooks.countDeliveries({ domainId, id: anId() });
    const outbox = createWebhookOutbox(database);
    await outbox.endAbandoned(100);
    await outbox.measure();
  },
  metrics: () => createTally(database)(),
};

/** Tables that grow with use; the others hold little, or are read whole on purpose. */
const grows = new Set([
  'rooms',
  'knocks',
  'participants',
  'room_events',
  'token_uses',
  'bans',
  'live_streams',
  'meeting_tokens',
  'revocations',
  'webhook_deliveries',
  'api_keys',
]);

/** Indexes of what goes on at this moment alone: whoever wants to know of all of that goes through all of it. */
const mayBeWhole = new Set([
  'participants_inside',
  'knocks_waiting',
  'knocks_domain_waiting',
  'webhook_deliveries_due',
  'live_streams_carried',
]);

const explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: z.unknown() })) }));

const planNode = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  Plans: z.array(z.unknown()).optional(),
});

/** Growing tables that a plan reads whole, and indexes that it goes through from end to end. */
function scansIn(plan: unknown): readonly string[] {
  const node = planNode.parse(plan);
  const table = node['Relation Name'] ?? '';
  const index = node['Index Name'];
  const isWhole = index === undefined ? node['Node Type'].includes('Seq Scan') : node['Index Cond'] === undefined;
  const isOfGrowing = index === undefined ? grows.has(table) : [...grows].some((name) => index.startsWith(name));
  const own = isWhole && isOfGrowing ? [index ?? table] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)];
}

const explain = async (text: string, params: readonly Param[] | null) =>
  explained.parse(
    params === null
      ? await sql.unsafe(`explain (format json, generic_plan) ${text}`)
      : await pool.query(`explain (format json) ${text}`, params),
  );

test.each(Object.keys(uses))('%s: no table that grows is read whole', async (name) => {
  statements.length = 0;
  built.clear();
  await uses[name]?.();
  for (const { text } of statements) built.delete(text);
  const all = [...statements, ...[...built].map((text) => ({ text, params: null }))];
  expect(all.length).toBeGreaterThan(0);
  for (const { text, params } of all) {
    const scans = (await explain(text, params)).flatMap((row) =>
      row['QUERY PLAN'].flatMap(({ Plan }) => scansIn(Plan)),
    );
    expect(
      scans.filter((scan) => !mayBeWhole.has(scan)),
      text,
    ).toEqual([]);
  }
});

test('retention finds what is old by an index, and goes through no table for it', async () => {
  statements.length = 0;
  await createRetentionStorage(database, 29, unexpected).sweep();
  await createWebhookOutbox(database).forget(29, 1_000);
  const indexes = [
    'webhook_deliveries_ended',
    'rooms_closed',
    'room_events_at',
    'knocks_ended',
    'participants_left',
    'meeting_tokens_exp',
    'bans_over',
    'live_streams_ended',
  ];
  for (const index of indexes) {
    const table = index.slice(0, index.lastIndexOf('_'));
    const statement = statements.find(({ text }) => text.includes(`from ${table} where`) && text.includes(' limit '));
    // The keys that it finds are then looked up as the planner likes best.
    const plan = JSON.stringify(await explain(statement?.text ?? '', statement?.params ?? []));
    expect(plan).toMatch(new RegExp(`"Index Name":"${index}"[^{}]*"Index Cond"`));
  }
});

test('the tables are full enough for the planner to care', async () => {
  const sizes = await sql<{ name: string; rows: number }[]>`
    select relname as name, reltuples::int as rows from pg_class where relname = any (${[...grows]})`;
  expect(sizes.filter(({ rows }) => rows < 2_000)).toEqual([]);
  expect(sizes).toHaveLength(grows.size);
});

/** What requests, streams and polls ask without a pause. Lists are left out: what they filter by decides how they are best read. */
const hot = ['facts of a room', 'writing a room', 'credentials', 'rooms', 'events', 'domains and keys'] as const;

test.each(hot)('%s: planned for a few uses, not at each', async (name) => {
  statements.length = 0;
  await uses[name]?.();
  const sent = statements.flatMap(({ text, params }) => (params === null ? [] : [{ text, params }]));
  const alone = openDatabase({ url: store.url, poolSize: 1 });
  closeAfterwards(alone.close);
  for (let use = 0; use < 10; use += 1) for (const { text, params } of sent) await alone.query(text, params);
  // Five uses are planned for their values; then PostgreSQL compares.
  const text = 'select statement, custom_plans > 5 as "isPlannedAnew" from pg_prepared_statements';
  const prepared = await alone.query<{ readonly statement: string; readonly isPlannedAnew: boolean }>(text, []);
  expect(prepared.length).toBeGreaterThanOrEqual(new Set(sent.map((one) => one.text)).size);
  expect(prepared.filter(({ isPlannedAnew }) => isPlannedAnew)).toEqual([]);
});

const byId: readonly (readonly [what: string, index: string, find: () => Promise<unknown>])[] = [
  ['a knock', 'knocks_id', () => createKnockStorage(database).findById(domainId, knockId)],
  ["a knock's room", 'knocks_id', () => createKnockStorage(database).findRoomOf(domainId, knockId)],
  ['a participant', 'participants_id', () => createParticipantStorage(database).findById(domainId, participantId)],
  ['a ban', 'bans_id', () => createParticipantStorage(database).findBan(domainId, anId())],
  ['a live stream', 'live_streams_id', () => createParticipantStorage(database).findLiveStream(domainId, anId())],
];

test.each(byId)(
  'by its id, %s is found in the index %s, even by a planner that has seen no statistics',
  async (_what, index, find) => {
    statements.length = 0;
    await find();
    const [statement] = statements;
    // The last test of this file: nothing else is planned without them.
    await sql`delete from pg_statistic`;
    const plan = await sql.unsafe(`explain (format json, generic_plan) ${statement?.text}`);
    expect(JSON.stringify(plan)).toMatch(
      new RegExp(`"Index Name":"${index}"[^{}]*"Index Cond":"[^"]*domain_id[^"]*\\bid\\b`),
    );
  },
);
