import type { WebhookDeliveryId, WebhookId } from '../../rules/ids.ts';
import type { WebhookDeliveryStatus, WebhookEventType } from '../../rules/webhook.ts';
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, sql, text, uuid } from '../postgres/orm.ts';
import { at, bytes, domainId } from './columns.ts';
import { domains } from './domain.ts';

/** Endpoints that are told. Secrets sealed. */
export const webhooks = pgTable(
  'webhooks',
  {
    domainId: domainId().references(() => domains.id, { onDelete: 'cascade' }),
    id: uuid('id').$type<WebhookId>().notNull(),
    url: text('url').notNull(),
    events: text('events').array().$type<readonly WebhookEventType[]>().notNull(),
    /** Null: all rooms of the domain. */
    roomName: text('room_name'),
    isActive: boolean('is_active').notNull(),
    secretSealed: bytes('secret_sealed').notNull(),
    previousSecretSealed: bytes('previous_secret_sealed'),
    previousSecretUntil: at('previous_secret_until'),
    /** Since when no delivery has succeeded; null: the last one did, or none was tried. */
    failingSince: at('failing_since'),
    /** The endpoint asked, by Retry-After, not to be called before. */
    callAgainAt: at('call_again_at'),
    createdAt: at('created_at').notNull(),
    deletedAt: at('deleted_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    index('webhooks_active').on(table.domainId).where(sql`${table.isActive} and ${table.deletedAt} is null`),
  ],
);

/** What is to be told to whom, written with the change itself. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    domainId: domainId(),
    id: uuid('id').$type<WebhookDeliveryId>().notNull(),
    webhookId: uuid('webhook_id').$type<WebhookId>().notNull(),
    event: text('event').$type<WebhookEventType>().notNull(),
    payload: jsonb('payload').notNull(),
    status: text('status').$type<WebhookDeliveryStatus>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    responseStatus: integer('response_status'),
    nextAttemptAt: at('next_attempt_at'),
    /** While an attempt runs: when it counts as lost. `next_attempt_at` is the same instant then. */
    leasedUntil: at('leased_until'),
    createdAt: at('created_at').notNull(),
    endedAt: at('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.domainId, table.id] }),
    foreignKey({
      columns: [table.domainId, table.webhookId],
      foreignColumns: [webhooks.domainId, webhooks.id],
    }).onDelete('cascade'),
    index('webhook_deliveries_due')
      .on(table.domainId, table.webhookId, table.nextAttemptAt)
      .where(sql`${table.status} = 'PENDING'`),
    index('webhook_deliveries_leased').on(table.domainId, table.webhookId).where(sql`${table.leasedUntil} is not null`),
    index('webhook_deliveries_newest').on(table.domainId, table.webhookId, table.createdAt, table.id),
    index('webhook_deliveries_ended').on(table.endedAt).where(sql`${table.endedAt} is not null`),
  ],
);
