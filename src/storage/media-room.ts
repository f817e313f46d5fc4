import type { DomainId, MediaServerId, RoomId } from '../rules/ids.ts';
import { oldTokenMs } from '../rules/media-look.ts';
import { claimFairly, claimInTurn } from './claim-in-turn.ts';
import { withStream } from './participant.ts';
import type { Database } from './postgres/database.ts';

/** A room on a media server, that whoever claimed it is to look at before the lease is over. */
export interface ClaimedMediaRoom {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly mediaServerId: MediaServerId;
  /** As it was when the room was claimed: when the look is over, this much is done. */
  readonly wanted: number;
  readonly done: number;
  readonly watchUntil: Date | null;
  /** When somebody was last removed. */
  readonly removedAt: Date | null;
  /** Whoever had the room before let the lease run out: what was done there is not on record. */
  readonly isTakenOver: boolean;
  /** Tells this lease from any other. */
  readonly leasedUntil: Date;
}

/** What follows from a look. */
export interface MediaRoomOutcome {
  /** All that was wanted is carried out. Left undone: it could not be, and `lookAfterMs` says when to try again. */
  readonly isDone: boolean;
  /** When to look again, if nothing happens before. Milliseconds from now. */
  readonly lookAfterMs: number;
  /** Until when somebody may come back with an old token. */
  readonly watchUntil: Date | null;
  readonly removedAt: Date | null;
}

/** Rooms as they should be on media servers. Any number of processes work on them. @throws DatabaseError */
export interface MediaRoomStorage {
  /**
   * Takes what is to be looked at, what waits longest first: one statement finds the domains, one for each domain takes. A lease that
   * ran out is to be looked at again.
   * @param domains where to look. Left out: in all domains that have something due
   */
  readonly claim: (
    limit: number,
    leaseSeconds: number,
    domains?: readonly DomainId[],
  ) => Promise<readonly ClaimedMediaRoom[]>;
  /** Keeps a room that was claimed for so much longer. Null: the lease is over, and somebody else may have the room. */
  readonly renew: (claimed: ClaimedMediaRoom, leaseSeconds: number) => Promise<ClaimedMediaRoom | null>;
  /** Writes down what follows, if the lease still holds. What was wanted meanwhile is to be looked at now. */
  readonly finish: (claimed: ClaimedMediaRoom, outcome: MediaRoomOutcome) => Promise<boolean>;
  /** The room is closed on that media server, and is not to be looked at again; what was wanted meanwhile is. */
  readonly forget: (claimed: ClaimedMediaRoom) => Promise<boolean>;
  /** Somebody should look now: all rooms that are open on the domain's media server, or this one. */
  readonly lookNow: (domainId: DomainId, mediaServerId: MediaServerId, roomId: RoomId | null) => Promise<void>;
  /** Somebody in any of the domain's rooms may have fewer rights from now on: they are looked at now, and watched. */
  readonly watchAll: (domainId: DomainId) => Promise<void>;
  /**
   * Puts every room with somebody in it, or with a live stream that another media server had, on this one, and watches it: it may be one on
   * which others were put out before.
   */
  readonly open: (domainId: DomainId, mediaServerId: MediaServerId) => Promise<void>;
  /** Has these rooms closed on a media server, as far as they are this domain's and on record as closed. How many. */
  readonly closeAgain: (domainId: DomainId, mediaServerId: MediaServerId, ids: readonly RoomId[]) => Promise<number>;
  /** For how long what is wanted longest has not been carried out. Seconds. */
  readonly lagSeconds: () => Promise<number>;
}

/** What is due so soon is claimed already, so that a shorter wait is none. */
export const dueWithinMs = 100;
const isDue = `m.look_at <= (select app_now() + interval '${dueWithinMs} milliseconds')
      and (m.leased_until is null or m.leased_until <= (select app_now()))`;
/** In a subquery, as every clock in a SET is (docs/decisions/0027). */
const inSeconds = (param: string) =>
  `(select date_trunc('milliseconds', app_now() + make_interval(secs => ${param}::float8)))`;

// Where there is work, that which waits longest first.
const findDueText = `select m.domain_id as "domainId", count(*)::int as count from (
    select m.domain_id, m.look_at from media_rooms m where ${isDue} order by m.look_at limit $1::int) m
  group by m.domain_id order by min(m.look_at)`;
const claimText = `
  with due as (
    select m.room_id, m.media_server_id, m.leased_until is not null as is_taken_over from media_rooms m
    where m.domain_id = $1::uuid and ${isDue}
    order by m.look_at limit $2::int for no key update skip locked
  )
  update media_rooms m set leased_until = ${inSeconds('$3')}
  from due
  where m.domain_id = $1::uuid and m.room_id = due.room_id and m.media_server_id = due.media_server_id
  returning m.domain_id as "domainId", m.room_id as "roomId", m.media_server_id as "mediaServerId", m.wanted, m.done,
    m.watch_until as "watchUntil", m.removed_at as "removedAt", due.is_taken_over as "isTakenOver",
    m.leased_until as "leasedUntil"`;

const isClaimed = `m.domain_id = $1::uuid and m.room_id = $2::uuid and m.media_server_id = $3::uuid
    and m.leased_until = $4::timestamptz`;
const renewText = `
  update media_rooms m set leased_until = ${inSeconds('$5')}
  where ${isClaimed}
  returning m.leased_until as "leasedUntil"`;
const finishText = `
  update media_rooms m set leased_until = null,
    watch_until = case when m.wanted > $5::bigint then greatest(m.watch_until, $7::timestamptz) else $7::timestamptz end,
    removed_at = $9::timestamptz, done = case when $6::boolean then $5::bigint else m.done end,
    look_at = case when m.wanted > $5::bigint then (select app_now()) else (select app_now() + make_interval(secs => $8::float8)) end
  where ${isClaimed}
  returning m.room_id`;
const forgetText = `
  with claimed as (
    update media_rooms m set leased_until = null, look_at = (select app_now()) where ${isClaimed} and m.wanted > $5::bigint
  )
  delete from media_rooms m where ${isClaimed} and m.wanted = $5::bigint returning m.room_id`;

const lookNowText = `
  update media_rooms m set wanted = m.wanted + 1, look_at = (select app_now()),
    wanted_at = case when m.wanted > m.done then m.wanted_at else (select app_now()) end
  where m.domain_id = $1::uuid and m.media_server_id = $2::uuid and ($3::uuid is null or m.room_id = $3::uuid)`;
const watchAllText = `
  update media_rooms m set wanted = m.wanted + 1, look_at = (select app_now()), watch_until = ${inSeconds('$2')},
    wanted_at = case when m.wanted > m.done then m.wanted_at else (select app_now()) end
  where m.domain_id = $1::uuid`;
/** For the row that is there already: whatever waits there has waited since then, and what was carried out before counts no more. */
export const waitsSince = `wanted_at = case when media_rooms.wanted > media_rooms.done then media_rooms.wanted_at else excluded.wanted_at end`;
const openText = `
  insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at, watch_until)
  select $1::uuid, used.room_id, $2::uuid, (select app_now()), (select app_now()), ${inSeconds('$3')} from (
    select p.room_id from participants p where p.domain_id = $1::uuid and p.left_at is null
    union ${withStream}) used
  on conflict (domain_id, room_id, media_server_id) do update set wanted = media_rooms.wanted + 1, look_at = excluded.look_at,
    watch_until = excluded.watch_until, ${waitsSince}`;
const closeAgainText = `
  insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at)
  select $1::uuid, r.id, $2::uuid, (select app_now()), (select app_now()) from rooms r
  where r.domain_id = $1::uuid and r.id = any ($3::uuid[]) and r.closed_at is not null
  on conflict (domain_id, room_id, media_server_id) do update set wanted = media_rooms.wanted + 1, look_at = excluded.look_at,
    ${waitsSince}
  returning room_id`;
const lagText = `select coalesce(greatest(0, extract(epoch from app_now() - min(m.wanted_at))), 0)::float8 as lag
  from media_rooms m where m.wanted > m.done`;

interface DueInDomain {
  readonly domainId: DomainId;
  readonly count: number;
}

export function createMediaRoomStorage({ query }: Pick<Database, 'query'>): MediaRoomStorage {
  const leaseOf = ({ domainId, roomId, mediaServerId, leasedUntil, wanted }: ClaimedMediaRoom) =>
    [domainId, roomId, mediaServerId, leasedUntil, wanted] as const;
  return {
    claim: async (limit, leaseSeconds, domains) => {
      const claim = (domainId: DomainId, most: number) =>
        query<ClaimedMediaRoom>(claimText, [domainId, most, leaseSeconds]);
      if (domains !== undefined) return claimFairly(domains, limit, claim);
      const due = await query<DueInDomain>(findDueText, [limit]);
      return claimInTurn(due, ({ domainId, count }) => claim(domainId, count));
    },
    renew: async (claimed, leaseSeconds) => {
      const { domainId, roomId, mediaServerId, leasedUntil } = claimed;
      const params = [domainId, roomId, mediaServerId, leasedUntil, leaseSeconds];
      const [row] = await query<Pick<ClaimedMediaRoom, 'leasedUntil'>>(renewText, params);
      return row === undefined ? null : { ...claimed, ...row };
    },
    finish: async (claimed, { isDone, lookAfterMs, watchUntil, removedAt }) =>
      (await query(finishText, [...leaseOf(claimed), isDone, watchUntil, lookAfterMs / 1000, removedAt])).length > 0,
    forget: async (claimed) => (await query(forgetText, leaseOf(claimed))).length > 0,
    lookNow: async (domainId, mediaServerId, roomId) => {
      await query(lookNowText, [domainId, mediaServerId, roomId]);
    },
    watchAll: async (domainId) => {
      await query(watchAllText, [domainId, oldTokenMs / 1000]);
    },
    open: async (domainId, mediaServerId) => {
      await query(openText, [domainId, mediaServerId, oldTokenMs / 1000]);
    },
    closeAgain: async (domainId, mediaServerId, ids) =>
      (await query(closeAgainText, [domainId, mediaServerId, ids])).length,
    lagSeconds: async () => {
      const [row] = await query<{ readonly lag: number }>(lagText, []);
      return row?.lag ?? 0;
    },
  };
}
