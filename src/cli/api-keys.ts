import type { ApiKey } from '../rules/domain.ts';
import type { DomainId } from '../rules/ids.ts';
import type { Installation } from './installation.ts';

const pageSize = 100;

/** All API keys of a domain, newest first: expired and revoked ones stay on record, and may be many. */
export async function listApiKeys({ storage }: Installation, domainId: DomainId): Promise<readonly ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const last = keys.at(-1);
    const from = last === undefined ? null : { at: last.createdAt, id: last.id };
    const { rows } = await storage.domains.listApiKeys(domainId, { limit: pageSize, direction: 'FORWARD', from });
    keys.push(...rows);
    if (rows.length < pageSize) return keys;
  }
}
