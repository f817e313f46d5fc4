import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { type Database, openDatabase, type Param } from '../../src/storage/postgres/database.ts';
import { createRoomApply } from '../../src/storage/room-apply.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import { knockColumns, unseenOfKnock } from '../../src/storage/room-rows.ts';
import type { RoomWrite } from '../../src/storage/room-store.ts';
import { change } from '../api/room-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock } from '../support/database.ts';
import { type Caller, type KnockerSeed, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

// PostgreSQL leaves all indexes of a table alone where an update changes no column that any of them uses (HOT). What happens to people
// again and again must be such an update: otherwise each heartbeat writes a dozen index entries.

const database = await createTestDatabase();
const { sql } = database;
const server = await startServer({ databaseUrl: database.url, rateLimits: false });
const backend = seed(server);

let aheadSeconds = 0;

type Row = Readonly<Record<string, unknown>>;

/** The columns that keys, conditions and expressions of a table's indexes use. */
async function indexedColumns(table: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`select distinct a.attname as name from pg_index i
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid > 0
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where i.indrelid = ${table}::regclass
    union select a.attname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
    where c.conrelid = ${table}::regclass and c.contype = 'p'`;
  return new Set(rows.map(({ name }) => name));
}

/** The one row of this room. */
async function rowOf(table: string, { name }: RoomSeed): Promise<Row> {
  const rows = await sql<{ row: Row }[]>`select to_jsonb(t) as row from ${sql(table)} t
    where room_id = (select id from rooms where name = ${name})`;
  const [found] = rows;
  if (found === undefined || rows.length > 1) throw new Error(`there are ${rows.length} rows in ${table}`);
  return found.row;
}

const changedBetween = (before: Row, after: Row): readonly string[] =>
  Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));

const isHeld = (row: Row) => Array.isArray(row.attached_to) && row.attached_to.length > 0;
const holdings: Readonly<Record<string, { readonly table: string; readonly stream: string }>> = {
  'whoever waits': { table: 'knocks', stream: 'subscription { myKnock { id } }' },
  'whoever is inside': { table: 'participants', stream: 'subscription { roomEvents { __typename } }' },
};
const arrive = (table: string, room: RoomSeed): Promise<KnockerSeed | ParticipantSeed> =>
  table === 'knocks' ? room.knocker() : room.owner();

/** Something that happens to a person: does it, and answers when it stands in the row. */
type Happening = (person: Caller, read: () => Promise<Row>) => Promise<Row>;

const happenings: Readonly<Record<string, (stream: string) => Happening>> = {
  'subscribes, and closes that again': (stream) => async (person, read) => {
    const client = person.ws();
    await client.subscribe(stream);
    await until(read, isHeld);
    await client.close();
    return until(read, (row) => !isHeld(row));
  },
  'gives a heartbeat': () => async (person, read) => {
    const { seen_until: before } = await read();
    // Of two heartbeats at once the second says nothing.
    aheadSeconds += 5;
    await moveClock(database, { seconds: aheadSeconds, areAlive: true });
    return until(
      async () => {
        await person.ask('mutation { heartbeat { __typename } }');
        return read();
      },
      (row) => row.seen_until !== before,
    );
  },
};

describe.each(Object.entries(holdings))('%s', (_who, { table, stream }) => {
  test.each(Object.entries(happenings))('%s: no indexed column of the row is another', async (_what, make) => {
    const room = await backend.waitingRoom();
    const person = await arrive(table, room);
    const before = await rowOf(table, room);
    const after = await make(stream)(person, () => rowOf(table, room));
    const changed = changedBetween(before, after);
    expect(changed.length).toBeGreaterThan(0);
    const indexed = await indexedColumns(table);
    expect(indexed.size).toBeGreaterThan(5);
    expect(changed.filter((name) => indexed.has(name))).toEqual([]);
  });
});

test('whoever switches their microphone, camera or screen changes no indexed column of the row', async () => {
  const room = await backend.waitingRoom();
  const person = await room.owner();
  const before = await rowOf('participants', room);
  await change(person, 'updateMyMedia', { audio: false, video: false, screenShare: true });
  const changed = changedBetween(before, await rowOf('participants', room));
  expect(changed).toEqual(expect.arrayContaining(['audio', 'video', 'screen_share']));
  const indexed = await indexedColumns('participants');
  expect(changed.filter((name) => indexed.has(name))).toEqual([]);
});

describe('when a knock has changed is noted for whoever follows all rooms', () => {
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  let room: RoomSeed;
  let write: RoomWrite;

  beforeAll(async () => {
    room = await backend.waitingRoom();
    await room.knocker();
    const [ref] = await sql<{ domainId: DomainId; roomId: RoomId }[]>`
      select domain_id as "domainId", id as "roomId" from rooms where name = ${room.name}`;
    const read = ref === undefined ? null : await createFactReads(pool).readAll(ref, {});
    if (ref === undefined || read === null) throw new Error('there is a room');
    const { rows, clock: now } = read;
    const inAMinute = new Date(now.getTime() + 60_000);
    write = {
      ...{ ref, seenVersion: rows.room.version, seenDomainVersion: rows.domain.version, groupId: randomUUID() },
      ...{ validUntil: inAMinute, dueAt: null, now, holdsDomain: false, givesWay: false },
      ...{ tellsWebhooks: false, carriedOutOn: null, watchUntil: null, after: rows, roomChanged: false },
      rows: { knocks: [...rows.knocks.values()], participants: [], bans: [], returns: [], tokenUses: [] },
      events: [{ type: 'Internal', payload: { by: null, ownerPresent: true }, webhook: null }],
    };
  });

  /** Writes the knock once more, by the writer's own statement, a moment later, and with these columns as given. */
  async function rewrite(different: object): Promise<unknown> {
    const vary = (param: Param): Param =>
      typeof param === 'string' && param.includes('"tokenHash"')
        ? JSON.stringify([{ ...JSON.parse(param)[0], ...different }])
        : param;
    const varied: Database = { ...pool, query: (text, params) => pool.query(text, params.map(vary)) };
    write = { ...write, now: new Date(write.now.getTime() + 1) };
    const { version } = await createRoomApply(varied).apply(write);
    if (version === null) throw new Error('the room is as it was read');
    write = { ...write, seenVersion: version };
    return (await rowOf('knocks', room)).changed_at;
  }

  const filledIn = new Set(['domainId', 'roomId', 'id', 'version', 'changedAt']);
  const columns = knockColumns.columns.filter(({ key }) => !filledIn.has(key));
  /** A value of each type that the knock does not have. */
  const others: Readonly<Record<string, unknown>> = {
    ...{ text: 'ADMITTED', boolean: true, jsonb: { another: 1 }, bytea: 'ab'.repeat(32), 'text[]': ['another'] },
    'timestamp (3) with time zone': '2031-01-01T00:00:00.000Z',
  };

  test.each(columns)('by a change of $key, if anybody is shown that', async ({ key, type }) => {
    const before = await rewrite({});
    expect(await rewrite({})).toBe(before);
    const after = await rewrite({ [key]: others[type] });
    expect(after !== before).toBe(!unseenOfKnock.has(key));
  });
});
