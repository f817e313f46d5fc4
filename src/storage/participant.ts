import type { Ban } from '../rules/ban.ts';
import type { BanId, DomainId, LiveStreamId, ParticipantId, ProcessId, RoomId } from '../rules/ids.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { Participant } from '../rules/participant.ts';
import { selectList } from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { askedIds, askedPlace, createFinder } from './postgres/gathered-reads.ts';
import type { PageRequest, PageRows } from './postgres/page.ts';
import type { RoomRecord } from './room.ts';
import { createRoomList, roomsOf } from './room-list.ts';
import {
  banColumns,
  domainColumns,
  liveStreamColumns,
  participantColumns,
  readBan,
  readDomainDefaults,
  readLiveStream,
  readParticipant,
  readRoom,
  roomColumns,
} from './room-rows.ts';

export interface ParticipantStorage {
  readonly findById: (
    domainId: DomainId,
    id: ParticipantId,
  ) => Promise<(Omit<RoomRecord, 'ownerPresent' | 'participantCount'> & { readonly participant: Participant }) | null>;
  /** May this participant answer knocks? Null: it is not inside. */
  readonly decidesKnocks: (domainId: DomainId, id: ParticipantId) => Promise<boolean | null>;
  /** The people inside, in order of joining: everybody who is shown, and `own` in any case. */
  readonly listInside: (
    domainId: DomainId,
    roomId: RoomId,
    own: ParticipantId | 'ALL' | null,
    request: PageRequest,
  ) => Promise<PageRows<Participant>>;
  readonly countInside: (domainId: DomainId, roomId: RoomId, own: ParticipantId | 'ALL' | null) => Promise<number>;
  readonly listBans: (domainId: DomainId, roomId: RoomId, request: PageRequest) => Promise<PageRows<Ban>>;
  readonly findBan: (domainId: DomainId, id: BanId) => Promise<{ readonly ban: Ban; readonly roomName: string } | null>;
  readonly latestLiveStream: (domainId: DomainId, roomId: RoomId) => Promise<LiveStream | null>;
  readonly findLiveStream: (
    domainId: DomainId,
    id: LiveStreamId,
  ) => Promise<{ readonly liveStream: LiveStream; readonly roomName: string } | null>;
  /** Rooms of the domain with somebody inside. */
  readonly findRoomsWithPeople: (domainId: DomainId) => Promise<readonly RoomId[]>;
  /** Rooms of the domain with somebody inside, or with a live stream that a media server of ours has, and that are not over. */
  readonly findRoomsOnMedia: (domainId: DomainId) => Promise<readonly RoomId[]>;
  /** Rooms of any domain with a live stream that a media server of ours had, of which none is left: whoever was to say so was interrupted. */
  readonly findLeftStreams: (
    limit: number,
  ) => Promise<readonly { readonly domainId: DomainId; readonly roomId: RoomId }[]>;
  /** Rooms with people whose subscriptions this process holds. */
  readonly findRoomsHeldBy: (
    processId: ProcessId,
  ) => Promise<readonly { readonly domainId: DomainId; readonly roomId: RoomId }[]>;
}

const json = (columns: Parameters<typeof selectList>[0], alias: string) =>
  `(select to_jsonb(x) from (select ${selectList(columns, alias)}) x)`;

const byIdText = `select ${askedPlace}, ${json(participantColumns, 'p')} as participant, ${json(roomColumns, 'r')} as room, ${json(domainColumns, 'd')} as domain
  from ${askedIds} join participants p on p.domain_id = $1::uuid and p.id = asked.id join rooms r on r.domain_id = $1::uuid and r.id = p.room_id join domains d on d.id = $1::uuid`;
const decidesText = `select ${askedPlace}, p.decides_knocks as may from ${askedIds}
  join participants p on p.domain_id = $1::uuid and p.id = asked.id and p.left_at is null`;

// $3: the caller's own id, whom the caller always sees; $4: whether the caller sees everybody.
const insideWhere = `where p.domain_id = $1::uuid and p.room_id = asked.room_id and p.left_at is null
  and (p.is_shown or p.id = $3::uuid or $4::boolean)`;
const insideOrder = { at: 'p.joined_at', id: 'p.id', newestFirst: false };
const banWhere =
  'where b.domain_id = $1::uuid and b.room_id = asked.room_id and b.lifted_at is null and (b.exp is null or b.exp > (select app_now()))';
const heldText = `select domain_id as "domainId", room_id as "roomId" from participants where left_at is null and attached_to ? $1
  union select domain_id, room_id from knocks where status = 'PENDING' and attached_to ? $1`;

const withPeople = 'room_id as "roomId" from participants where domain_id = $1::uuid and left_at is null';
// What an older version has left running in a room that is over is nobody's any more: after its last event nothing is told of it.
export const withStream = `select r.id from live_streams s join rooms r on r.domain_id = $1::uuid and r.id = s.room_id
  where s.domain_id = $1::uuid and s.destinations_sealed is not null and not r.is_over`;
const leftStreamsText = `select s.domain_id as "domainId", s.room_id as "roomId"
  from live_streams s join domains d on d.id = s.domain_id join rooms r on r.domain_id = s.domain_id and r.id = s.room_id
  where s.destinations_sealed is not null and not r.is_over and d.media_server->>'kind' is distinct from 'LIVEKIT' limit $1::int`;

const ownParams = (own: ParticipantId | 'ALL' | null) => [own === 'ALL' ? null : own, own === 'ALL'] as const;

/** Reads participants, bans and live streams. Only the room writer writes them. @throws DatabaseError */
export function createParticipantStorage(database: Database): ParticipantStorage {
  const inside = createRoomList(database, {
    select: selectList(participantColumns, 'p'),
    from: 'from participants p',
    where: insideWhere,
    order: insideOrder,
    params: ownParams,
    read: readParticipant,
  });
  const ofBans = createRoomList(database, {
    select: selectList(banColumns, 'b'),
    from: 'from bans b',
    where: banWhere,
    order: { at: 'b.created_at', id: 'b.id', newestFirst: true },
    params: () => [],
    read: readBan,
  });
  return {
    findById: createFinder(database, byIdText, (row: { participant: object; room: object; domain: object }) => ({
      participant: readParticipant(row.participant),
      room: readRoom(row.room),
      domain: readDomainDefaults(row.domain),
    })),
    decidesKnocks: createFinder(database, decidesText, ({ may }: { may: boolean }) => may),
    listInside: (domainId, roomId, own, request) => inside.page({ domainId, roomId, filter: own, request }),
    countInside: (domainId, roomId, own) => inside.count({ domainId, roomId, filter: own }),
    listBans: (domainId, roomId, request) => ofBans.page({ domainId, roomId, filter: null, request }),
    ...createFinders(database),
  };
}

function createFinders(
  database: Database,
): Pick<
  ParticipantStorage,
  | 'findBan'
  | 'latestLiveStream'
  | 'findLiveStream'
  | 'findLeftStreams'
  | 'findRoomsHeldBy'
  | 'findRoomsOnMedia'
  | 'findRoomsWithPeople'
> {
  const named = (columns: Parameters<typeof selectList>[0]) =>
    `select ${json(columns, 't')} as row, r.name from ${columns.table} t
     join rooms r on r.domain_id = $1::uuid and r.id = t.room_id where t.domain_id = $1::uuid and t.id = $2::uuid`;
  const findNamed = async (text: string, domainId: DomainId, id: string) => {
    const [row] = await database.query<{ row: object; name: string }>(text, [domainId, id]);
    return row ?? null;
  };
  const banText = named(banColumns);
  const liveStreamText = named(liveStreamColumns);
  const latestText = `select ${askedPlace}, s.* from ${askedIds} cross join lateral (
    select ${selectList(liveStreamColumns, 's')} from live_streams s
    where s.domain_id = $1::uuid and s.room_id = asked.id order by s.started_at desc limit 1) s`;
  return {
    findBan: async (domainId, id) => {
      const found = await findNamed(banText, domainId, id);
      return found && { ban: readBan(found.row), roomName: found.name };
    },
    latestLiveStream: createFinder(database, latestText, ({ ofPlace: _place, ...row }: { ofPlace?: number }) =>
      readLiveStream(row),
    ),
    findLiveStream: async (domainId, id) => {
      const found = await findNamed(liveStreamText, domainId, id);
      return found && { liveStream: readLiveStream(found.row), roomName: found.name };
    },
    findRoomsWithPeople: async (domainId) => roomsOf(await database.query(`select distinct ${withPeople}`, [domainId])),
    findRoomsOnMedia: async (domainId) =>
      roomsOf(await database.query(`select ${withPeople} union ${withStream}`, [domainId])),
    findLeftStreams: (limit) => database.query(leftStreamsText, [limit]),
    findRoomsHeldBy: (processId) => database.query(heldText, [processId]),
  };
}
