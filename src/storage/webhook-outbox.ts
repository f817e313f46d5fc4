import { type AfterAttempt, switchOffAfterSeconds, type WebhookDeliveryStatus } from '../rules/webhook.ts';
import type { Database } from './postgres/database.ts';

/** One delivery, which a worker may send until the lease is over. `attempts` identifies the lease: it grows with each claim. */
export interface ClaimedDelivery {
  readonly domainId: string;
  readonly id: string;
  readonly webhookId: string;
  readonly attempts: number;
  /** JSON, the same text at each attempt. */
  readonly body: string;
  readonly url: string;
  readonly secretSealed: Buffer;
  /** Null: no rotation, or its overlap is over. */
  readonly previousSecretSealed: Buffer | null;
}

export interface ClaimRequest {
  /** Endpoints with a failed last attempt are served separately, so that endpoints that answer never wait for them. */
  readonly isFailing: boolean;
  readonly limit: number;
  /** How many deliveries to one endpoint may be under way at once, in all processes together. */
  readonly perWebhook: number;
  readonly leaseSeconds: number;
}

export interface QueueSize {
  /** How many deliveries wait, counted up to 100,000. */
  readonly pending: number;
  /** For how long the oldest due delivery has waited. Seconds. */
  readonly lagSeconds: number;
}

/** The deliveries to send. Every method is one statement, and any number of processes work on them. @throws DatabaseError */
export interface WebhookOutbox {
  /** Claims due deliveries: endpoints in turn, the oldest first. A delivery with an expired lease is due again. */
  readonly claim: (request: ClaimRequest) => Promise<readonly ClaimedDelivery[]>;
  /** Records the result, if the lease still holds. A webhook that is gone, or has failed for five days, is switched off. */
  readonly finish: (
    claimed: ClaimedDelivery,
    after: AfterAttempt,
    responseStatus: number | null,
  ) => Promise<{ readonly isKept: boolean; readonly isSwitchedOff: boolean }>;
  /** Gives a lease back: another process may try at once. */
  readonly release: (claimed: ClaimedDelivery) => Promise<void>;
  /** Ends deliveries that wait for webhooks that were switched off or deleted. Returns how many; `limit` means that there may be more. */
  readonly endAbandoned: (limit: number) => Promise<number>;
  /** Deletes deliveries that ended this long ago, and deleted webhooks. Returns how many deliveries; `limit` means that there may be more. */
  readonly forget: (olderThanDays: number, limit: number) => Promise<number>;
  readonly measure: () => Promise<QueueSize>;
}

// Steps from webhook to webhook in the index, however many deliveries each one has waiting.
const waitingWebhooks = `waiting(domain_id, webhook_id) as (
    (select d.domain_id, d.webhook_id from webhook_deliveries d where d.status = 'PENDING'
      order by d.domain_id, d.webhook_id limit 1)
    union all
    select n.domain_id, n.webhook_id from waiting cross join lateral (
      select d.domain_id, d.webhook_id from webhook_deliveries d
      where d.status = 'PENDING' and (d.domain_id, d.webhook_id) > (waiting.domain_id, waiting.webhook_id)
      order by d.domain_id, d.webhook_id limit 1
    ) n
  )`;

// A process writes "due now" by its own idea of the time, which may be a moment ahead of the database's clock.
const claim = `
  with recursive ${waitingWebhooks}, clock as materialized (
    select app_now() as now, app_now() + interval '100 milliseconds' as due_by,
      app_now() + make_interval(secs => $4::float8) as lease
  ), due as (
    select d.domain_id, d.id, d.next_attempt_at,
      row_number() over (partition by d.domain_id, d.webhook_id order by d.next_attempt_at) as turn
    from waiting
      join webhooks w on w.domain_id = waiting.domain_id and w.id = waiting.webhook_id
      cross join clock
      cross join lateral (
        select d.domain_id, d.webhook_id, d.id, d.next_attempt_at from webhook_deliveries d
        where d.domain_id = w.domain_id and d.webhook_id = w.id and d.status = 'PENDING' and d.next_attempt_at <= clock.due_by
        order by d.next_attempt_at
        limit greatest(0, $3::int - (
          select count(*) from webhook_deliveries l
          where l.domain_id = w.domain_id and l.webhook_id = w.id and l.leased_until > clock.now
        ))
        for no key update skip locked
      ) d
    where w.is_active and w.deleted_at is null and (w.failing_since is not null) = $1::boolean
      and (w.call_again_at is null or w.call_again_at <= clock.now)
    order by turn, d.next_attempt_at
    limit $2::int
  )
  update webhook_deliveries d
  set attempts = d.attempts + 1, leased_until = clock.lease, next_attempt_at = clock.lease
  from due, clock, webhooks w
  where d.domain_id = due.domain_id and d.id = due.id and w.domain_id = d.domain_id and w.id = d.webhook_id
  returning d.domain_id as "domainId", d.id, d.webhook_id as "webhookId", d.attempts, d.payload::text as body, w.url,
    w.secret_sealed as "secretSealed",
    case when w.previous_secret_until > clock.now then w.previous_secret_sealed end as "previousSecretSealed"`;

// $1 domain, $2 delivery, $3 attempts, $4 status, $5 response status, $6 delay, $7 rest, $8 gone, $9 five days
const finish = `
  with clock as materialized (select app_now() as now), done as (
    update webhook_deliveries d set
      status = $4::text, response_status = $5::int, leased_until = null,
      next_attempt_at = case when $4::text = 'PENDING' then clock.now + make_interval(secs => $6::float8) end,
      ended_at = case when $4::text <> 'PENDING' then clock.now end
    from clock
    where d.domain_id = $1::uuid and d.id = $2::uuid and d.attempts = $3::int and d.status = 'PENDING'
      and d.leased_until is not null
    returning d.domain_id, d.webhook_id
  ), healed as (
    update webhooks w set failing_since = null, call_again_at = null
    from done
    where $4::text = 'DELIVERED' and w.domain_id = done.domain_id and w.id = done.webhook_id
      and (w.failing_since is not null or w.call_again_at is not null)
  ), hurt as (
    update webhooks w set
      failing_since = coalesce(w.failing_since, clock.now),
      call_again_at = case when $7::float8 > 0 then greatest(w.call_again_at, clock.now + make_interval(secs => $7::float8))
        else w.call_again_at end,
      is_active = not $8::boolean and (w.failing_since is null or w.failing_since > clock.now - make_interval(secs => $9::float8))
    from done, clock
    where $4::text <> 'DELIVERED' and w.domain_id = done.domain_id and w.id = done.webhook_id and w.is_active
      and ($8::boolean or $7::float8 > 0 or w.failing_since is null
        or w.failing_since <= clock.now - make_interval(secs => $9::float8))
    returning w.is_active
  )
  select exists (select 1 from done) as "isKept", exists (select 1 from hurt where not is_active) as "isSwitchedOff"`;

const release = `
  update webhook_deliveries d set leased_until = null, next_attempt_at = app_now()
  where d.domain_id = $1::uuid and d.id = $2::uuid and d.attempts = $3::int and d.status = 'PENDING'
    and d.leased_until is not null`;

const endAbandoned = `
  with recursive ${waitingWebhooks}, abandoned as (
    select d.domain_id, d.id
    from waiting
      join webhooks w on w.domain_id = waiting.domain_id and w.id = waiting.webhook_id
      cross join lateral (
        select d.domain_id, d.id from webhook_deliveries d
        where d.domain_id = w.domain_id and d.webhook_id = w.id and d.status = 'PENDING'
          and (d.leased_until is null or d.leased_until <= app_now())
        limit $1::int
        for no key update skip locked
      ) d
    where not w.is_active or w.deleted_at is not null
    limit $1::int
  ), ended as (
    update webhook_deliveries d set status = 'FAILED', next_attempt_at = null, leased_until = null, ended_at = app_now()
    from abandoned where d.domain_id = abandoned.domain_id and d.id = abandoned.id
    returning 1
  )
  select count(*)::int as count from ended`;

const forget = `
  with clock as materialized (select app_now() - make_interval(days => $1::int) as before), old as (
    select d.domain_id, d.id from webhook_deliveries d where d.ended_at < (select before from clock)
    order by d.ended_at limit $2::int for update skip locked
  ), forgotten as (
    delete from webhook_deliveries d using old where d.domain_id = old.domain_id and d.id = old.id returning 1
  ), webhooks_ as (
    delete from webhooks w using clock
    where w.deleted_at < clock.before
      and not exists (select 1 from webhook_deliveries d where d.domain_id = w.domain_id and d.webhook_id = w.id)
  )
  select count(*)::int as count from forgotten`;

const measure = `
  with recursive ${waitingWebhooks}, heads as (
    select (select d.next_attempt_at from webhook_deliveries d
      where d.domain_id = waiting.domain_id and d.webhook_id = waiting.webhook_id and d.status = 'PENDING'
      order by d.next_attempt_at limit 1) as at
    from waiting
  )
  select
    (select count(*)::int from (select 1 from webhook_deliveries d where d.status = 'PENDING' limit 100000) p) as pending,
    (select coalesce(greatest(0, extract(epoch from app_now() - min(heads.at))), 0)::float8 from heads) as "lagSeconds"`;

export function createWebhookOutbox({ query }: Pick<Database, 'query'>): WebhookOutbox {
  const count = async (text: string, params: readonly number[]) => {
    const [row] = await query<{ readonly count: number }>(text, params);
    return row?.count ?? 0;
  };
  return {
    claim: ({ isFailing, limit, perWebhook, leaseSeconds }) =>
      query<ClaimedDelivery>(claim, [isFailing, limit, perWebhook, leaseSeconds]),
    finish: async ({ domainId, id, attempts }, after, responseStatus) => {
      const [row] = await query<{ readonly isKept: boolean; readonly isSwitchedOff: boolean }>(finish, [
        domainId,
        id,
        attempts,
        statusAfter(after),
        responseStatus,
        after.kind === 'RETRY' ? after.delaySeconds : 0,
        'restSeconds' in after ? after.restSeconds : 0,
        after.kind === 'GONE',
        switchOffAfterSeconds,
      ]);
      return row ?? { isKept: false, isSwitchedOff: false };
    },
    release: async ({ domainId, id, attempts }) => {
      await query(release, [domainId, id, attempts]);
    },
    endAbandoned: (limit) => count(endAbandoned, [limit]),
    forget: (olderThanDays, limit) => count(forget, [olderThanDays, limit]),
    measure: async () => {
      const [row] = await query<QueueSize>(measure, []);
      return row ?? { pending: 0, lagSeconds: 0 };
    },
  };
}

function statusAfter(after: AfterAttempt): WebhookDeliveryStatus {
  switch (after.kind) {
    case 'DELIVERED':
      return 'DELIVERED';
    case 'RETRY':
      return 'PENDING';
    case 'FAILED':
    case 'GONE':
      return 'FAILED';
    default:
      return after satisfies never;
  }
}
