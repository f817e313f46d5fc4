import type { Column, SQL } from 'drizzle-orm';
import type { Param } from './database.ts';
import { asc, desc, sql } from './orm.ts';

/** Which part of a list, as it was checked: how many, from where, in which direction. */
export interface PageRequest {
  readonly limit: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  /** Where to go on from, exclusive. */
  readonly from: Position | null;
}

/** A place in a list that is ordered by an instant and an id. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

export interface PageRows<T> {
  readonly rows: readonly T[];
  /** Whether more follow in the direction asked for. */
  readonly hasMore: boolean;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A place as clients hold it: opaque. */
export function encodePosition({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString('base64url');
}

/** Null: not a place. */
export function decodePosition(text: string): Position | null {
  const [at, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const ms = Number(at);
  if (id === undefined || rest.length > 0 || !uuid.test(id) || !Number.isSafeInteger(ms) || ms < 0 || ms > 8.64e15)
    return null;
  return { at: new Date(ms), id };
}

/** How a list is ordered: by this instant and this id, both as SQL. */
export interface Order {
  readonly at: string;
  readonly id: string;
  readonly newestFirst: boolean;
}

/** Whether the rows of a page are read from the latest to the earliest. */
export function descends({ direction }: PageRequest, { newestFirst }: Order): boolean {
  return newestFirst !== (direction === 'BACKWARD');
}

/**
 * The end of a statement that reads a page by its place and not by counting, and the parameters it adds. Reads one row more
 * than asked, by which `toPage` knows whether there is more.
 */
export function pageClause(
  request: PageRequest,
  order: Order,
  params: readonly Param[],
): { readonly sql: string; readonly params: readonly Param[] } {
  const way = descends(request, order) ? 'desc' : 'asc';
  const next = params.length + 1;
  const from = request.from
    ? `and (${order.at}, ${order.id}) ${way === 'desc' ? '<' : '>'} ($${next + 1}::timestamptz, $${next + 2}::uuid)`
    : '';
  return {
    sql: `${from} order by ${order.at} ${way}, ${order.id} ${way} limit $${next}::int`,
    params: [...params, request.limit + 1, ...(request.from ? [request.from.at, request.from.id] : [])],
  };
}

/** Rows of a page statement in the list's own order. */
export function toPage<T>(rows: readonly T[], request: PageRequest): PageRows<T> {
  const asked = rows.slice(0, request.limit);
  return { rows: request.direction === 'BACKWARD' ? asked.reverse() : asked, hasMore: rows.length > request.limit };
}

/** A table whose rows are listed newest first. */
interface Dated {
  readonly createdAt: Column;
  readonly id: Column;
}

/** Where a page of a list that stands newest first goes on; undefined: from its beginning. */
export function pageAfter(request: PageRequest, { createdAt, id }: Dated): SQL | undefined {
  if (request.from === null) return undefined;
  const place = sql`(${request.from.at.toISOString()}::timestamptz, ${request.from.id}::uuid)`;
  return request.direction === 'BACKWARD'
    ? sql`(${createdAt}, ${id}) > ${place}`
    : sql`(${createdAt}, ${id}) < ${place}`;
}

/** The order in which such a page is read. */
export function newestFirst(request: PageRequest, { createdAt, id }: Dated): readonly [SQL, SQL] {
  return request.direction === 'BACKWARD' ? [asc(createdAt), asc(id)] : [desc(createdAt), desc(id)];
}
