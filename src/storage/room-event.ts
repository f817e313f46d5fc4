import type { DomainId, RoomId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { Participant } from '../rules/participant.ts';
import { type EventPayload, eventTypeNumbers, type RoomEvent, type RoomEventType } from '../rules/room-event.ts';
import { selectList } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { anyOf, gatherReads, unnest } from './postgres/gathered-reads.ts';
import {
  knockColumns,
  liveStreamColumns,
  participantColumns,
  readKnock,
  readLiveStream,
  readParticipant,
} from './room-rows.ts';
import type { RoomRef } from './room-store.ts';

/** Events from the log, with the things that they are about as those are now. */
export interface EventPage {
  readonly events: readonly RoomEvent[];
  readonly knocks: ReadonlyMap<string, Knock>;
  readonly participants: ReadonlyMap<string, Participant>;
  readonly liveStreams: ReadonlyMap<string, LiveStream>;
}

export interface EventLog {
  /** The events after a place, in their order. A gap at the beginning means that the record does not reach back so far. */
  readonly readAfter: (ref: RoomRef, seq: number, limit: number) => Promise<EventPage>;
  /** Does the room's end come after this place? What was written behind the end does not count: nobody sees it. */
  readonly endsAfter: (ref: RoomRef, seq: number) => Promise<boolean>;
  /** The versions of these rooms now. Rooms that no longer exist are left out. */
  readonly versionsOf: (
    refs: readonly RoomRef[],
  ) => Promise<readonly { readonly roomId: RoomId; readonly version: number }[]>;
  /** The same for domains. */
  readonly domainVersions: (
    ids: readonly DomainId[],
  ) => Promise<readonly { readonly id: DomainId; readonly version: number }[]>;
}

const typeNames = new Map(
  // Object.entries widens the keys of a record that has exactly these.
  (Object.entries(eventTypeNumbers) as [RoomEventType, number][]).map(([name, number]) => [number, name]),
);

const things = (
  columns: Parameters<typeof selectList>[0],
  field: string,
) => `coalesce((select jsonb_agg(to_jsonb(x)) from (
    select ${selectList(columns, 't')} from ${columns.table} t where t.domain_id = $1::uuid and t.room_id = asked.room_id
    and t.id in (select (e.payload->'${field}'->>'id')::uuid from e)) x), '[]'::jsonb)`;

const readText = `select x.* from ${unnest(['$2::uuid[]', '$3::bigint[]'])} with ordinality as asked(room_id, seq, place)
  cross join lateral (with e as (select seq, type, payload, at from room_events e
    where e.domain_id = $1::uuid and e.room_id = asked.room_id and e.seq > asked.seq order by e.seq limit $4::int)
  select coalesce((select jsonb_agg(to_jsonb(e) order by e.seq) from e), '[]'::jsonb) as events,
    ${things(knockColumns, 'knock')} as knocks, ${things(participantColumns, 'participant')} as people,
    ${things(liveStreamColumns, 'liveStream')} as streams) x order by asked.place`;

// Backwards: the end is among the last, however many there are.
const endText = `select 1 from room_events where domain_id = $1 and room_id = $2 and seq > $3
  and type = ${eventTypeNumbers.RoomClosed} order by seq desc limit 1`;

interface EventPageRow {
  readonly events: readonly { seq: number; type: number; payload: EventPayload; at: string }[];
  readonly knocks: readonly object[];
  readonly people: readonly object[];
  readonly streams: readonly object[];
}

interface EventPlace {
  readonly ref: RoomRef;
  readonly seq: number;
  readonly limit: number;
}

function readPage({ roomId }: RoomRef, { events, knocks, people, streams }: EventPageRow): EventPage {
  return {
    events: events.map(({ seq, type, at, payload }) => ({
      roomId,
      seq,
      type: typeNames.get(type) ?? 'Internal',
      at: new Date(at),
      payload,
    })),
    knocks: byId(knocks.map(readKnock)),
    participants: byId(people.map(readParticipant)),
    liveStreams: byId(streams.map(readLiveStream)),
  };
}

function byId<T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** The log of what happened. @throws DatabaseError */
export function createEventLog(database: Database): EventLog {
  const readAfter = gatherReads(
    async (places: readonly [EventPlace, ...EventPlace[]]) => {
      const rows = await database.query<EventPageRow>(readText, [
        places[0].ref.domainId,
        places.map(({ ref }) => ref.roomId),
        places.map(({ seq }) => seq),
        places[0].limit,
      ]);
      return rows.flatMap((row, index) => places.slice(index, index + 1).map(({ ref }) => readPage(ref, row)));
    },
    ({ ref, limit }) => `${ref.domainId} ${limit}`,
  );
  return {
    readAfter: (ref, seq, limit) => readAfter({ ref, seq, limit }),
    endsAfter: async ({ domainId, roomId }, seq) => (await database.query(endText, [domainId, roomId, seq])).length > 0,
    versionsOf: (refs) =>
      database.query(
        `select r.id as "roomId", r.version from ${unnest(['$1::uuid[]', '$2::uuid[]'])} as asked(domain_id, id)
         join rooms r on r.domain_id = asked.domain_id and r.id = asked.id`,
        [refs.map(({ domainId }) => domainId), refs.map(({ roomId }) => roomId)],
      ),
    domainVersions: (ids) =>
      database.query(`select id, version from domains where id = ${anyOf('$1::uuid[]')}`, [[...ids]]),
  };
}
