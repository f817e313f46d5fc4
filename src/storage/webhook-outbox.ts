import type { DomainId } from '../rules/ids.ts';
import { type AfterAttempt, switchOffAfterSeconds, type WebhookDeliveryStatus } from '../rules/webhook.ts';
import { claimFairly, rotated } from './claim-in-turn.ts';
import type { Database } from './postgres/database.ts';

/** One delivery, which a worker may send until the lease is over. `attempts` identifies the lease: it grows with each claim. */
export interface ClaimedDelivery {
  readonly domainId: DomainId;
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
  /** Where to look. Left out: in all domains that have something due. */
  readonly domains?: readonly DomainId[];
}

/** A domain that has something due, for endpoints that failed last time or for the others. */
export interface DueDomain {
  readonly domainId: DomainId;
  readonly isFailing: boolean;
}

export interface QueueSize {
  /** How many deliveries wait, counted up to 100,000. */
  readonly pending: number;
  /** For how long the oldest due delivery has waited. Seconds. */
  readonly lagSeconds: number;
}

/** The deliveries to send, of which each domain has its own. Any number of processes work on them. @throws DatabaseError */
export interface WebhookOutbox {
  /** Where something is due, of all domains, for endpoints of both kinds. */
  readonly findDue: () => Promise<readonly DueDomain[]>;
  /**
   * Claims due deliveries: domains and endpoints in turn, the oldest first. A delivery with an expired lease is due again. Each domain is
   * one statement.
   */
  readonly claim: (request: ClaimRequest) => Promise<readonly ClaimedDelivery[]>;
  /** Records the result, if the lease still holds. A webhook that is gone, or has failed for five days, is switched off. */
  readonly finish: (
    claimed: ClaimedDelivery,
    after: AfterAttempt,
    responseStatus: number | null,
  ) => Promise<{ readonly isKept: boolean; readonly isSwitchedOff: boolean }>;
  /** Gives a lease back: another process may try at once. */
  readonly release: (claimed: ClaimedDelivery) => Promise<void>;
  /** Ends deliveries that wait for webhooks that were switched off or deleted, of one domain or of all. Returns how many; `limit` means that there may be more. */
  readonly endAbandoned: (limit: number, domainId?: DomainId) => Promise<number>;
  /** Deletes deliveries that ended this long ago, and deleted webhooks. Returns how many deliveries; `limit` means that there may be more. */
  readonly forget: (olderThanDays: number, limit: number) => Promise<number>;
  readonly measure: () => Promise<QueueSize>;
}

const stillWaits = `d.status = 'PENDING' and (d.leased_until is null or d.leased_until <= (select app_now()))`;
// A process writes "due now" by its own idea of the time, which may be a moment ahead of the database's clock.
const dueBy = `(select app_now() + interval '100 milliseconds')`;
const mayBeCalled = `w.is_active and w.deleted_at is null
    and (w.call_again_at is null or w.call_again_at <= (select app_now()))`;

// From webhook to webhook, of which there are few, however many deliveries each one has waiting: by an index each. A planner would turn
// EXISTS into a join, and read all that wait.
const firstOf = `(select min(d.next_attempt_at) from webhook_deliveries d
    where d.domain_id = w.domain_id and d.webhook_id = w.id and d.status = 'PENDING')`;
const findDue = `
  select distinct w.domain_id as "domainId", w.failing_since is not null as "isFailing" from webhooks w
  where ${mayBeCalled} and ${firstOf} <= ${dueBy}`;

const claim = `
  with due as (
    select d.id, d.next_attempt_at, row_number() over (partition by d.webhook_id order by d.next_attempt_at) as turn
    from webhooks w cross join lateral (
        select d.webhook_id, d.id, d.next_attempt_at from webhook_deliveries d
        where d.domain_id = $2::uuid and d.webhook_id = w.id and d.status = 'PENDING' and d.next_attempt_at <= ${dueBy}
        order by d.next_attempt_at
        limit greatest(0, $4::int - (
          select count(*) from webhook_deliveries l
          where l.domain_id = $2::uuid and l.webhook_id = w.id and l.leased_until > (select app_now())
        ))
        for no key update skip locked
      ) d
    where w.domain_id = $2::uuid and ${mayBeCalled} and (w.failing_since is not null) = $1::boolean
    order by turn, d.next_attempt_at
    limit $3::int
  ), lease as materialized (select app_now() + make_interval(secs => $5::float8) as until)
  update webhook_deliveries d
  set attempts = d.attempts + 1, leased_until = lease.until, next_attempt_at = lease.until
  from due, lease, webhooks w
  where d.domain_id = $2::uuid and d.id = due.id and w.domain_id = $2::uuid and w.id = d.webhook_id
  returning d.domain_id as "domainId", d.id, d.webhook_id as "webhookId", d.attempts, d.payload::text as body, w.url,
    w.secret_sealed as "secretSealed",
    case when w.previous_secret_until > (select app_now()) then w.previous_secret_sealed end as "previousSecretSealed"`;

// $1 domain, $2 delivery, $3 attempts, $4 status, $5 response status, $6 delay, $7 rest, $8 gone, $9 five days
const finish = `
  with done as (
    update webhook_deliveries d set
      status = $4::text, response_status = $5::int, leased_until = null,
      next_attempt_at = case when $4::text = 'PENDING' then (select app_now() + make_interval(secs => $6::float8)) end,
      ended_at = case when $4::text <> 'PENDING' then (select app_now()) end
    where d.domain_id = $1::uuid and d.id = $2::uuid and d.attempts = $3::int and d.status = 'PENDING'
      and d.leased_until is not null
    returning d.webhook_id
  ), healed as (
    update webhooks w set failing_since = null, call_again_at = null
    from done
    where $4::text = 'DELIVERED' and w.domain_id = $1::uuid and w.id = done.webhook_id
      and (w.failing_since is not null or w.call_again_at is not null)
  ), hurt as (
    update webhooks w set
      failing_since = coalesce(w.failing_since, (select app_now())),
      call_again_at = case when $7::float8 > 0
        then greatest(w.call_again_at, (select app_now() + make_interval(secs => $7::float8))) else w.call_again_at end,
      is_active = not $8::boolean
        and (w.failing_since is null or w.failing_since > (select app_now() - make_interval(secs => $9::float8)))
    from done
    where $4::text <> 'DELIVERED' and w.domain_id = $1::uuid and w.id = done.webhook_id and w.is_active
      and ($8::boolean or $7::float8 > 0 or w.failing_since is null
        or w.failing_since <= (select app_now() - make_interval(secs => $9::float8)))
    returning w.is_active
  )
  select exists (select 1 from done) as "isKept", exists (select 1 from hurt where not is_active) as "isSwitchedOff"`;

const release = `
  update webhook_deliveries d set leased_until = null, next_attempt_at = (select app_now())
  where d.domain_id = $1::uuid and d.id = $2::uuid and d.attempts = $3::int and d.status = 'PENDING'
    and d.leased_until is not null`;

const findAbandoned = `
  select distinct w.domain_id as "domainId" from webhooks w
  where (not w.is_active or w.deleted_at is not null)
    and ${firstOf} is not null`;

const endAbandoned = `
  with abandoned as (
    select d.id from webhooks w cross join lateral (
      select d.id from webhook_deliveries d where d.domain_id = $1::uuid and d.webhook_id = w.id and ${stillWaits}
      order by d.next_attempt_at limit $2::int
      for no key update skip locked
    ) d
    where w.domain_id = $1::uuid and (not w.is_active or w.deleted_at is not null)
    limit $2::int
  )
  update webhook_deliveries d set status = 'FAILED', next_attempt_at = null, leased_until = null, ended_at = (select app_now())
  from abandoned where d.domain_id = $1::uuid and d.id = abandoned.id
  returning d.id`;

const before = '(select app_now() - make_interval(days => $1::int))';
const forgetDeliveries = `
  delete from webhook_deliveries where (domain_id, id) in (
    select domain_id, id from webhook_deliveries where ended_at < ${before} order by ended_at limit $2::int)
  returning id`;
const forgetWebhooks = `
  delete from webhooks where (domain_id, id) in (select w.domain_id, w.id from webhooks w where w.deleted_at < ${before}
    and not exists (select from webhook_deliveries d where d.domain_id = w.domain_id and d.webhook_id = w.id) limit $2::int)`;

// Of so many at most, whatever has piled up.
const measure = `
  select count(*)::int as pending,
    coalesce(greatest(0, extract(epoch from (select app_now()) - min(p.next_attempt_at))), 0)::float8 as "lagSeconds"
  from (select d.next_attempt_at from webhook_deliveries d where d.status = 'PENDING'
    order by d.domain_id, d.webhook_id, d.next_attempt_at limit 100000) p`;

export function createWebhookOutbox({ query }: Pick<Database, 'query'>): WebhookOutbox {
  const placesOf = (found: readonly { readonly domainId: DomainId }[]) => found.map(({ domainId }) => domainId);
  const findDueNow = () => query<DueDomain>(findDue, []);
  let turn = 0;
  return {
    findDue: findDueNow,
    claim: async ({ isFailing, limit, perWebhook, leaseSeconds, domains }) => {
      const due = domains ?? placesOf((await findDueNow()).filter((found) => found.isFailing === isFailing));
      return claimFairly(rotated(due, turn++), limit, (domainId, share) =>
        query<ClaimedDelivery>(claim, [isFailing, domainId, share, perWebhook, leaseSeconds]),
      );
    },
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
    endAbandoned: async (limit, domainId) => {
      const places = domainId === undefined ? placesOf(await query(findAbandoned, [])) : [domainId];
      return (await claimFairly(places, limit, (id, share) => query(endAbandoned, [id, share]))).length;
    },
    forget: async (olderThanDays, limit) => {
      const gone = await query(forgetDeliveries, [olderThanDays, limit]);
      await query(forgetWebhooks, [olderThanDays, limit]);
      return gone.length;
    },
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
