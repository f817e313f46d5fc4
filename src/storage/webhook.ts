import type { DomainId, WebhookDeliveryId, WebhookId } from '../rules/ids.ts';
import type { Webhook, WebhookDelivery, WebhookEventType } from '../rules/webhook.ts';
import { type ActingKey, keyIsGood, requireGoodKey } from './acting-key.ts';
import { columnsOf, readRow, selectList, without } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { gatherReads, unnest } from './postgres/gathered-reads.ts';
import { and, desc, eq, getTableColumns, isNull } from './postgres/orm.ts';
import { descends, type Order, type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';
import { keyVariable, movesOn, onlyWhileGood, storedFunction } from './postgres/stored-function.ts';
import { webhookDeliveries, webhooks } from './tables/index.ts';
import type { ClaimedDelivery } from './webhook-outbox.ts';

/** A signing secret, sealed. */
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

/** Sealed: what signs, and as one those before it that still sign; null: there is none. */
export type WebhookSecrets = Pick<ClaimedDelivery, 'secretSealed' | 'previousSecretSealed'>;

/**
 * Webhooks of a domain, and the log of their deliveries. Every change is one statement, which the key `by` guards.
 * @throws DatabaseError, CredentialEnded
 */
export interface WebhookStore {
  /** TOO_MANY: a bound on the cost of a change, and no exact quota: two calls at once may exceed it by one. */
  readonly create: (
    webhook: NewWebhook,
    limit: number,
    by: ActingKey,
  ) => Promise<Webhook | 'TOO_MANY' | 'NO_SUCH_ROOM'>;
  /** Null values change nothing. A webhook that is switched on again, or gets another URL, starts without failures. Null: no such webhook. */
  readonly update: (domainId: DomainId, id: string, patch: WebhookPatch, by: ActingKey) => Promise<Webhook | null>;
  readonly delete: (domainId: DomainId, id: string, by: ActingKey) => Promise<Webhook | null>;
  readonly findSecrets: (domainId: DomainId, id: string) => Promise<WebhookSecrets | null>;
  /** The secrets that were replaced stay valid for this time. Null: no such webhook, or it has another secret than the one to follow. */
  readonly rotate: (
    domainId: DomainId,
    id: string,
    secrets: WebhookSecrets,
    follows: Buffer,
    overlapSeconds: number,
    by: ActingKey,
  ) => Promise<Webhook | null>;
  /** Makes a delivery due at once, however it ended. A delivery that is being sent at this moment is left alone. */
  readonly redeliver: (
    domainId: DomainId,
    deliveryId: string,
    by: ActingKey,
  ) => Promise<WebhookDelivery | 'SWITCHED_OFF' | null>;
  /** Newest first. Deleted webhooks are left out. */
  readonly list: (domainId: DomainId) => Promise<readonly Webhook[]>;
  readonly find: (domainId: DomainId, id: WebhookId) => Promise<Webhook | null>;
  readonly findDelivery: (domainId: DomainId, id: WebhookDeliveryId) => Promise<WebhookDelivery | null>;
  /** Newest first. */
  readonly deliveries: (
    webhook: Pick<Webhook, 'domainId' | 'id'>,
    request: PageRequest,
  ) => Promise<PageRows<WebhookDelivery>>;
  readonly countDeliveries: (webhook: Pick<Webhook, 'domainId' | 'id'>) => Promise<number>;
}

type DeliveriesAsked = { readonly domainId: DomainId; readonly id: WebhookId; readonly request: PageRequest };

const webhookList = without(
  columnsOf(webhooks),
  ...['secretSealed', 'previousSecretSealed', 'previousSecretUntil', 'failingSince', 'callAgainAt', 'deletedAt'],
);
const deliveryList = without(columnsOf(webhookDeliveries), 'payload', 'leasedUntil', 'endedAt');
const webhookColumns = selectList(webhookList, 'w');
const deliveryColumns = selectList(deliveryList, 'd');
const readWebhook = readRow<Webhook>(webhookList);
const readDelivery = readRow<WebhookDelivery>(deliveryList);

// The builder selects the same columns as the texts.
const {
  secretSealed: _secret,
  previousSecretSealed: _previous,
  previousSecretUntil: _until,
  failingSince: _since,
  callAgainAt: _again,
  deletedAt: _deleted,
  ...shownWebhook
} = getTableColumns(webhooks);
const {
  payload: _payload,
  leasedUntil: _leased,
  endedAt: _ended,
  ...shownDelivery
} = getTableColumns(webhookDeliveries);

// A room in memory knows whether its domain has webhooks, as of the domain's version. So the statement that makes or switches on a webhook
// also moves that version. A webhook that was switched off or deleted is noticed when deliveries are written.

/** A webhook as it is shown, as JSON; null: there is none. */
const shown = `(select to_jsonb(x) from (select ${webhookColumns} from webhooks w where w.domain_id = p_domain and w.id = p_id) x)`;

/** Answers `isKnown`, and the webhook or null: there are too many. Null: the key has ended. */
export const createWebhook = storedFunction({
  name: 'create_webhook',
  isOfDomain: false,
  params: {
    ...{ p_domain: 'uuid', p_id: 'uuid', p_url: 'text', p_events: 'text[]', p_room_name: 'text' },
    ...{ p_secret_sealed: 'bytea', p_limit: 'integer', p_by: 'uuid' },
  },
  returns: 'jsonb',
  declare: [keyVariable],
  body: `
  ${onlyWhileGood('KEY', 'return null;')}
  if p_room_name is not null then
    perform from rooms r where r.domain_id = p_domain and r.name = p_room_name and r.closed_at is null
      and (r.exp is null or r.exp > (select app_now()));
    if not found then return jsonb_build_object('isKnown', false, 'webhook', null); end if;
  end if;
  if (select count(*) from webhooks o where o.domain_id = p_domain and o.deleted_at is null) >= p_limit then
    return jsonb_build_object('isKnown', true, 'webhook', null);
  end if;
  update domains set ${movesOn} where id = p_domain;
  insert into webhooks (domain_id, id, url, events, room_name, is_active, secret_sealed, created_at)
  values (p_domain, p_id, p_url, p_events, p_room_name, true, p_secret_sealed, app_now());
  return jsonb_build_object('isKnown', true, 'webhook', ${shown});`,
});

/** Answers the webhook as it is then. Null: there is none, or the key has ended. */
export const updateWebhook = storedFunction({
  name: 'update_webhook',
  isOfDomain: false,
  params: {
    ...{ p_domain: 'uuid', p_id: 'uuid', p_url: 'text', p_events: 'text[]', p_is_active: 'boolean', p_by: 'uuid' },
  },
  returns: 'jsonb',
  declare: [keyVariable],
  body: `
  ${onlyWhileGood('KEY', 'return null;')}
  perform from webhooks w where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  if p_is_active then update domains set ${movesOn} where id = p_domain; end if;
  update webhooks w set
    url = coalesce(p_url, w.url),
    events = coalesce(p_events, w.events),
    is_active = coalesce(p_is_active, w.is_active),
    failing_since = case when p_url is null and p_is_active is null then w.failing_since end,
    call_again_at = case when p_url is null and p_is_active is null then w.call_again_at end
  where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  return ${shown};`,
});
const createText = `select ${createWebhook.call} as made`;
const updateText = `select ${updateWebhook.call} as webhook`;

const deleteWebhook = `
  update webhooks w set is_active = false, deleted_at = (select app_now())
  where w.domain_id = $1::uuid and w.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$3')}
  returning ${webhookColumns}`;

const secretsText = `
  select w.secret_sealed as "secretSealed",
    case when w.previous_secret_until > (select app_now()) then w.previous_secret_sealed end as "previousSecretSealed"
  from webhooks w where w.domain_id = $1::uuid and w.id = $2::uuid and w.deleted_at is null`;

const rotateSecret = `
  update webhooks w set
    previous_secret_sealed = $4::bytea,
    previous_secret_until = (select app_now() + make_interval(secs => $6::float8)),
    secret_sealed = $3::bytea
  where w.domain_id = $1::uuid and w.id = $2::uuid and w.secret_sealed = $5::bytea and w.deleted_at is null
    and ${keyIsGood('$1::uuid', '$7')}
  returning ${webhookColumns}`;

const redeliver = `
  with target as (
    select d.*, w.is_active
    from webhook_deliveries d join webhooks w on w.domain_id = $1::uuid and w.id = d.webhook_id
    where d.domain_id = $1::uuid and d.id = $2::uuid and w.deleted_at is null and ${keyIsGood('$1::uuid', '$3')}
  ), again as (
    update webhook_deliveries d set status = 'PENDING', next_attempt_at = (select app_now()), leased_until = null, ended_at = null
    from target
    where d.domain_id = $1::uuid and d.id = target.id and target.is_active
      and (d.leased_until is null or d.leased_until <= (select app_now()))
    returning d.*
  )
  select d.is_active as "isActive", ${deliveryColumns} from (
    select coalesce(again.status, target.status) as status,
      case when again.id is null then target.next_attempt_at else again.next_attempt_at end as next_attempt_at,
      target.is_active, target.id, target.domain_id, target.webhook_id, target.event, target.attempts,
      target.response_status, target.created_at
    from target left join again on true
  ) d`;

const newest: Order = { at: 'd.created_at', id: 'd.id', newestFirst: true };

/** A page of the log of each of several webhooks of a domain. */
function deliveriesText(pageSql: string, way: 'asc' | 'desc'): string {
  return `select asked.place::int as "ofPlace", x.* from ${unnest(['$2::uuid[]'])} with ordinality as asked(id, place)
    cross join lateral (select ${deliveryColumns} from webhook_deliveries d
      where d.domain_id = $1::uuid and d.webhook_id = asked.id ${pageSql}) x
    order by asked.place, x."createdAt" ${way}, x.id ${way}`;
}

const countText =
  'select count(*)::int as count from webhook_deliveries d where d.domain_id = $1::uuid and d.webhook_id = $2::uuid';

type MadeRow = { readonly isKnown: boolean; readonly webhook: object | null };

export function createWebhookStore(database: Pick<Database, 'query' | 'orm'>): WebhookStore {
  const { query } = database;
  const changed = async (text: string, [domainId, ...params]: readonly [DomainId, ...Param[]], by: ActingKey) => {
    const [row] = await query<object>(text, [domainId, ...params, by]);
    if (row === undefined) await requireGoodKey(database, domainId, by);
    return row === undefined ? null : readWebhook(row);
  };
  return {
    create: async (webhook, limit, by) => {
      const { domainId, id, url, events, roomName, secretSealed } = webhook;
      const params = [domainId, id, url, events, roomName, secretSealed, limit, by];
      const [row] = await query<{ readonly made: MadeRow | null }>(createText, params);
      const made = row?.made ?? null;
      if (!made?.webhook) await requireGoodKey(database, domainId, by);
      if (!made?.isKnown) return 'NO_SUCH_ROOM';
      return made.webhook === null ? 'TOO_MANY' : readWebhook(made.webhook);
    },
    update: async (domainId, id, { url, events, isActive }, by) => {
      const params = [domainId, id, url, events, isActive, by];
      const [row] = await query<{ readonly webhook: object | null }>(updateText, params);
      if (!row?.webhook) await requireGoodKey(database, domainId, by);
      return row?.webhook ? readWebhook(row.webhook) : null;
    },
    delete: (domainId, id, by) => changed(deleteWebhook, [domainId, id], by),
    findSecrets: async (domainId, id) => (await query<WebhookSecrets>(secretsText, [domainId, id]))[0] ?? null,
    rotate: (domainId, id, { secretSealed, previousSecretSealed }, follows, overlapSeconds, by) =>
      changed(rotateSecret, [domainId, id, secretSealed, previousSecretSealed, follows, overlapSeconds], by),
    redeliver: async (domainId, deliveryId, by) => {
      const [row] = await query<{ readonly isActive: boolean }>(redeliver, [domainId, deliveryId, by]);
      if (row === undefined) await requireGoodKey(database, domainId, by);
      if (row === undefined) return null;
      return row.isActive ? readDelivery(row) : 'SWITCHED_OFF';
    },
    ...createReads(database),
  };
}

function createReads({
  query,
  orm,
}: Pick<Database, 'query' | 'orm'>): Pick<
  WebhookStore,
  'list' | 'find' | 'findDelivery' | 'deliveries' | 'countDeliveries'
> {
  const ofDomain = (domainId: DomainId) => and(eq(webhooks.domainId, domainId), isNull(webhooks.deletedAt));
  const deliveries = gatherReads(
    async (asked: readonly [DeliveriesAsked, ...DeliveriesAsked[]]) => {
      const [{ domainId, request }] = asked;
      const page = pageClause(request, newest, [domainId, asked.map(({ id }) => id)]);
      const text = deliveriesText(page.sql, descends(request, newest) ? 'desc' : 'asc');
      const byPlace = Map.groupBy(
        await query<{ readonly ofPlace: number }>(text, page.params),
        ({ ofPlace }) => ofPlace,
      );
      return asked.map((_webhook, index) => toPage((byPlace.get(index + 1) ?? []).map(readDelivery), request));
    },
    ({ domainId, request }) => JSON.stringify([domainId, request]),
  );
  return {
    list: (domainId) =>
      orm
        .select(shownWebhook)
        .from(webhooks)
        .where(ofDomain(domainId))
        .orderBy(desc(webhooks.createdAt), desc(webhooks.id)),
    find: async (domainId, id) => {
      const where = and(ofDomain(domainId), eq(webhooks.id, id));
      return (await orm.select(shownWebhook).from(webhooks).where(where))[0] ?? null;
    },
    findDelivery: async (domainId, id) => {
      const where = and(eq(webhookDeliveries.domainId, domainId), eq(webhookDeliveries.id, id));
      return (await orm.select(shownDelivery).from(webhookDeliveries).where(where))[0] ?? null;
    },
    deliveries: ({ domainId, id }, request) => deliveries({ domainId, id, request }),
    countDeliveries: async ({ domainId, id }) => {
      const [row] = await query<{ readonly count: number }>(countText, [domainId, id]);
      return row?.count ?? 0;
    },
  };
}
