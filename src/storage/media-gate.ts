import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';

/** How a look from outside was answered: by a refusal, by anything else, or not at all. */
export type GateSeen = 'REFUSAL' | 'OTHER' | 'NOTHING';

/** What is known of gates before media servers. Each method is one statement. @throws DatabaseError */
export interface MediaGateStorage {
  /** Media servers in use with a gate that nobody has begun to look at for so long: the caller looks now. */
  readonly claim: (
    notForSeconds: number,
  ) => Promise<readonly { readonly domainId: DomainId; readonly id: MediaServerId }[]>;
  /** The gate was asked about the token of this look. */
  readonly noteAsked: (domainId: DomainId, id: MediaServerId, look: string) => Promise<void>;
  /** What a look saw. The answer is what is believed from now on, see `gateHolds`. */
  readonly noteSeen: (domainId: DomainId, id: MediaServerId, look: string, seen: GateSeen) => Promise<boolean | null>;
}

const claimText = `
  update media_servers m set gate_looked_at = (select app_now())
  where m.gate and m.ended_at is null
    and (m.gate_looked_at is null or m.gate_looked_at <= (select app_now() - make_interval(secs => $1::float8)))
  returning m.domain_id as "domainId", m.id`;
const noteAskedText = `update media_servers m set gate_asked_by = $3::uuid
  where m.domain_id = $1::uuid and m.id = $2::uuid and m.gate`;
const noteSeenText = `update media_servers m set gate_holds =
    case when $4::text = 'NOTHING' then null else $4::text = 'REFUSAL' and m.gate_asked_by is not distinct from $3::uuid end
  where m.domain_id = $1::uuid and m.id = $2::uuid and m.gate returning m.gate_holds as holds`;

export function createMediaGateStorage({ query }: Pick<Database, 'query'>): MediaGateStorage {
  return {
    claim: (notForSeconds) => query(claimText, [notForSeconds]),
    noteAsked: async (domainId, id, look) => {
      await query(noteAskedText, [domainId, id, look]);
    },
    noteSeen: async (domainId, id, look, seen) => {
      const rows = await query<{ readonly holds: boolean | null }>(noteSeenText, [domainId, id, look, seen]);
      return rows[0]?.holds ?? null;
    },
  };
}
