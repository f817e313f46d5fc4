import type { WebhookDeliveryStatus as DeliveryStatus, WebhookEventType as EventType } from '../src/rules/webhook.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { Webhook, WebhookDelivery } from './refs.ts';

export const WebhookEventType = enumOf<EventType>('WebhookEventType', 'What an endpoint can be told of.', {
  KNOCK_REQUESTED: 'Somebody knocked: tells an owner who is away.',
  KNOCK_DECIDED: 'A knock was admitted or denied.',
  KNOCK_CLOSED: 'A knock ended otherwise: withdrawn, timed out, recalled, or the room closed.',
  PARTICIPANT_JOINED: 'Somebody came in.',
  PARTICIPANT_LEFT: 'Somebody left or was put out.',
  ROOM_CREATED: 'A room was made.',
  ROOM_UPDATED: 'Settings of a room were changed.',
  ROOM_DELETED: 'A room expired or was deleted.',
  LIVE_STREAM_CHANGED: 'A live stream started, went live, stopped or failed.',
});

const WebhookDeliveryStatus = enumOf<DeliveryStatus>('WebhookDeliveryStatus', 'What became of a delivery.', {
  PENDING: 'Not delivered yet; `nextAttemptAt` says when it is tried next.',
  DELIVERED: 'The endpoint answered with 2xx.',
  FAILED: 'Given up after the last attempt; `redeliverWebhook` tries again.',
});

WebhookDelivery.implement({
  description:
    'One thing that is told to one endpoint, at least once. Kept for the retention time. Backend only (scope WEBHOOKS).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'WebhookDelivery', ({ id }) => id),
    event: t.expose('event', { type: WebhookEventType, description: 'What it tells of.' }),
    status: t.expose('status', { type: WebhookDeliveryStatus, description: 'What became of it.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: "HTTP status of the endpoint's last answer; null: none came.",
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next; null when it is DELIVERED or FAILED.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When it was written, together with what it tells of.',
    }),
  }),
});

const WebhookDeliveryConnection = connectionOf('WebhookDelivery', WebhookDelivery, {
  description: 'Deliveries to one endpoint, newest first.',
});

Webhook.implement({
  description:
    'An endpoint of yours that is told what happens, by Standard Webhooks 1.0. Backend only (scope WEBHOOKS).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Webhook', ({ id }) => id),
    url: t.expose('url', { type: 'URL', description: 'Where it is told, by POST.' }),
    events: t.expose('events', { type: [WebhookEventType], description: 'What it is told of.' }),
    roomName: t.exposeString('roomName', {
      nullable: true,
      description: 'Only of this room; null: of all rooms of the domain.',
    }),
    isActive: t.exposeBoolean('isActive', {
      description: 'False: nothing is sent. Switched off by you, by an answer of 410, or after 5 days of failure.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      description: 'What was and is to be told, newest first.',
      args: pageArgs(t.arg),
      resolve: (webhook, args, context) =>
        ask(context, args, () => context.services.webhooks.deliveries(context.caller, webhook, args)),
    }),
  }),
});
