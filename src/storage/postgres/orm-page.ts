import type { Column, SQL } from 'drizzle-orm';
import { asc, desc, sql } from './orm.ts';
import type { PageRequest } from './page.ts';

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
