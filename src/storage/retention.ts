import type { DomainId } from '../rules/ids.ts';
import type { Database, Param } from './postgres/database.ts';
import { and, eq, inArray } from './postgres/orm.ts';
import { revocations, tokenUses } from './tables/index.ts';

export interface RetentionStorage {
  readonly listDomains: () => Promise<readonly DomainId[]>;
  /** Deletes what has been kept long enough, a bounded part at a time. */
  readonly sweep: () => Promise<void>;
}

const batch = 1_000;

// A subquery, so that the clock is read once and the value can be looked up in an index. The deletes below take the rows in the order of
// that index, so that the planner does not look for another way.
const before = '(select app_now() - make_interval(days => $1::int))';
const anHourAgo = `(select app_now() - interval '1 hour')`;
const mayKnockAgain = '(knock_again_at is null or knock_again_at < (select app_now()))';

/** Deletes the rows of a table that ended before that instant, the oldest first. */
function oldest(table: string, key: string, over: string, { until = before, also = '' } = {}): string {
  return `delete from ${table} where (${key}) in (select ${key} from ${table} where ${over} < ${until}${also} order by ${over} limit ${batch})`;
}

const forgetTokensText = `${oldest('meeting_tokens', 'domain_id, id', 'exp')} returning domain_id as "domainId", jti`;

/** What is kept, and for how long. @throws DatabaseError */
export function createRetentionStorage(
  { query, orm }: Pick<Database, 'query' | 'orm'>,
  days: number,
): RetentionStorage {
  const statements: readonly (readonly [text: string, ...params: Param[]])[] = [
    // A closed room goes with its record, its knocks, its participants and its bans.
    [oldest('rooms', 'domain_id, id', 'closed_at'), days],
    // Of a room that lives, the record is cut: cursors older than it get Resync.
    [oldest('room_events', 'domain_id, room_id, seq', 'at'), days],
    [oldest('knocks', 'domain_id, room_id, id', 'ended_at', { also: ` and ${mayKnockAgain}` }), days],
    [oldest('participants', 'domain_id, room_id, id', 'left_at'), days],
    [oldest('lobby_returns', 'domain_id, room_id, id', 'admitted_at'), days],
    [oldest('bans', 'domain_id, room_id, id', 'least(lifted_at, exp)'), days],
    [oldest('live_streams', 'domain_id, room_id, id', 'ended_at'), days],
    // The key that signs follows one of these, and is found without them.
    [oldest('signing_keys', 'domain_id, id', 'retired_at'), days],
    // What a media server was told of a room that is gone goes with it; one that was replaced is kept until its rooms are closed.
    [oldest('media_servers', 'domain_id, id', 'ended_at'), days],
    [oldest('media_webhooks', 'domain_id, id', 'seen_at', { until: anHourAgo })],
    [`delete from processes where swept_at < ${before}`, days],
    [`delete from budgets where at < ${anHourAgo}`],
  ];
  // Tokens that have expired for as long cannot be used, and neither how often they were used nor that they were revoked is remembered.
  const forgetTokens = async () => {
    const gone = await query<{ domainId: DomainId; jti: string }>(forgetTokensText, [days]);
    for (const [domainId, tokens] of Map.groupBy(gone, (token) => token.domainId)) {
      const jtis = tokens.map(({ jti }) => jti);
      await orm.delete(tokenUses).where(and(eq(tokenUses.domainId, domainId), inArray(tokenUses.jti, jtis)));
      await orm.delete(revocations).where(and(eq(revocations.domainId, domainId), inArray(revocations.jti, jtis)));
    }
  };
  return {
    listDomains: async () => (await query<{ id: DomainId }>('select id from domains', [])).map(({ id }) => id),
    sweep: async () => {
      for (const [text, ...params] of statements) await query(text, params);
      await forgetTokens();
    },
  };
}
