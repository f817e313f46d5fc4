import type { DomainId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';

export interface RetentionStorage {
  readonly listDomains: () => Promise<readonly DomainId[]>;
  /** Lets go of what has been kept long enough, a bounded part at a time. */
  readonly sweep: () => Promise<void>;
}

const batch = 1_000;

/** What is kept, and for how long. @throws DatabaseError */
export function createRetentionStorage(database: Database, days: number): RetentionStorage {
  // Asked once for the statement, so that it can be looked up in an index; in its order, so that the planner does not try luck.
  const before = `(select app_now() - make_interval(days => $1::int))`;
  const statements = [
    // A closed room goes with its record, its knocks, its participants and its bans.
    `delete from rooms where (domain_id, id) in (select domain_id, id from rooms where closed_at < ${before} order by closed_at limit ${batch})`,
    // Of a room that lives, the record is cut: cursors older than it get Resync.
    `delete from room_events where (domain_id, room_id, seq) in
       (select domain_id, room_id, seq from room_events where at < ${before} order by at limit ${batch})`,
    `delete from knocks where (domain_id, room_id, id) in (select domain_id, room_id, id from knocks
       where ended_at < ${before} and (knock_again_at is null or knock_again_at < app_now()) order by ended_at limit ${batch})`,
    `delete from participants where (domain_id, room_id, id) in
       (select domain_id, room_id, id from participants where left_at < ${before} order by left_at limit ${batch})`,
    // Tokens that have expired for as long cannot be used, and need not be remembered as revoked.
    `delete from meeting_tokens where (domain_id, id) in
       (select domain_id, id from meeting_tokens where exp < ${before} order by exp limit ${batch})`,
    `delete from lobby_returns where (domain_id, room_id, id) in
       (select domain_id, room_id, id from lobby_returns where admitted_at < ${before} order by admitted_at limit ${batch})`,
    // What a media server was told of a room that is gone goes with it; one that was replaced is kept until its rooms are closed.
    `delete from media_servers where (domain_id, id) in
       (select domain_id, id from media_servers where ended_at < ${before} order by ended_at limit ${batch})`,
    `delete from media_webhooks where (domain_id, id) in (select domain_id, id from media_webhooks
       where seen_at < (select app_now() - interval '1 hour') and $1::int is not null order by seen_at limit ${batch})`,
    `delete from processes where swept_at < ${before}`,
    `delete from budgets where at < (select app_now() - interval '1 hour') and $1::int is not null`,
  ];
  return {
    listDomains: async () => (await database.query<{ id: DomainId }>('select id from domains', [])).map(({ id }) => id),
    sweep: async () => {
      for (const statement of statements) await database.query(statement, [days]);
    },
  };
}
