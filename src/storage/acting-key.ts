import type { ApiKeyId, DomainId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';
import { anyOf } from './postgres/gathered-reads.ts';
import { sql } from './postgres/orm.ts';

/** The API key that a change rests on; null: none, it is the service itself, or its command line. */
export type ActingKey = ApiKeyId | null;

/** The credential ended before what was to be done with it: nothing was done. */
export class CredentialEnded extends Error {
  constructor() {
    super('the credential has ended');
    this.name = 'CredentialEnded';
  }
}

/**
 * Stands in the `where` of every statement by which a backend changes its domain: the change is made only while the key is good. Its
 * row is held until the change is committed, so that a revocation comes before it or after it, and never in between.
 * @param domainId the domain, as SQL
 * @param key the key, or null where there is none, as SQL
 */
export function keyIsGood(domainId: string, key: string): string {
  return `(${key}::uuid is null or exists (select 1 from api_keys k where k.domain_id = ${domainId} and k.id = ${key}::uuid
    and k.revoked_at is null and (k.exp is null or k.exp > app_now()) for share))`;
}

/** The same for the query builder. */
export function whileGood(domainId: DomainId, key: ActingKey) {
  return sql`(${key}::uuid is null or exists (select 1 from api_keys k where k.domain_id = ${domainId}::uuid and k.id = ${key}::uuid
    and k.revoked_at is null and (k.exp is null or k.exp > app_now()) for share))`;
}

const liveText = `select k.id from api_keys k where k.domain_id = $1::uuid and k.id = ${anyOf('$2::uuid[]')}
  and k.revoked_at is null and (k.exp is null or k.exp > app_now())`;

/** Which of these keys have ended. One that was never there has. @throws DatabaseError */
export async function findEndedKeys(
  { query }: Pick<Database, 'query'>,
  domainId: DomainId,
  ids: readonly ApiKeyId[],
): Promise<ReadonlySet<ApiKeyId>> {
  const live = await query<{ readonly id: ApiKeyId }>(liveText, [domainId, [...ids]]);
  const good = new Set(live.map(({ id }) => id));
  return new Set(ids.filter((id) => !good.has(id)));
}

/** Called where a statement that holds `keyIsGood` has changed nothing: the key may be why. @throws CredentialEnded, DatabaseError */
export async function requireGoodKey(
  database: Pick<Database, 'query'>,
  domainId: DomainId,
  key: ActingKey,
): Promise<void> {
  if (key !== null && (await findEndedKeys(database, domainId, [key])).size > 0) throw new CredentialEnded();
}
