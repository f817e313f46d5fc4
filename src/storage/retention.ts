import type { DomainId } from '../rules/ids.ts';
import type { Database, Param } from './postgres/database.ts';
import { DatabaseError } from './postgres/error.ts';
import { anyOf } from './postgres/gathered-reads.ts';
import { isNoted } from './token-facts.ts';

export interface RetentionStorage {
  /**
   * Deletes what has been kept long enough: of each table the oldest 60,000 rows at most, a thousand in a statement, or as many as the
   * database deletes in time. What goes wrong in one table is reported, and holds up no other.
   * @param goesOn false: what is left is left to the next time
   */
  readonly sweep: (goesOn?: () => boolean) => Promise<void>;
}

/** Rows of a statement. */
const wholeBatch = 1_000;
/** Once a minute, by whichever process: 86 million rows of each table in a day. */
const maxBatches = 60;

// A subquery, so that the clock is read once and the value can be looked up in an index. The deletes below take the rows in the order of
// that index, so that the planner does not look for another way.
const before = '(select app_now() - make_interval(days => $1::int))';
const anHourAgo = `(select app_now() - interval '1 hour')`;
const mayKnockAgain = '(knock_again_at is null or knock_again_at < (select app_now()))';

/** A text for each number of rows: the planner knows it then. */
type TextFor = (limit: number) => string;

const someOf =
  (table: string, key: string, which: string): TextFor =>
  (limit) =>
    `delete from ${table} where (${key}) in (select ${key} from ${table} where ${which} limit ${limit}) returning 1 as gone`;

/** Deletes the rows of a table that ended before that instant, the oldest first. */
function oldest(table: string, key: string, over: string, { until = before, also = '' } = {}): TextFor {
  return someOf(table, key, `${over} < ${until}${also} order by ${over}`);
}

// The tokens themselves go last: whoever is interrupted finds them again.
const oldTokens: TextFor = (limit) =>
  `select domain_id as "domainId", jti, self_signed as "selfSigned", max_uses is not null as "isCounted"
    from meeting_tokens where exp < ${before} order by exp limit ${limit}`;
const ofTokens = (table: string) => `delete from ${table} where domain_id = $1::uuid and jti = ${anyOf('$2::text[]')}`;
// The revocations are compared with the instant at which the record was revoked, and cover nothing that was signed after themselves.
const noteRevoked = `insert into revocations (domain_id, id, jti, revoked_at)
  select $1::uuid, gen_random_uuid(), t.jti, t.revoked_at
  from (select m.jti, m.room_name as "roomName", m.user_id as "userId", m.revoked_at, m.revoked_at as iat from meeting_tokens m
    where m.domain_id = $1::uuid and m.jti = ${anyOf('$2::text[]')} and m.self_signed and m.revoked_at is not null) t
  where ${isNoted('t', '$1::uuid', '0 seconds')} is null`;

interface OldToken {
  readonly domainId: DomainId;
  readonly jti: string;
  readonly selfSigned: boolean;
  /** It may be used so many times. */
  readonly isCounted: boolean;
}

/**
 * Forgets tokens that have expired for as long, and with those that the service signed how often they were used, and that they were revoked.
 * Of one that a domain's backend signed the record's exp is not the last word: where it names none the domain does, which may think
 * again, and another token may have the same jti. So its revocation stays, as a note, and its uses stay with their room where they count.
 */
function forgetTokens({ query }: Pick<Database, 'query'>, days: number): ForgetSome {
  return async (limit) => {
    const old = await query<OldToken>(oldTokens(limit), [days]);
    for (const [domainId, tokens] of Map.groupBy(old, (token) => token.domainId)) {
      const jtisOf = (some: readonly OldToken[]) => some.map(({ jti }) => jti);
      const own = tokens.filter(({ selfSigned }) => !selfSigned);
      const uncounted = tokens.filter(({ selfSigned, isCounted }) => !selfSigned || !isCounted);
      await query(noteRevoked, [domainId, jtisOf(tokens)]);
      await query(ofTokens('token_uses'), [domainId, jtisOf(uncounted)]);
      await query(ofTokens('revocations'), [domainId, jtisOf(own)]);
      await query(ofTokens('meeting_tokens'), [domainId, jtisOf(tokens)]);
    }
    return old.length;
  };
}

/** What is kept, and for how long. */
export function createRetentionStorage(
  { query }: Pick<Database, 'query'>,
  days: number,
  onError: (error: unknown) => void,
): RetentionStorage {
  const statements: readonly (readonly [text: TextFor, ...params: Param[]])[] = [
    // Of a room that lives, the record is cut: cursors older than it get Resync.
    [oldest('room_events', 'domain_id, room_id, seq', 'at'), days],
    [oldest('knocks', 'domain_id, room_id, id', 'ended_at', { also: ` and ${mayKnockAgain}` }), days],
    [oldest('participants', 'domain_id, room_id, id', 'left_at'), days],
    [oldest('lobby_returns', 'domain_id, room_id, id', 'admitted_at'), days],
    [oldest('bans', 'domain_id, room_id, id', 'least(lifted_at, exp)'), days],
    [oldest('live_streams', 'domain_id, room_id, id', 'ended_at'), days],
    // The key that signs follows one of these, and is found without them. One that ended before its time names no last token, and stays: what
    // it signed was written down with the sessions and knocks that came in with it.
    [oldest('signing_keys', 'domain_id, id', 'retired_at', { also: ' and last_token_exp is not null' }), days],
    // What a media server was told of a room that is gone goes with it; one that was replaced is kept so long for its rooms to be closed.
    [oldest('media_servers', 'domain_id, id', 'ended_at'), days],
    [oldest('media_webhooks', 'domain_id, id', 'seen_at', { until: anHourAgo })],
    [someOf('processes', 'id', `swept_at < ${before}`), days],
    [someOf('budgets', 'key', `at < ${anHourAgo}`)],
    // A closed room goes with what is left of its record, its knocks, its participants and its bans: last, when those above have cut them.
    // It closes at its exp and is over when the last person has left, which is written then.
    [oldest('rooms', 'domain_id, id', 'closed_at', { also: ` and is_over and updated_at < ${before}` }), days],
  ];
  const parts: readonly ForgetSome[] = [
    forgetTokens({ query }, days),
    ...statements.map(
      ([text, ...params]): ForgetSome =>
        async (limit) =>
          (await query(text(limit), params)).length,
    ),
  ];
  return {
    sweep: async (goesOn = () => true) => {
      for (const forgetSome of parts) await repeatWhileFull(forgetSome, goesOn).catch(onError);
    },
  };
}

/** Deletes so many rows at most, and answers how many there were. */
type ForgetSome = (limit: number) => Promise<number>;

async function repeatWhileFull(forgetSome: ForgetSome, goesOn: () => boolean): Promise<void> {
  let [limit, gone] = [wholeBatch, wholeBatch];
  for (let round = 0; round < maxBatches && gone === limit && goesOn(); round += 1) {
    try {
      gone = await forgetSome(limit);
    } catch (error) {
      if (limit === 1 || !tookTooLong(error)) throw error;
      // Much hangs on these rows. Fewer at a time are gone in time.
      limit = gone = Math.ceil(limit / 2);
    }
  }
}

function tookTooLong(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '57014';
}
