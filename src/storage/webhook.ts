import type { DomainId, WebhookDeliveryId, WebhookId } from '../rules/ids.ts';
import type { Webhook, WebhookDelivery, WebhookDeliveryStatus, WebhookEventType } from '../rules/webhook.ts';
import { type ActingKey, keyIsGood, requireGoodKey } from './acting-key.ts';
import type { Database, Param } from './postgres/database.ts';
import { gatherReads, unnest } from './postgres/gathered-reads.ts';

/** A signing secret as it is kept. */
export interface NewWebhook {
  readonly id: WebhookId;
  readonly domainId: DomainId;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly roomName: string | null;
  readonly secretSealed: Buffer;
}

export interface WebhookPatch {
  readonly url: string | null;
  readonly events: readonly WebhookEventType[] | null;
  readonly isActive: boolean | null;
}

/** A place in a list, newest first: what comes after it is older. */
export interface DeliveryPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/**
 * Webhooks of a domain and the log of what they were told. Every change is one statement, which the key `by` guards.
 * @throws DatabaseError, CredentialEnded
 */
export interface WebhookStore {
  /** TOO_MANY: a bound on what one change costs, not a quota; two at once may pass it by one. */
  readonly create: (
    webhook: NewWebhook,
    limit: number,
    by: ActingKey,
  ) => Promise<Webhook | 'TOO_MANY' | 'NO_SUCH_ROOM'>;
  /** What is null stays. Switched on again or sent elsewhere, it starts without a record of failure. Null: there is none. */
  readonly update: (domainId: DomainId, id: string, patch: WebhookPatch, by: ActingKey) => Promise<Webhook | null>;
  readonly delete: (domainId: DomainId, id: string, by: ActingKey) => Promise<Webhook | null>;
  /** The secret before stays good for so long. The one before that is over at once. */
  readonly rotate: (
    domainId: DomainId,
    id: string,
    secretSealed: Buffer,
    overlapSeconds: number,
    by: ActingKey,
  ) => Promise<Webhook | null>;
  /** Due at once, whatever became of it before; one that is on its way now stays so. */
  readonly redeliver: (
    domainId: DomainId,
    deliveryId: string,
    by: ActingKey,
  ) => Promise<WebhookDelivery | 'SWITCHED_OFF' | null>;
  /** Newest first, without those that were deleted. */
  readonly list: (domainId: DomainId) => Promise<readonly Webhook[]>;
  readonly find: (domainId: DomainId, id: string) => Promise<Webhook | null>;
  readonly findDelivery: (domainId: DomainId, id: string) => Promise<WebhookDelivery | null>;
  /** Newest first. */
  readonly deliveries: (
    webhook: Pick<Webhook, 'domainId' | 'id'>,
    after: DeliveryPlace | null,
    limit: number,
  ) => Promise<readonly WebhookDelivery[]>;
  readonly countDeliveries: (webhook: Pick<Webhook, 'domainId' | 'id'>) => Promise<number>;
}

interface WebhookRow {
  readonly id: WebhookId;
  readonly domain_id: DomainId;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly room_name: string | null;
  readonly is_active: boolean;
  readonly created_at: Date;
}

interface DeliveriesAsked {
  readonly domainId: DomainId;
  readonly id: WebhookId;
  readonly after: DeliveryPlace | null;
  readonly limit: number;
}

interface DeliveryRow {
  readonly id: WebhookDeliveryId;
  readonly domain_id: DomainId;
  readonly webhook_id: WebhookId;
  readonly event: WebhookEventType;
  readonly status: WebhookDeliveryStatus;
  readonly attempts: number;
  readonly response_status: number | null;
  readonly next_attempt_at: Date | null;
  readonly created_at: Date;
}

const webhookColumns = 'w.id, w.domain_id, w.url, w.events, w.room_name, w.is_active, w.created_at';
const deliveryColumns =
  'd.id, d.domain_id, d.webhook_id, d.event, d.status, d.attempts, d.response_status, d.next_attempt_at, d.created_at';

// Rooms that are at work somewhere know whether their domain has webhooks, as of the domain's version: it moves in the same statement
// that makes or switches on one. One that is switched off or gone is found out where deliveries are written.

const insertWebhook = `
  with room as (
    select $5::text is null or exists (
      select 1 from rooms r
      where r.domain_id = $1::uuid and r.name = $5::text and r.closed_at is null and (r.exp is null or r.exp > app_now())
    ) as is_known
  ), w as (
    insert into webhooks (domain_id, id, url, events, room_name, is_active, secret_sealed, created_at)
    select $1::uuid, $2::uuid, $3::text, $4::text[], $5::text, true, $6::bytea, app_now()
    from room
    where room.is_known and ${keyIsGood('$1::uuid', '$8')}
      and (select count(*) from webhooks o where o.domain_id = $1::uuid and o.deleted_at is null) < $7::int
    returning *
  ), moved as (
    update domains d set version = d.version + 1 from w where d.id = w.domain_id
  )
  select room.is_known, ${webhookColumns} from room left join w on true`;

const updateWebhook = `
  with w as (update webhooks w set
    url = coalesce($3::text, w.url),
    events = coalesce($4::text[], w.events),
    is_active = coalesce($5::boolean, w.is_active),
    failing_since = case when $3::text is null and $5::boolean is null then w.failing_since end,
    call_again_at = case when $3::text is null and $5::boolean is null then w.call_again_at end
  where w.domain_id = $1::uuid and w.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$6')}
  returning w.*
  ), moved as (
    update domains d set version = d.version + 1 from w where d.id = w.domain_id and $5::boolean
  )
  select ${webhookColumns} from w`;

const deleteWebhook = `
  update webhooks w set is_active = false, deleted_at = app_now()
  where w.domain_id = $1::uuid and w.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$3')}
  returning ${webhookColumns}`;

const rotateSecret = `
  update webhooks w set
    previous_secret_sealed = w.secret_sealed,
    previous_secret_until = app_now() + make_interval(secs => $4::float8),
    secret_sealed = $3::bytea
  where w.domain_id = $1::uuid and w.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$5')}
  returning ${webhookColumns}`;

const redeliver = `
  with target as (
    select d.*, w.is_active
    from webhook_deliveries d join webhooks w on w.domain_id = d.domain_id and w.id = d.webhook_id
    where d.domain_id = $1::uuid and d.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$3')}
  ), again as (
    update webhook_deliveries d set status = 'PENDING', next_attempt_at = app_now(), leased_until = null, ended_at = null
    from target
    where d.domain_id = target.domain_id and d.id = target.id and target.is_active
      and (d.leased_until is null or d.leased_until <= app_now())
    returning d.*
  )
  select d.is_active, ${deliveryColumns} from (
    select coalesce(again.status, target.status) as status,
      case when again.id is null then target.next_attempt_at else again.next_attempt_at end as next_attempt_at,
      target.is_active, target.id, target.domain_id, target.webhook_id, target.event, target.attempts,
      target.response_status, target.created_at
    from target left join again on true
  ) d`;

const listDeliveries = `
  select d.*, asked.place::int from ${unnest(['$1::uuid[]', '$2::uuid[]'])} with ordinality as asked(domain_id, id, place) cross join lateral (
    select ${deliveryColumns} from webhook_deliveries d
    where d.domain_id = asked.domain_id and d.webhook_id = asked.id
      and ($3::timestamptz is null or (d.created_at, d.id) < ($3::timestamptz, $4::uuid))
    order by d.created_at desc, d.id desc limit $5::int) d
  order by asked.place, d.created_at desc, d.id desc`;

export function createWebhookStore({ query }: Pick<Database, 'query'>): WebhookStore {
  const changed = async (text: string, [domainId, ...params]: readonly [DomainId, ...Param[]], by: ActingKey) => {
    const [row] = await query<WebhookRow>(text, [domainId, ...params, by]);
    if (row === undefined) await requireGoodKey({ query }, domainId, by);
    return row ? toWebhook(row) : null;
  };
  return {
    create: async (webhook, limit, by) => {
      const { domainId, id, url, events, roomName, secretSealed } = webhook;
      const params = [domainId, id, url, events, roomName, secretSealed, limit, by];
      const [row] = await query<{ readonly is_known: boolean } & (WebhookRow | { readonly id: null })>(
        insertWebhook,
        params,
      );
      if (!row?.is_known || row.id === null) await requireGoodKey({ query }, domainId, by);
      if (!row?.is_known) return 'NO_SUCH_ROOM';
      return row.id === null ? 'TOO_MANY' : toWebhook(row);
    },
    update: (domainId, id, { url, events, isActive }, by) =>
      changed(updateWebhook, [domainId, id, url, events, isActive], by),
    delete: (domainId, id, by) => changed(deleteWebhook, [domainId, id], by),
    rotate: (domainId, id, secretSealed, overlapSeconds, by) =>
      changed(rotateSecret, [domainId, id, secretSealed, overlapSeconds], by),
    redeliver: async (domainId, deliveryId, by) => {
      const [row] = await query<DeliveryRow & { readonly is_active: boolean }>(redeliver, [domainId, deliveryId, by]);
      if (row === undefined) await requireGoodKey({ query }, domainId, by);
      if (row === undefined) return null;
      return row.is_active ? toDelivery(row) : 'SWITCHED_OFF';
    },
    ...createReads(query),
  };
}

function createReads(
  query: Database['query'],
): Pick<WebhookStore, 'list' | 'find' | 'findDelivery' | 'deliveries' | 'countDeliveries'> {
  const ofDomain = `select ${webhookColumns} from webhooks w where w.domain_id = $1::uuid and w.deleted_at is null`;
  const deliveries = gatherReads(
    async (asked: readonly [DeliveriesAsked, ...DeliveriesAsked[]]) => {
      const [{ after, limit }] = asked;
      const ids = [asked.map(({ domainId }) => domainId), asked.map(({ id }) => id)];
      const params = [...ids, after?.createdAt ?? null, after?.id ?? null, limit];
      const rows = await query<DeliveryRow & { readonly place: number }>(listDeliveries, params);
      const byPlace = Map.groupBy(rows, ({ place }) => place);
      return asked.map((_webhook, index) => (byPlace.get(index + 1) ?? []).map(toDelivery));
    },
    ({ after, limit }) => JSON.stringify([after, limit]),
  );
  return {
    list: async (domainId) =>
      (await query<WebhookRow>(`${ofDomain} order by w.created_at desc, w.id desc`, [domainId])).map(toWebhook),
    find: async (domainId, id) => {
      const [row] = await query<WebhookRow>(`${ofDomain} and w.id = $2::uuid`, [domainId, id]);
      return row ? toWebhook(row) : null;
    },
    findDelivery: async (domainId, id) => {
      const text = `select ${deliveryColumns} from webhook_deliveries d where d.domain_id = $1::uuid and d.id = $2::uuid`;
      const [row] = await query<DeliveryRow>(text, [domainId, id]);
      return row ? toDelivery(row) : null;
    },
    deliveries: ({ domainId, id }, after, limit) => deliveries({ domainId, id, after, limit }),
    countDeliveries: async ({ domainId, id }) => {
      const text =
        'select count(*)::int as count from webhook_deliveries where domain_id = $1::uuid and webhook_id = $2::uuid';
      const [row] = await query<{ readonly count: number }>(text, [domainId, id]);
      return row?.count ?? 0;
    },
  };
}

function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    domainId: row.domain_id,
    url: row.url,
    events: row.events,
    roomName: row.room_name,
    isActive: row.is_active,
    createdAt: row.created_at,
  };
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    domainId: row.domain_id,
    webhookId: row.webhook_id,
    event: row.event,
    status: row.status,
    attempts: row.attempts,
    responseStatus: row.response_status,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
  };
}
