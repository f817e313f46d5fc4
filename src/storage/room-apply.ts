import { isShown, mayAdminister, type Participant } from '../rules/participant.ts';
import { type EventPayload, eventTypeNumbers } from '../rules/room-event.ts';
import { type ColumnList, recordShape, recordValues } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import {
  banColumns,
  knockColumns,
  liveStreamColumns,
  lobbyReturnColumns,
  participantColumns,
  roomColumns,
  tokenUseColumns,
  writeKnock,
  writeParticipant,
} from './room-rows.ts';
import type { AlsoWritten, RoomStore, RoomWrite } from './room-store.ts';

// The one statement that writes a room. It has one jsonb parameter for each table, and selects everything from `r`, which is the guard:
// if the room's version has moved on, nothing is written. A group leaves out the parts that it does not need. Each form is prepared once.

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

type Part = 'knocks' | 'participants' | 'bans' | 'returns' | 'tokenUses' | 'liveStream';
/** Columns that the statement itself fills in. */
const stamps: readonly { readonly name: string; readonly value: string }[] = [
  { name: 'version', value: 'r.version' },
  { name: 'changed_at', value: '$9::timestamptz' },
];
const parts: readonly {
  readonly name: Part;
  readonly list: ColumnList;
  readonly id: string;
  readonly isStamped?: true;
}[] = [
  { name: 'knocks', list: rowsOfRoom(knockColumns), id: 'id', isStamped: true },
  { name: 'participants', list: rowsOfRoom(participantColumns), id: 'id' },
  { name: 'bans', list: rowsOfRoom(banColumns), id: 'id' },
  { name: 'returns', list: rowsOfRoom(lobbyReturnColumns), id: 'id' },
  { name: 'tokenUses', list: rowsOfRoom(tokenUseColumns), id: 'jti' },
  { name: 'liveStream', list: rowsOfRoom(liveStreamColumns), id: 'id' },
];

interface Form {
  readonly roomChanged: boolean;
  readonly holdsDomain: boolean;
  readonly tellsWebhooks: boolean;
  readonly givesWay: boolean;
  readonly tellsMedia: boolean;
  readonly parts: readonly Part[];
}

// $1 domain, $2 room, $3 version seen, $4 number of events, $5 group, $6 valid until, $7 domain version, $8 due, $9 now, $10 events
const fixedParams = 10;

/** A process that lost a race takes a turn. Meanwhile the guards of all others miss; otherwise a faster process would win every race. */
const isNobodysTurn = 'pg_try_advisory_xact_lock_shared(hashtextextended($2::uuid::text, 0))';

// Locks the room's row first and the domain's second: a write that waits for a room must not hold up a revocation, and must see it when
// it goes on. Locking reads a row's version as it is then, not as it was when the statement began.
const held = `locked as (select id from rooms where domain_id = $1::uuid and id = $2::uuid and version = $3::bigint for update),
  held as (select d.version from domains d where d.id = $1::uuid and exists (select 1 from locked) for share),
  `;

function guard(form: Form): string {
  const domain = form.holdsDomain
    ? '(select version from held) = $7::bigint'
    : 'exists (select 1 from domains d where d.id = $1::uuid and d.version = $7::bigint)';
  const set = form.roomChanged
    ? settings.columns.map(({ key, name }) => `"${name}" = s."${key}"`).join(', ')
    : 'updated_at = rooms.updated_at';
  const from = form.roomChanged
    ? `from jsonb_to_record($${fixedParams + 1}::text::jsonb) as s(${recordShape(settings)})`
    : '';
  return `${form.holdsDomain ? held : ''}r as (update rooms set version = version + $4::bigint, last_group = $5::uuid, due_at = $8::timestamptz, ${set} ${from}
    where rooms.domain_id = $1::uuid and rooms.id = $2::uuid and rooms.version = $3::bigint
      and app_now() < $6::timestamptz and ${domain}${form.givesWay ? ` and ${isNobodysTurn}` : ''}
    returning rooms.domain_id, rooms.id, rooms.name, rooms.version)`;
}

function insertPart({ list, id, isStamped }: (typeof parts)[number], param: number): string {
  const stamped = isStamped ? stamps : [];
  const names = [...list.columns, ...stamped].map(({ name }) => `"${name}"`);
  const values = [recordValues(list, 'u'), ...stamped.map(({ value }) => value)];
  const kept = [...list.columns.filter(({ key }) => key !== id), ...stamped];
  const updates = kept.map(({ name }) => `"${name}" = excluded."${name}"`);
  return `"${list.table}_" as (insert into "${list.table}" (domain_id, room_id, ${names.join(', ')})
    select r.domain_id, r.id, ${values.join(', ')} from r, jsonb_to_recordset($${param}::text::jsonb) as u(${recordShape(list)})
    on conflict (domain_id, room_id, ${id}) do update set ${updates.join(', ')})`;
}

const eventShape = 'type smallint, payload jsonb, also jsonb, "webhookEvent" text, "webhookData" jsonb';
const insertEvents = `events_ as (insert into room_events (domain_id, room_id, seq, type, payload, at, group_id, also)
    select r.domain_id, r.id, r.version - $4::bigint + u.ord, u.type, u.payload, $9::timestamptz, $5::uuid, u.also
    from r, rows from (jsonb_to_recordset($10::text::jsonb) as (${eventShape})) with ordinality as u(type, payload, also, "webhookEvent", "webhookData", ord))`;
const insertDeliveries = `deliveries_ as (insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select r.domain_id, gen_random_uuid(), w.id, u."webhookEvent", u."webhookData", 'PENDING', 0, $9::timestamptz, $9::timestamptz
    from r, jsonb_to_recordset($10::text::jsonb) as u(${eventShape}), webhooks w
    where w.domain_id = r.domain_id and w.is_active and w.deleted_at is null and u."webhookEvent" = any (w.events)
      and (w.room_name is null or w.room_name = r.name))`;

/** @param param where the media server stands among the parameters, and behind it until when the room is to be watched */
const moveWanted = (param: number) => `media_ as (
    insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at, watch_until)
    select $1::uuid, r.id, $${param}::uuid, $9::timestamptz, $9::timestamptz, $${param + 1}::timestamptz from r
    on conflict (domain_id, room_id, media_server_id) do update set
      wanted = media_rooms.wanted + 1, look_at = least(media_rooms.look_at, excluded.look_at),
      wanted_at = case when media_rooms.wanted > media_rooms.done then media_rooms.wanted_at else excluded.wanted_at end,
      watch_until = greatest(media_rooms.watch_until, excluded.watch_until))`;

const texts = new Map<string, string>();

function statementOf(form: Form): string {
  const name = `${form.roomChanged} ${form.holdsDomain} ${form.tellsWebhooks} ${form.givesWay} ${form.tellsMedia} ${form.parts.join()}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  let param = fixedParams + (form.roomChanged ? 1 : 0);
  const inserts = parts.filter((part) => form.parts.includes(part.name)).map((part) => insertPart(part, ++param));
  const told = [...(form.tellsWebhooks ? [insertDeliveries] : []), ...(form.tellsMedia ? [moveWanted(++param)] : [])];
  const ctes = [guard(form), ...inserts, insertEvents, ...told];
  const text = `with ${ctes.join(',\n  ')}\nselect (select version from r) as version, app_now() as clock`;
  texts.set(name, text);
  return text;
}

function rowsOf(write: RoomWrite, part: Part): readonly object[] {
  if (part === 'liveStream') return write.rows.liveStream === undefined ? [] : [write.rows.liveStream];
  if (part === 'knocks') return write.rows.knocks.map(writeKnock);
  if (part === 'participants') return write.rows.participants.map((participant) => derive(participant, write));
  return write.rows[part];
}

/** What queries need to know about a participant without its room's settings at hand. */
function derive(participant: Participant, { after: { room, domain } }: RoomWrite): object {
  return {
    ...writeParticipant(participant),
    isShown: isShown(participant, room, domain),
    decidesKnocks: mayAdminister(participant, 'PARTICIPANTS', room, domain),
  };
}

function paramsOf(write: RoomWrite, form: Form): readonly Param[] {
  const also = alsoWritten(write);
  const events = write.events.map(({ type, payload, webhook }, index) => ({
    type: eventTypeNumbers[type],
    payload,
    also: index === 0 ? also : null,
    webhookEvent: webhook?.event ?? null,
    webhookData: webhook?.data ?? null,
  }));
  return [
    write.ref.domainId,
    write.ref.roomId,
    write.seenVersion,
    write.events.length,
    write.groupId,
    write.validUntil,
    write.seenDomainVersion,
    write.dueAt,
    write.now,
    JSON.stringify(events),
    ...(form.roomChanged ? [JSON.stringify(write.after.room)] : []),
    ...parts.filter((part) => form.parts.includes(part.name)).map((part) => JSON.stringify(rowsOf(write, part.name))),
    ...(write.carriedOutOn === null ? [] : [write.carriedOutOn, write.watchUntil]),
  ];
}

/** Writes rooms. @throws DatabaseError */
export function createRoomApply(database: Database): Pick<RoomStore, 'apply' | 'wasWritten' | 'takeTurn'> {
  return {
    apply: async (write) => {
      const form: Form = {
        roomChanged: write.roomChanged,
        holdsDomain: write.holdsDomain,
        tellsWebhooks: write.tellsWebhooks && write.events.some(({ webhook }) => webhook !== null),
        givesWay: write.givesWay,
        tellsMedia: write.carriedOutOn !== null,
        parts: parts.map(({ name }) => name).filter((name) => rowsOf(write, name).length > 0),
      };
      const [row] = await database.query<{ readonly version: number | null; readonly clock: Date }>(
        statementOf(form),
        paramsOf(write, form),
      );
      if (row === undefined) throw new Error('the statement that writes a room always returns a row');
      return row;
    },
    wasWritten: (write) => wasWritten(database, write),
    takeTurn: ({ roomId }) => database.takeTurn(roomId),
  };
}

const settleText = 'select version from rooms where domain_id = $1::uuid and id = $2::uuid for share';
const groupText =
  'select group_id as "group" from room_events where domain_id = $1::uuid and room_id = $2::uuid and seq = $3::bigint';

/** Waits for a write of the room that is under way, and then looks into the log with a new statement, which sees that write. */
async function wasWritten(database: Database, { ref, seenVersion, groupId }: RoomWrite): Promise<boolean> {
  await database.query(settleText, [ref.domainId, ref.roomId]);
  const [row] = await database.query<{ readonly group: string | null }>(groupText, [
    ref.domainId,
    ref.roomId,
    seenVersion + 1,
  ]);
  return row?.group === groupId;
}

/** The rows of a write that none of its events names. Null: there are none. */
function alsoWritten({ rows, events }: RoomWrite): AlsoWritten | null {
  const named = new Set(events.flatMap(({ payload }) => namedBy(payload)));
  const unnamed = (ids: readonly string[]) => ids.filter((id) => !named.has(id));
  const lists = {
    knocks: unnamed(rows.knocks.map(({ id }) => id)),
    participants: unnamed(rows.participants.map(({ id }) => id)),
    bans: rows.bans.map(({ id }) => id),
    returns: rows.returns.map(({ id }) => id),
    jtis: rows.tokenUses.map(({ jti }) => jti),
  };
  const filled = Object.entries(lists).filter(([, ids]) => ids.length > 0);
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

function namedBy({ knock, participant }: EventPayload): readonly string[] {
  return [knock?.id, participant?.id].filter((id) => id !== undefined);
}
