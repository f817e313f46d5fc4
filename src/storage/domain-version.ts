import type { DomainId } from '../rules/ids.ts';
import type { Database } from './database.ts';
import { eq, sql } from './orm.ts';
import { domains } from './tables.ts';

/** Bumps the domain in the statement that changes what decisions rest on: nobody sees the one without the other. */
export function bumping(orm: Database['orm'], id: DomainId) {
  return orm.$with('bumped').as(
    orm
      .update(domains)
      .set({ version: sql`${domains.version} + 1` })
      .where(eq(domains.id, id))
      .returning({ id: domains.id }),
  );
}
