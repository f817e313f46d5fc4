import type { DomainId } from '../rules/ids.ts';
import { type ActingKey, whileGood } from './acting-key.ts';
import type { Database } from './postgres/database.ts';
import { and, eq, sql } from './postgres/orm.ts';
import { domains } from './tables/index.ts';

/**
 * Bumps the domain in the statement that changes what decisions rest on: nobody sees the one without the other.
 * @param by the key that the change rests on
 */
export function bumping(orm: Database['orm'], id: DomainId, by: ActingKey) {
  return orm.$with('bumped').as(
    orm
      .update(domains)
      .set({ version: sql`${domains.version} + 1` })
      .where(and(eq(domains.id, id), whileGood(id, by)))
      .returning({ id: domains.id }),
  );
}
