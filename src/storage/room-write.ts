import { waitsSince } from './media-room.ts';
import type { ColumnList } from './postgres/columns.ts';
import { recordShape, recordValues } from './postgres/columns.ts';
import { holdDomain, storedFunction } from './postgres/stored-function.ts';
import {
  banColumns,
  knockColumns,
  liveStreamColumns,
  lobbyReturnColumns,
  participantColumns,
  roomColumns,
  tokenUseColumns,
  unseenOfKnock,
} from './room-rows.ts';

// The function that writes a room: the only place where a room changes. It is made from the columns of the tables. What a group does not
// write is null, and costs nothing.

const notInRecords = new Set(['domainId', 'roomId', 'version', 'changedAt']);
const fixedRoomColumns = new Set(['domainId', 'id', 'name', 'version', 'lastGroup', 'createdAt', 'dueAt']);
const settings: ColumnList = {
  table: 'rooms',
  columns: roomColumns.columns.filter(({ key }) => !fixedRoomColumns.has(key)),
};
const rowsOfRoom = (list: ColumnList): ColumnList => ({
  table: list.table,
  columns: list.columns.filter(({ key }) => !notInRecords.has(key)),
});

interface Stamp {
  readonly name: string;
  readonly value: string;
  readonly kept?: string;
}

interface WrittenTable {
  readonly param: string;
  readonly list: ColumnList;
  readonly id: string;
  /** Columns that the function fills in. `value`: in a new row; `kept`: in a row that was there before, if it is something else. */
  readonly stamps: readonly Stamp[];
}

/** Is anything different that somebody is shown? */
const looksDifferent = (list: ColumnList) => {
  const of = (row: string) =>
    list.columns.flatMap(({ key, name }) => (unseenOfKnock.has(key) ? [] : [`${row}."${name}"`])).join(', ');
  return `(${of(list.table)}) is distinct from (${of('excluded')})`;
};
const knockRows = rowsOfRoom(knockColumns);
// `changed_at` is in an index. A write that leaves it alone leaves the indexes alone (a HOT update), and nobody reads that knock again.
const changedAt = `case when ${looksDifferent(knockRows)} then excluded.changed_at else knocks.changed_at end`;
const ofKnock: readonly Stamp[] = [
  { name: 'version', value: 'v_version' },
  { name: 'changed_at', value: 'p_now', kept: changedAt },
];
const parts: readonly WrittenTable[] = [
  { param: 'p_knocks', list: knockRows, id: 'id', stamps: ofKnock },
  { param: 'p_participants', list: rowsOfRoom(participantColumns), id: 'id', stamps: [] },
  { param: 'p_bans', list: rowsOfRoom(banColumns), id: 'id', stamps: [] },
  { param: 'p_returns', list: rowsOfRoom(lobbyReturnColumns), id: 'id', stamps: [] },
  { param: 'p_token_uses', list: rowsOfRoom(tokenUseColumns), id: 'jti', stamps: [] },
  { param: 'p_live_streams', list: rowsOfRoom(liveStreamColumns), id: 'id', stamps: [] },
];

/**
 * A single row is inserted by its values: that is one step on one machine, where a query beside it would be several. It is read at once, since a
 * loop would open a portal for it.
 */
function writePart({ param, list, id, stamps }: WrittenTable): string {
  const written: readonly Omit<Stamp, 'value'>[] = [...list.columns, ...stamps];
  const quoted = written.map(({ name }) => `"${name}"`);
  const values = [recordValues(list, 'u'), ...stamps.map(({ value }) => value)].join(', ');
  const sets = written.flatMap(({ name, kept = `excluded."${name}"` }) => (name === id ? [] : [`"${name}" = ${kept}`]));
  const into = `insert into ${list.table} (domain_id, room_id, ${quoted.join(', ')})`;
  const from = `jsonb_to_recordset(${param}) as u(${recordShape(list)})`;
  const again = `on conflict (domain_id, room_id, ${id}) do update set ${sets.join(', ')}`;
  return `  if jsonb_array_length(${param}) = 1 then
    select * into u from ${from};
    ${into} values (p_domain, p_room, ${values}) ${again};
  elsif ${param} is not null then
    ${into} select p_domain, p_room, ${values} from ${from} ${again};
  end if;`;
}

// The room's row is written, and so locked, before anything else. Where the domain is held that is second: a write that waits for a room must
// not hold up a revocation, and must see it when it goes on.
const guard = (set: string) => `update rooms set version = v_version, last_group = p_group, due_at = p_due${set}
      where domain_id = p_domain and id = p_room and version = p_version
        and exists (select from domains where id = p_domain and version = p_domain_version)
      returning name into v_name;`;
const setSettings = settings.columns.map(({ key, name }) => `, "${name}" = u."${key}"`).join('');

const eventShape = 'type smallint, payload jsonb, also jsonb, "webhookEvent" text, "webhookData" jsonb';
const intoEvents = 'insert into room_events (domain_id, room_id, seq, type, payload, at, group_id, also)';
const writeEvents = `  if jsonb_array_length(p_events) = 1 then
    ${intoEvents} values (p_domain, p_room, v_version, (p_events->0->>'type')::smallint, p_events->0->'payload', p_now, p_group,
      nullif(p_events->0->'also', 'null'::jsonb));
  else
    ${intoEvents} select p_domain, p_room, p_version + u.ord, u.type, u.payload, p_now, p_group, u.also
    from rows from (jsonb_to_recordset(p_events) as (${eventShape})) with ordinality as u(type, payload, also, "webhookEvent", "webhookData", ord);
  end if;`;

const tellWebhooks = `  if p_tells_webhooks then
    insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select p_domain, gen_random_uuid(), w.id, u."webhookEvent", u."webhookData", 'PENDING', 0, p_now, p_now
    from jsonb_to_recordset(p_events) as u(${eventShape}), webhooks w
    where w.domain_id = p_domain and w.is_active and w.deleted_at is null and u."webhookEvent" = any (w.events)
      and (w.room_name is null or w.room_name = v_name);
  end if;`;
const tellMedia = `  if p_media_server is not null then
    insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at, watch_until)
    values (p_domain, p_room, p_media_server, p_now, p_now, p_watch_until)
    on conflict (domain_id, room_id, media_server_id) do update set
      wanted = media_rooms.wanted + 1, look_at = least(media_rooms.look_at, excluded.look_at),
      ${waitsSince},
      watch_until = greatest(media_rooms.watch_until, excluded.watch_until);
  end if;`;

/** The error of a write whose time ran out while it waited for the room: nothing of it was written. */
export const isOverCode = 'VB001';

/** What a room write answers where the guard misses. */
const missed = 'return array[null, floor(extract(epoch from app_now()) * 1000)::bigint];';

/** Answers the room's new version, or null where nothing was written, and the clock in milliseconds. */
export const writeRoom = storedFunction({
  name: 'write_room',
  isOfDomain: true,
  params: {
    ...{ p_domain: 'uuid', p_room: 'uuid', p_version: 'bigint', p_group: 'uuid', p_valid_until: 'timestamptz' },
    ...{ p_domain_version: 'bigint', p_due: 'timestamptz', p_now: 'timestamptz' },
    ...{ p_holds_domain: 'boolean', p_gives_way: 'boolean', p_tells_webhooks: 'boolean' },
    ...{ p_media_server: 'uuid', p_watch_until: 'timestamptz', p_events: 'jsonb', p_settings: 'jsonb' },
    ...{ p_knocks: 'jsonb', p_participants: 'jsonb', p_bans: 'jsonb', p_returns: 'jsonb', p_token_uses: 'jsonb' },
    ...{ p_live_streams: 'jsonb' },
  },
  returns: 'bigint[]',
  declare: ['u record', 'v_name text', 'v_version bigint := p_version + jsonb_array_length(p_events)'],
  body: `
  -- A process that lost a race takes a turn. Meanwhile the guards of all others miss: otherwise a faster process would win every race.
  if p_gives_way and not pg_try_advisory_xact_lock_shared(hashtextextended(p_room::text, 0)) then ${missed} end if;
  if p_holds_domain then
    perform from rooms where domain_id = p_domain and id = p_room and version = p_version for update;
    if not found then ${missed} end if;
    ${holdDomain}
  end if;
  -- Before the row is written, since nothing is taken back here; and after it, when it is no longer waited for.
  if app_now() >= p_valid_until then ${missed} end if;
  if p_settings is null then
    ${guard('')}
  else
    for u in select * from jsonb_to_recordset(p_settings) as u(${recordShape(settings)}) loop
      ${guard(setSettings)}
    end loop;
  end if;
  if v_name is null then ${missed} end if;
  if app_now() >= p_valid_until then raise exception 'the time of this decision is over' using errcode = '${isOverCode}'; end if;
${parts.map(writePart).join('\n')}
${writeEvents}
${tellWebhooks}
${tellMedia}
  return array[v_version, floor(extract(epoch from app_now()) * 1000)::bigint];`,
});
