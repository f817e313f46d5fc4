import type { DomainId } from '../rules/ids.ts';
import type { Database, Param } from './postgres/database.ts';
import { anyOf } from './postgres/gathered-reads.ts';

export interface RetentionStorage {
  /**
   * Deletes what has been kept long enough: of each table the oldest 60,000 rows at most, a thousand in a statement.
   * @param goesOn false: what is left is left to the next time
   */
  readonly sweep: (goesOn?: () => boolean) => Promise<void>;
}

const batch = 1_000;
/** Once a minute, by whichever process: 86 million rows of each table in a day. */
const maxBatches = 60;

// A subquery, so that the clock is read once and the value can be looked up in an index. The deletes below take the rows in the order of
// that index, so that the planner does not look for another way.
const before = '(select app_now() - make_interval(days => $1::int))';
const anHourAgo = `(select app_now() - interval '1 hour')`;
const mayKnockAgain = '(knock_again_at is null or knock_again_at < (select app_now()))';

const someOf = (table: string, key: string, which: string) =>
  `delete from ${table} where (${key}) in (select ${key} from ${table} where ${which} limit ${batch}) returning 1 as gone`;

/** Deletes the rows of a table that ended before that instant, the oldest first. */
function oldest(table: string, key: string, over: string, { until = before, also = '' } = {}): string {
  return someOf(table, key, `${over} < ${until}${also} order by ${over}`);
}

// The tokens themselves go last: whoever is interrupted finds them again.
const oldTokensText = `select domain_id as "domainId", jti from meeting_tokens where exp < ${before} order by exp limit ${batch}`;
const ofTokens = ['token_uses', 'revocations', 'meeting_tokens'].map(
  (table) => `delete from ${table} where domain_id = $1::uuid and jti = ${anyOf('$2::text[]')}`,
);

/** What is kept, and for how long. @throws DatabaseError */
export function createRetentionStorage({ query }: Pick<Database, 'query'>, days: number): RetentionStorage {
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
    [someOf('processes', 'id', `swept_at < ${before}`), days],
    [someOf('budgets', 'key', `at < ${anHourAgo}`)],
  ];
  // Tokens that have expired for as long cannot be used, and neither how often they were used nor that they were revoked is remembered.
  const forgetTokens = async (): Promise<number> => {
    const old = await query<{ domainId: DomainId; jti: string }>(oldTokensText, [days]);
    for (const [domainId, tokens] of Map.groupBy(old, (token) => token.domainId)) {
      const jtis = tokens.map(({ jti }) => jti);
      for (const text of ofTokens) await query(text, [domainId, jtis]);
    }
    return old.length;
  };
  const parts = [
    ...statements.map(
      ([text, ...params]) =>
        async () =>
          (await query(text, params)).length,
    ),
    forgetTokens,
  ];
  return {
    sweep: async (goesOn = () => true) => {
      for (const forgetSome of parts) await repeatWhileFull(forgetSome, goesOn);
    },
  };
}

async function repeatWhileFull(forgetSome: () => Promise<number>, goesOn: () => boolean): Promise<void> {
  let gone = batch;
  for (let round = 0; round < maxBatches && gone === batch && goesOn(); round += 1) gone = await forgetSome();
}
