import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { DatabaseError } from '../../src/storage/postgres/error.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const unexpected = (error: unknown) => expect.unreachable(String(error));

const days = 30;

type Ages = {
  /** What says that a row is over, and since when. */
  readonly column: string;
  /** How long it is kept from then on. */
  readonly keptHours: number;
  /** What tells a copy of a row from the row. */
  readonly key: string;
  /** What makes an old row one that still counts. */
  readonly living?: string;
};

const keptDays = { keptHours: days * 24 };
const newId = `'id', gen_random_uuid()`;

/** Rows that go by themselves. */
const aging: Readonly<Record<string, Ages>> = {
  rooms: {
    ...keptDays,
    column: 'closed_at',
    key: `${newId}, 'name', gen_random_uuid(), 'is_over', true, 'updated_at', app_now() - interval '1 year'`,
    // People have stayed after its exp.
    living: `'is_over', false`,
  },
  room_events: {
    ...keptDays,
    column: 'at',
    key: `'seq', 1000 + floor(random() * 1e9)::bigint`,
    living: `'at', app_now()`,
  },
  knocks: { ...keptDays, column: 'ended_at', key: newId, living: `'knock_again_at', app_now() + interval '1 day'` },
  participants: { ...keptDays, column: 'left_at', key: newId, living: `'left_at', null` },
  meeting_tokens: { ...keptDays, column: 'exp', key: `${newId}, 'jti', gen_random_uuid()`, living: `'exp', null` },
  lobby_returns: { ...keptDays, column: 'admitted_at', key: newId, living: `'admitted_at', null` },
  webhooks: { ...keptDays, column: 'deleted_at', key: newId, living: `'deleted_at', null` },
  webhook_deliveries: { ...keptDays, column: 'ended_at', key: newId, living: `'ended_at', null` },
  media_servers: { ...keptDays, column: 'ended_at', key: newId, living: `'ended_at', null` },
  media_webhooks: { keptHours: 1, column: 'seen_at', key: `'id', gen_random_uuid()`, living: `'seen_at', app_now()` },
  bans: { ...keptDays, column: 'lifted_at', key: newId, living: `'lifted_at', null` },
  live_streams: { ...keptDays, column: 'ended_at', key: newId, living: `'ended_at', null` },
  signing_keys: {
    ...keptDays,
    column: 'retired_at',
    key: `${newId}, 'kid', gen_random_uuid(), 'follows', gen_random_uuid(), 'last_token_exp', app_now()`,
    living: `'retired_at', null`,
  },
  processes: { ...keptDays, column: 'swept_at', key: newId, living: `'swept_at', null` },
  budgets: { keptHours: 1, column: 'at', key: `'key', gen_random_uuid()`, living: `'at', app_now()` },
};

/** Rows that go with their room. */
const ofTheRoom = ['media_rooms', 'token_uses'];

/** Rows that stay as long as their domain: as many as somebody made by hand. */
const ofTheDomain = ['domains', 'api_keys', 'self_signing_keys', 'revocations'];
const ofTheInstallation = ['installation_keys'];

const database = await createTestDatabase();
const { sql } = database;

/** One row of every table that ages, made as users make them. */
async function fillTables(): Promise<void> {
  const server = await startServer({ databaseUrl: database.url });
  const backend = seed(server);
  const input = { url: 'http://127.0.0.1:9/', events: ['KNOCK_REQUESTED'] };
  await backend.ask('mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename } }', {
    input,
  });
  const room = await backend.waitingRoom();
  const guest = await room.guest({ maxUses: 2, userId: 'u-1' });
  await room.knocker();
  const change = (text: string) => backend.ask(text, { room: room.name });
  await change(
    'mutation ($room: String!) { ejectParticipants(input: { roomName: $room, userIds: ["u"], ban: true }) { __typename } }',
  );
  await backend.ask('mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { __typename } }', {
    id: guest.id,
  });
  await change(
    'mutation ($room: String!) { startLiveStream(input: { roomName: $room, destinations: ["rtmp://a.example/b"] }) { __typename } }',
  );
  await sql`insert into media_servers (domain_id, id, kind, url, api_key, secret_sealed, state, created_at)
    select id, gen_random_uuid(), 'LIVEKIT', 'wss://a.example', 'key', 'x', 'OK', app_now() from domains`;
  await sql`insert into media_rooms (domain_id, room_id, media_server_id, look_at)
    select m.domain_id, r.id, m.id, app_now() from media_servers m join rooms r on r.domain_id = m.domain_id`;
  await sql`insert into media_webhooks (domain_id, id, seen_at) select id, 'EV_1', app_now() from domains`;
  await server.stop();
}

/** Copies a row, with its end so many hours ago, and gives what tells the copy from others. */
async function copyRow(table: string, hours: number, isLiving = false): Promise<string> {
  const { column, key, living } = aging[table] ?? { column: '', key: '' };
  const end = `'${column}', app_now() - make_interval(secs => ${hours * 3600})`;
  const changes = [key, end, ...(isLiving && living ? [living] : [])].join(', ');
  const [row] = await sql.unsafe<{ copy: string }[]>(`
    with copied as (insert into ${table} select (jsonb_populate_record(t, jsonb_build_object(${changes}))).* from ${table} t
      limit 1 returning *)
    select md5(to_jsonb(copied)::text) as copy from copied`);
  if (row === undefined) throw new Error(`${table} has no row to copy`);
  return row.copy;
}

async function isThere(table: string, copy: string): Promise<boolean> {
  const rows = await sql.unsafe(`select 1 from ${table} t where md5(to_jsonb(t)::text) = $1`, [copy]);
  return rows.length === 1;
}

async function forget(): Promise<void> {
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  await createRetentionStorage(pool, days, unexpected).sweep();
  await createWebhookOutbox(pool).forget(days, 1_000);
}

const copies: Record<string, { readonly young: string; readonly old: string; readonly living: string }> = {};

beforeAll(async () => {
  await fillTables();
  for (const [table, { keptHours }] of Object.entries(aging)) {
    const aDay = Math.min(24, keptHours / 10);
    copies[table] = {
      young: await copyRow(table, keptHours - aDay),
      old: await copyRow(table, keptHours + aDay),
      living: await copyRow(table, keptHours * 10, true),
    };
  }
  await forget();
});

test('every table has a rule', async () => {
  const tables = await sql`select table_name as name from information_schema.tables where table_schema = 'public'`;
  expect(tables.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(aging), ...ofTheRoom, ...ofTheDomain, ...ofTheInstallation].toSorted(),
  );
});

describe.each(Object.keys(aging))('%s', (table) => {
  test('a day before its time is over a row is still there, and a day after it is gone', async () => {
    const { young = '', old = '' } = copies[table] ?? {};
    expect({ young: await isThere(table, young), old: await isThere(table, old) }).toEqual({ young: true, old: false });
  });

  test('what still counts stays, however old', async () => {
    expect(await isThere(table, copies[table]?.living ?? '')).toBe(true);
  });
});

test('a ban that has run out goes as one that was lifted does, and one that has not stays', async () => {
  const make = (name: string, hours: number) => sql`
    insert into bans (domain_id, room_id, id, user_name, created_at, exp)
    select domain_id, id, gen_random_uuid(), ${name}, app_now(), app_now() + ${hours} * interval '1 hour' from rooms limit 1`;
  await make('over', -days * 24 - 1);
  await make('over of late', -days * 24 + 1);
  await make('to come', 1);
  await forget();
  const left = await sql<{ name: string }[]>`select user_name as name from bans where exp is not null order by exp`;
  expect(left.map(({ name }) => name)).toEqual(['over of late', 'to come']);
});

test('a key that ended before its time stays, since what it signed must go on to open nothing', async () => {
  await sql.unsafe(`insert into signing_keys select (jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(), 'kid', 'leaked',
    'follows', gen_random_uuid(), 'last_token_exp', null, 'retired_at', app_now() - interval '${days + 1} days'))).* from signing_keys k limit 1`);
  await forget();
  expect((await sql`select 1 from signing_keys where kid = 'leaked'`).length).toBe(1);
});

test('that a token was revoked is forgotten with the token', async () => {
  const make = (jti: string, hours: number) =>
    sql.unsafe(`
    with token as (insert into meeting_tokens select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
      'jti', '${jti}', 'self_signed', false, 'exp', app_now() + ${hours} * interval '1 hour'))).* from meeting_tokens t limit 1 returning *)
    insert into revocations (domain_id, id, jti, revoked_at) select domain_id, gen_random_uuid(), jti, app_now() from token`);
  await make('over', -days * 24 - 1);
  await make('over of late', -days * 24 + 1);
  await forget();
  const left = await sql<{ jti: string }[]>`select jti from revocations where jti like 'over%'`;
  expect(left.map(({ jti }) => jti)).toEqual(['over of late']);
});

test('what stays with its domain is all there', async () => {
  for (const table of ['domains', 'api_keys']) {
    expect((await sql`select 1 from ${sql(table)}`).length, table).toBeGreaterThan(0);
  }
});

test('rooms that are too heavy for one statement are forgotten a few at a time, and all else whatever a table refuses', async () => {
  const over = `app_now() - make_interval(days => ${days + 1})`;
  await sql.unsafe(`
    insert into rooms select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'name', n::text, 'is_over', true,
        'closed_at', ${over}, 'updated_at', ${over}))).*
      from rooms r, generate_series(1, 40) n where r.id = (select min(id::text) from rooms)::uuid;
    insert into bans select (jsonb_populate_record(b, jsonb_build_object('id', gen_random_uuid(), 'user_name', 'old', 'exp', ${over}))).*
      from bans b limit 1;
    create function take_long() returns trigger language plpgsql as $$ begin
      if (select count(*) from gone) > 3 then raise exception 'takes too long' using errcode = '57014'; end if; return null; end $$;
    create trigger take_long after delete on rooms referencing old table as gone for each statement execute function take_long();
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
    create trigger refuse before delete on knocks for each row execute function refuse();
    update knocks set ended_at = ${over}, knock_again_at = null`);
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  const codes: unknown[] = [];
  const noteError = (error: unknown) => codes.push(error instanceof DatabaseError && error.code);
  await createRetentionStorage(pool, days, noteError).sweep();
  const left = await sql.unsafe(
    `select 1 from rooms where is_over and closed_at <= ${over} union all select 1 from bans where user_name = 'old'`,
  );
  expect({ left: left.length, codes }).toEqual({ left: 0, codes: ['P0001'] });
  await sql.unsafe(
    'drop trigger take_long on rooms; drop trigger refuse on knocks; drop function take_long; drop function refuse',
  );
});

test('a room that is forgotten takes all that was its own along', async () => {
  const tables = [...ofTheRoom, 'knocks', 'participants', 'room_events', 'bans', 'live_streams'];
  const isLeft = async (table: string) => (await sql`select 1 from ${sql(table)}`).length > 0;
  const rowsOf = () => Promise.all(tables.map(isLeft));
  expect(await rowsOf()).toEqual(tables.map(() => true));
  const age = (column: string) =>
    sql`update rooms set is_over = true, ${sql(column)} = app_now() - make_interval(days => ${days + 1})`;
  await age('closed_at');
  await forget();
  // The last person left a moment ago: the record is kept from then.
  expect(await isLeft('rooms')).toBe(true);
  await age('updated_at');
  await forget();
  expect(await rowsOf()).toEqual(tables.map(() => false));
});

describe('a sweep', () => {
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  const count = async () => (await sql`select 1 from media_webhooks where id like 'swept %'`).length;
  const fill = () => sql`insert into media_webhooks (domain_id, id, seen_at)
    select d.id, 'swept ' || n, app_now() - interval '2 hours' from domains d, generate_series(1, 2500) n`;

  test('goes on until nothing is left that has been kept long enough', async () => {
    await fill();
    await createRetentionStorage(pool, days, unexpected).sweep();
    expect(await count()).toBe(0);
  });

  test('leaves the rest to others where its process is about to stop', async () => {
    await fill();
    await createRetentionStorage(pool, days, unexpected).sweep(() => false);
    expect(await count()).toBe(2_500);
  });

  test('that was interrupted leaves nothing of a token behind, once the next has run', async () => {
    await sql.unsafe(`
      with token as (insert into meeting_tokens select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
        'jti', 'interrupted', 'self_signed', false, 'exp', app_now() - interval '${days + 1} days'))).* from meeting_tokens t limit 1 returning *)
      insert into revocations (domain_id, id, jti, revoked_at) select domain_id, gen_random_uuid(), jti, app_now() from token`);
    const whole = createRetentionStorage(pool, days, unexpected);
    let deletes = 0;
    const errors: string[] = [];
    const dying = createRetentionStorage(
      {
        query: async (text, params) => {
          // What is forgotten of a token names the domain and the tokens.
          if (params.length === 2) deletes += 1;
          if (deletes > 1) throw new Error('this process is dead');
          return pool.query(text, params);
        },
      },
      days,
      (error) => errors.push(String(error)),
    );
    await dying.sweep();
    expect(errors).toContain('Error: this process is dead');
    await whole.sweep();
    const left = await sql`select jti from revocations where jti = 'interrupted'
      union all select jti from meeting_tokens where jti = 'interrupted'`;
    expect([...left]).toEqual([]);
  });
});
