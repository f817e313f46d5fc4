import type { DomainId, KnockId, RoomId } from '../rules/ids.ts';
import type { Knock, KnockStatus } from '../rules/knock-request.ts';
import type { VouchingKey } from '../rules/vouching.ts';
import { selectList } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { askedIds, askedPlace, createFinder, domainOf, gatherReads, unseen } from './postgres/gathered-reads.ts';
import { type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';
import { createRoomList, roomsOf } from './room-list.ts';
import { knockColumns, readKnock } from './room-rows.ts';

/** A knock, and what is shown with it. `version`: the room's version that wrote it. */
export interface KnockRecord {
  readonly knock: Knock;
  readonly roomName: string;
  readonly lobbyMessage: string | null;
  readonly ownerPresent: boolean;
  readonly version: number;
}

export interface KnockFilter {
  /** Null: all rooms of the domain. */
  readonly roomId: RoomId | null;
  readonly status: readonly KnockStatus[] | null;
}

export interface KnockStorage {
  readonly findById: (domainId: DomainId, id: KnockId) => Promise<KnockRecord | null>;
  /** The room of this knock. */
  readonly findRoomOf: (domainId: DomainId, id: KnockId) => Promise<RoomId | null>;
  /** Oldest first. */
  readonly list: (domainId: DomainId, filter: KnockFilter, request: PageRequest) => Promise<PageRows<KnockRecord>>;
  readonly count: (domainId: DomainId, filter: KnockFilter) => Promise<number>;
  /** What a waiting list begins with, for one room or for all: knocks that wait, and knocks decided in the last ten minutes. */
  readonly snapshot: (domainId: DomainId, roomId: RoomId | null) => Promise<readonly KnockRecord[]>;
  /** All knocks of the domain that have changed since an instant. */
  readonly changedSince: (domainId: DomainId, since: Date) => Promise<readonly KnockRecord[]>;
  /** Rooms in which somebody waits, or was let in, because this key vouches for them. */
  readonly findRoomsVouchedFor: (domainId: DomainId, signer: VouchingKey) => Promise<readonly RoomId[]>;
  /** The knocks that wait in a room, in their order. */
  readonly queue: (domainId: DomainId, roomId: RoomId) => Promise<readonly KnockId[]>;
  /** How many people wait in a room without a meeting token that vouches for them, by network. */
  readonly waitingByNetwork: (domainId: DomainId, roomId: RoomId) => Promise<ReadonlyMap<string, number>>;
  /** Rooms with admissions that have expired. */
  readonly findEndedAdmissions: (
    limit: number,
    exceptRooms: readonly string[],
  ) => Promise<readonly { readonly domainId: DomainId; readonly roomId: RoomId }[]>;
}

const view = `${selectList(knockColumns, 'k')}, r.name as "ofRoom", r.lobby_message as "ofLobby",
  exists (select 1 from participants p where p.domain_id = $1::uuid and p.room_id = k.room_id and p.left_at is null and p.decides_knocks) as "ofOwner"`;
const from = 'from knocks k join rooms r on r.domain_id = $1::uuid and r.id = k.room_id';

interface KnockViewRow {
  readonly ofPlace?: number;
  readonly ofRoom: string;
  readonly ofLobby: string | null;
  readonly ofOwner: boolean;
  readonly version: number;
}

function readRecord({ ofPlace: _place, ofRoom, ofLobby, ofOwner, ...row }: KnockViewRow): KnockRecord {
  return {
    knock: readKnock(row),
    roomName: ofRoom,
    lobbyMessage: ofLobby,
    ownerPresent: ofOwner,
    version: row.version,
  };
}

const filterText = `where k.domain_id = $1::uuid and ($2::uuid is null or k.room_id = $2::uuid)
  and ($3::text[] is null or k.status = any ($3::text[]))`;
const inRoom = `where k.domain_id = $1::uuid and k.room_id = asked.room_id
  and ($3::text[] is null or k.status = any ($3::text[]))`;
const byIdText = `select ${askedPlace}, ${view} from ${askedIds}
  join knocks k on k.domain_id = $1::uuid and k.id = asked.id
  join rooms r on r.domain_id = $1::uuid and r.id = k.room_id`;
const order = { at: 'k.requested_at', id: 'k.id', newestFirst: false };
// The subquery reads the clock once for the statement: only a value that does not change meanwhile can be looked up in an index.
const recently = `(select app_now() - interval '10 minutes')`;
const snapshotOf = (where: string) => `select ${view} ${from} where k.domain_id = $1::uuid and ${where}
  and (k.status = 'PENDING' or (k.changed_at > ${recently} and k.decided_at > ${recently})) order by k.requested_at, k.id`;
const roomSnapshotText = snapshotOf('k.room_id = $2::uuid');
const domainSnapshotText = snapshotOf('true');
const changedText = `select ${view} ${from} where k.domain_id = $1::uuid and k.changed_at > $2::timestamptz order by k.changed_at, k.id`;
const queueText = `select id from knocks where domain_id = $1::uuid and room_id = ${unseen('$2::uuid')} and status = 'PENDING' order by requested_at, id`;
// This reads the claims of all these knocks. It runs once when a key is revoked, and no request of a guest waits for it.
const vouchedText = `select distinct room_id as "roomId" from knocks where domain_id = $1::uuid and status in ('PENDING', 'ADMITTED')
  and token->>'selfSigned' = $4::text and coalesce(token->>'signerId' = $2, token->>'signerKid' = $3)`;
const endedText = `select distinct domain_id as "domainId", room_id as "roomId" from
  (select domain_id, room_id from knocks where status = 'ADMITTED' and exp <= (select app_now())
    and room_id <> all ($2::uuid[]) order by exp limit $1::int) ended`;

/** Reads knocks. Only the room writer writes them. @throws DatabaseError */
export function createKnockStorage(database: Database): KnockStorage {
  const filtered = (domainId: DomainId, { roomId, status }: KnockFilter): readonly Param[] => [
    domainId,
    roomId,
    status && [...status],
  ];
  const ofRoom = createRoomList(database, {
    ...{ select: view, from, where: inRoom, order },
    params: (status: KnockFilter['status']) => [status && [...status]],
    // The row is what `view` selects.
    read: (row) => readRecord(row as KnockViewRow),
  });
  return {
    findById: createFinder(database, byIdText, readRecord),
    findRoomOf: async (domainId, id) => {
      const text = 'select room_id as "roomId" from knocks where domain_id = $1::uuid and id = $2::uuid';
      const [row] = await database.query<{ roomId: RoomId }>(text, [domainId, id]);
      return row?.roomId ?? null;
    },
    list: async (domainId, filter, request) => {
      const { roomId, status } = filter;
      if (roomId !== null) return ofRoom.page({ domainId, roomId, filter: status, request });
      const { sql, params } = pageClause(request, order, filtered(domainId, filter));
      const rows = await database.query<KnockViewRow>(`select ${view} ${from} ${filterText} ${sql}`, params);
      return toPage(rows.map(readRecord), request);
    },
    count: async (domainId, filter) => {
      const { roomId, status } = filter;
      if (roomId !== null) return ofRoom.count({ domainId, roomId, filter: status });
      const text = `select count(*)::int as count from knocks k ${filterText}`;
      const [row] = await database.query<{ count: number }>(text, filtered(domainId, filter));
      return row?.count ?? 0;
    },
    snapshot: async (domainId, roomId) => {
      const rows = await (roomId === null
        ? database.query<KnockViewRow>(domainSnapshotText, [domainId])
        : database.query<KnockViewRow>(roomSnapshotText, [domainId, roomId]));
      return rows.map(readRecord);
    },
    changedSince: async (domainId, since) =>
      (await database.query<KnockViewRow>(changedText, [domainId, since])).map(readRecord),
    findRoomsVouchedFor: async (domainId, { id, kid, selfSigned }) =>
      roomsOf(await database.query(vouchedText, [domainId, id, kid, String(selfSigned)])),
    queue: async (domainId, roomId) =>
      (await database.query<{ id: KnockId }>(queueText, [domainId, roomId])).map(({ id }) => id),
    waitingByNetwork: createKnockNetworks(database),
    findEndedAdmissions: (limit, exceptRooms) => database.query(endedText, [limit, exceptRooms]),
  };
}

interface NetworksRow {
  readonly ofPlace: number;
  readonly hash: string;
  readonly count: number;
}

const text = `select ${askedPlace}, encode(k.address_hash, 'hex') as hash, count(*)::int as count from ${askedIds}
  join knocks k on k.domain_id = $1::uuid and k.room_id = asked.id and k.status = 'PENDING' and not k.verified
  group by asked.place, k.address_hash`;

/**
 * Counts the people who wait in a room without a meeting token that vouches for them, by the hash of their network. One statement counts
 * all rooms of a domain that are asked for together, and each of them once, however many of its knocks ask. @throws DatabaseError
 */
export function createKnockNetworks(
  database: Pick<Database, 'query'>,
): (domainId: DomainId, roomId: RoomId) => Promise<ReadonlyMap<string, number>> {
  type Key = readonly [DomainId, RoomId];
  const read = gatherReads(async (keys: readonly [Key, ...Key[]]) => {
    const asked = [...new Set(keys.map(([, roomId]) => roomId))];
    const rows = await database.query<NetworksRow>(text, [keys[0][0], asked]);
    const found = Map.groupBy(rows, ({ ofPlace }) => asked[ofPlace - 1]);
    return keys.map(([, roomId]) => new Map((found.get(roomId) ?? []).map(({ hash, count }) => [hash, count])));
  }, domainOf);
  return (domainId, roomId) => read([domainId, roomId]);
}
