import type { DomainId } from '../../rules/ids.ts';
import type { Database } from './database.ts';
import { gatherReads } from './gathered-reads.ts';
import { unnest } from './unseen.ts';

/** The ids of one domain or several that a finder's statement looks for; each row tells which by its `place`. */
export const askedIds = `${unnest(['$1::uuid[]', '$2::uuid[]'])} with ordinality as asked(domain_id, id, place)`;
/** What such a statement selects beside the thing itself. */
export const askedPlace = 'asked.place::int as "ofPlace"';

/** Finds things by their ids, those that are asked for together in one statement. Null: there is none. @throws DatabaseError */
export function createFinder<Row extends object, Found>(
  database: Pick<Database, 'query'>,
  text: string,
  read: (row: Row) => Found,
): (domainId: DomainId, id: string) => Promise<Found | null> {
  const find = gatherReads(async (keys: readonly (readonly [DomainId, string])[]) => {
    const params = [keys.map(([domainId]) => domainId), keys.map(([, id]) => id)];
    const rows = await database.query<Row & { readonly ofPlace: number }>(text, params);
    const found = new Map(rows.map((row) => [row.ofPlace, row]));
    return keys.map((_key, index) => {
      const row = found.get(index + 1);
      return row === undefined ? null : read(row);
    });
  });
  return (domainId, id) => find([domainId, id]);
}
