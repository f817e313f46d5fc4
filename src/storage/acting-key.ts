import type { ApiKeyId, DomainId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';
import { anyOf } from './postgres/gathered-reads.ts';
import { sql } from './postgres/orm.ts';

/** The API key that makes a change. Null: no key, because the service itself or its command line makes it. */
export type ActingKey = ApiKeyId | null;

/** The credential ended before the change that it was to make. Nothing was done. */
export class CredentialEnded extends Error {
  constructor() {
    super('the credential has ended');
    this.name = 'CredentialEnded';
  }
}

/**
 * Part of the `where` of every statement by which a backend changes its domain: the statement changes something only while the key is
 * good. It holds the key's row until it is committed, so that a revocation comes before or after the change, and never in between. Not for
 * share: see `onlyWhileGood`.
 * @param domainId the domain, as SQL
 * @param key the key, or null if there is none, as SQL
 */
export function keyIsGood(domainId: string, key: string): string {
  return `(${key}::uuid is null or exists (select 1 from api_keys k where k.domain_id = ${domainId} and k.id = ${key}::uuid
    and k.revoked_at is null and (k.exp is null or k.exp > (select app_now())) for no key update))`;
}

/** The same for the query builder. */
export function whileGood(domainId: DomainId, key: ActingKey) {
  return sql`(${key}::uuid is null or exists (select 1 from api_keys k where k.domain_id = ${domainId}::uuid and k.id = ${key}::uuid
    and k.revoked_at is null and (k.exp is null or k.exp > (select app_now())) for no key update))`;
}

const liveText = `select k.id from api_keys k where k.domain_id = $1::uuid and k.id = ${anyOf('$2::uuid[]')}
  and k.revoked_at is null and (k.exp is null or k.exp > (select app_now()))`;

/** Which of these keys have ended. A key that never existed counts as ended. @throws DatabaseError */
export async function findEndedKeys(
  { query }: Pick<Database, 'query'>,
  domainId: DomainId,
  ids: readonly ApiKeyId[],
): Promise<ReadonlySet<ApiKeyId>> {
  const live = await query<{ readonly id: ApiKeyId }>(liveText, [domainId, [...ids]]);
  const good = new Set(live.map(({ id }) => id));
  return new Set(ids.filter((id) => !good.has(id)));
}

/** Called after a statement with `keyIsGood` has changed nothing: the key may be the reason. @throws CredentialEnded, DatabaseError */
export async function requireGoodKey(
  database: Pick<Database, 'query'>,
  domainId: DomainId,
  key: ActingKey,
): Promise<void> {
  if (key !== null && (await findEndedKeys(database, domainId, [key])).size > 0) throw new CredentialEnded();
}
