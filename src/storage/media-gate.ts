import type { DomainId, MediaServerId } from '../rules/ids.ts';
import { claimInTurn } from './claim-in-turn.ts';
import type { Database } from './postgres/database.ts';

/** What is known of gates before media servers. Each method is one statement, a claim one for each domain besides. @throws DatabaseError */
export interface MediaGateStorage {
  /** Media servers in use with a gate that nobody has begun to look at in this time, of 200 domains at most: the caller looks now. */
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

const isDue = `m.gate and m.ended_at is null
    and (m.gate_looked_at is null or m.gate_looked_at <= (select app_now() - make_interval(secs => $1::float8)))`;
// Nothing is written where nothing is due: a write that looks through all domains is a transaction of every machine.
const dueText = `select distinct m.domain_id as "domainId" from media_servers m where ${isDue} limit 200`;
// What another process has claimed meanwhile is not due any more.
const claimText = `
  update media_servers m set gate_looked_at = (select app_now())
  where m.domain_id = $2::uuid and ${isDue}
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
    claim: async (notForSeconds) => {
      const due = await query<{ readonly domainId: DomainId }>(dueText, [notForSeconds]);
      return claimInTurn(due, ({ domainId }) => query(claimText, [notForSeconds, domainId]));
    },
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
