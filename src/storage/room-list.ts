import type { DomainId, RoomId } from '../rules/ids.ts';
import type { Database, Param } from './postgres/database.ts';
import { gatherReads, unnest } from './postgres/gathered-reads.ts';
import { descends, type Order, type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';

/**
 * How to read a list that every room has. In the texts, $1 is the domain and `asked` the room, and the filter's parameters begin with $3. Columns named
 * `ofPlace`, `ofInstant` and `ofId` belong to this module.
 */
export interface RoomListSql<Filter, Item> {
  readonly select: string;
  readonly from: string;
  readonly where: string;
  readonly order: Order;
  readonly params: (filter: Filter) => readonly Param[];
  readonly read: (row: object) => Item;
}

interface Key<Filter> {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly filter: Filter;
}

/** One statement reads the lists of all rooms of a domain that are asked for together. */
export interface RoomList<Filter, Item> {
  readonly page: (key: Key<Filter> & { readonly request: PageRequest }) => Promise<PageRows<Item>>;
  readonly count: (key: Key<Filter>) => Promise<number>;
}

const askedRooms = `${unnest(['$2::uuid[]'])} with ordinality as asked(room_id, place)`;

type Keys<Filter> = readonly [Key<Filter>, ...Key<Filter>[]];

function roomParams(keys: Keys<unknown>): readonly Param[] {
  return [keys[0].domainId, keys.map(({ roomId }) => roomId)];
}

/** @throws DatabaseError */
export function createRoomList<Filter, Item>(
  database: Pick<Database, 'query'>,
  sql: RoomListSql<Filter, Item>,
): RoomList<Filter, Item> {
  const { select, from, where, order } = sql;
  const readPages = async (keys: readonly [Key<Filter> & { request: PageRequest }, ...Key<Filter>[]]) => {
    const [{ filter, request }] = keys;
    const page = pageClause(request, order, [...roomParams(keys), ...sql.params(filter)]);
    const way = descends(request, order) ? 'desc' : 'asc';
    const text = `select asked.place::int as "ofPlace", x.* from ${askedRooms} cross join lateral (
      select ${select}, ${order.at} as "ofInstant", ${order.id} as "ofId" ${from} ${where} ${page.sql}) x
      order by asked.place, x."ofInstant" ${way}, x."ofId" ${way}`;
    const rows = await database.query<PageRow>(text, page.params);
    const byRoom = Map.groupBy(rows, ({ ofPlace }) => ofPlace);
    return keys.map((_key, index) => {
      const own = byRoom.get(index + 1) ?? [];
      return toPage(
        own.map(({ ofPlace: _place, ofInstant: _instant, ofId: _id, ...row }) => sql.read(row)),
        request,
      );
    });
  };
  const countEach = async (keys: Keys<Filter>) => {
    const text = `select (select count(*)::int ${from} ${where}) as count from ${askedRooms} order by asked.place`;
    const rows = await database.query<{ count: number }>(text, [...roomParams(keys), ...sql.params(keys[0].filter)]);
    return rows.map(({ count }) => count);
  };
  return {
    page: gatherReads(readPages, ({ domainId, filter, request }) => JSON.stringify([domainId, filter, request])),
    count: gatherReads(countEach, ({ domainId, filter }) => JSON.stringify([domainId, filter])),
  };
}

interface PageRow {
  readonly ofPlace: number;
  readonly ofInstant: Date;
  readonly ofId: string;
}

/** The rooms that rows name. */
export function roomsOf(rows: readonly { readonly roomId: RoomId }[]): readonly RoomId[] {
  return rows.map(({ roomId }) => roomId);
}
