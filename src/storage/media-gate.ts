import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';

/** What is known of gates before media servers. Each method is one statement. @throws DatabaseError */
export interface MediaGateStorage {
  /** Media servers in use with a gate that nobody has begun to look at in this time, 200 at most: the caller looks now. */
  readonly claim: (
    notForSeconds: number,
  ) => Promise<readonly { readonly domainId: DomainId; readonly id: MediaServerId }[]>;
  /** Somebody looks at this one now, so that nobody else begins to. */
  readonly begin: (domainId: DomainId, id: MediaServerId) => Promise<void>;
  /** The gate was asked about the token of this look. */
  readonly noteAsked: (domainId: DomainId, id: MediaServerId, look: string) => Promise<void>;
  /** Was the gate asked about this very look, and about none since? */
  readonly wasAsked: (domainId: DomainId, id: MediaServerId, look: string) => Promise<boolean>;
  /** What looks have seen is believed from now on, see `gateHolds`. */
  readonly noteSeen: (domainId: DomainId, id: MediaServerId, holds: boolean | null) => Promise<void>;
}

const isDue = (server: string) => `${server}.gate and ${server}.ended_at is null and (${server}.gate_looked_at is null
    or ${server}.gate_looked_at <= (select app_now() - make_interval(secs => $1::float8)))`;
// What another process has claimed meanwhile is not due any more.
const claimText = `
  update media_servers m set gate_looked_at = (select app_now())
  where ${isDue('m')} and (m.domain_id, m.id) in (
    select o.domain_id, o.id from media_servers o where ${isDue('o')} order by o.gate_looked_at nulls first limit 200)
  returning m.domain_id as "domainId", m.id`;
const beginText = `update media_servers m set gate_looked_at = (select app_now()) where m.domain_id = $1::uuid and m.id = $2::uuid`;
const noteAskedText = `update media_servers m set gate_asked_by = $3::uuid
  where m.domain_id = $1::uuid and m.id = $2::uuid and m.gate`;
const wasAskedText = `select 1 from media_servers m
  where m.domain_id = $1::uuid and m.id = $2::uuid and m.gate_asked_by = $3::uuid`;
const noteSeenText = `update media_servers m set gate_holds = $3::boolean
  where m.domain_id = $1::uuid and m.id = $2::uuid and m.gate`;

export function createMediaGateStorage({ query }: Pick<Database, 'query'>): MediaGateStorage {
  return {
    claim: (notForSeconds) => query(claimText, [notForSeconds]),
    begin: async (domainId, id) => {
      await query(beginText, [domainId, id]);
    },
    noteAsked: async (domainId, id, look) => {
      await query(noteAskedText, [domainId, id, look]);
    },
    wasAsked: async (domainId, id, look) => (await query(wasAskedText, [domainId, id, look])).length > 0,
    noteSeen: async (domainId, id, holds) => {
      await query(noteSeenText, [domainId, id, holds]);
    },
  };
}
