import { decodeId } from '../src/rules/ids.ts';
import type {
  WebhookDeliveryStatus as DeliveryStatus,
  WebhookEventType as EventType,
  Webhook as WebhookShape,
} from '../src/rules/webhook.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { enumOf } from './enum.ts';
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { Webhook, WebhookDelivery } from './refs.ts';

export const WebhookEventType = enumOf<EventType>(
  'WebhookEventType',
  'The kinds of events that a webhook can receive.',
  {
    KNOCK_REQUESTED: 'Somebody knocked. Use it to notify an owner who is away.',
    KNOCK_DECIDED: 'A knock was admitted or denied.',
    KNOCK_CLOSED:
      'A knock ended without a decision, or an admission ended: withdrawn, timed out or recalled, or the room closed.',
    PARTICIPANT_JOINED: 'Somebody joined the room.',
    PARTICIPANT_LEFT: 'Somebody left or was removed.',
    ROOM_CREATED: 'A room was created.',
    ROOM_UPDATED: 'Settings of a room were changed.',
    ROOM_DELETED: 'A room expired or was deleted.',
    LIVE_STREAM_CHANGED: 'A live stream started, went live, stopped or failed.',
  },
);

const WebhookDeliveryStatus = enumOf<DeliveryStatus>('WebhookDeliveryStatus', 'The status of a delivery.', {
  PENDING: 'Not delivered yet. `nextAttemptAt` says when the next attempt is.',
  DELIVERED: 'The endpoint answered with 2xx.',
  FAILED: 'All attempts failed. `redeliverWebhook` tries again.',
});

WebhookDelivery.implement({
  description:
    'One event that is sent to one endpoint, at least once. Kept for the retention time. Backend only (scope WEBHOOKS).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'WebhookDelivery', ({ id }) => id),
    event: t.expose('event', { type: WebhookEventType, description: 'The kind of event.' }),
    status: t.expose('status', { type: WebhookDeliveryStatus, description: 'The status of the delivery.' }),
    attempts: t.exposeInt('attempts', { description: 'The number of attempts so far.' }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: "The HTTP status of the endpoint's last answer. Null: the endpoint has not answered.",
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the next attempt is. Null when it is DELIVERED or FAILED.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the event happened and the delivery was recorded.',
    }),
  }),
});

const WebhookDeliveryConnection = connectionOf('WebhookDelivery', WebhookDelivery, {
  description: 'Deliveries to one endpoint, newest first.',
});

Webhook.implement({
  description:
    'An endpoint of yours to which the service sends events, as Standard Webhooks 1.0 defines it. Backend only (scope WEBHOOKS).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Webhook', ({ id }) => id),
    url: t.expose('url', { type: 'URL', description: 'The URL to which the service sends events by POST.' }),
    events: t.expose('events', { type: [WebhookEventType], description: 'The kinds of events that it receives.' }),
    roomName: t.exposeString('roomName', {
      nullable: true,
      description: 'The only room whose events it receives. Null: all rooms of the domain.',
    }),
    isActive: t.exposeBoolean('isActive', {
      description:
        'False: the service sends nothing. You switch it off yourself, or the service does, after an answer of 410 or 5 days of failures.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      description: 'The deliveries to this endpoint, newest first.',
      args: pageArgs(t.arg),
      resolve: (webhook, args, context) =>
        ask(context, args, () => context.services.webhooks.deliveries(context.caller, webhook, args)),
    }),
  }),
});

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description: 'The endpoint to register.',
  fields: (t) => ({
    url: t.field({
      type: 'URL',
      required: true,
      description: 'The URL of the endpoint. Private, loopback and link-local addresses are refused.',
    }),
    events: t.field({
      type: [WebhookEventType],
      required: true,
      description: 'The kinds of events to receive. At least one.',
    }),
    roomName: t.string({
      description: 'Receive only events of this room. Default: all rooms of the domain, including later rooms.',
    }),
  }),
});

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'The changes to an endpoint. A field that is left out or null stays as it is.',
  fields: (t) => ({
    webhookId: t.id({ required: true, description: '`id` of the Webhook.' }),
    url: t.field({
      type: 'URL',
      description: 'The URL of the endpoint. Private, loopback and link-local addresses are refused.',
    }),
    events: t.field({
      type: [WebhookEventType],
      description: 'The kinds of events to receive, which replace the earlier ones. At least one.',
    }),
    isActive: t.boolean({ description: 'False: send nothing. True: send again, after it was switched off.' }),
  }),
});

const CreatedWebhook = builder
  .objectRef<{ readonly webhook: WebhookShape; readonly secret: string }>('CreatedWebhook')
  .implement({
    description: 'An endpoint with its signing secret, which is shown only here.',
    fields: (t) => ({
      webhook: t.expose('webhook', { type: Webhook, description: 'The endpoint as lists show it.' }),
      secret: t.exposeString('secret', {
        description:
          'The Standard Webhooks signing secret (`whsec_…`), which is shown only here. Use it to verify that a call comes from this service.',
      }),
    }),
  });

const CreateWebhookResult = resultOf('CreateWebhookResult', {
  description: 'The new endpoint, or the refusal. NotFound: the room does not exist.',
  success: [CreatedWebhook],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const UpdateWebhookResult = resultOf('UpdateWebhookResult', {
  description: 'The endpoint after the change, or the refusal.',
  success: [Webhook],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const DeleteWebhookResult = resultOf('DeleteWebhookResult', {
  description: 'The deleted endpoint, as it was, or the refusal.',
  success: [Webhook],
  refusals: ['Forbidden', 'NotFound'],
});
const RotateWebhookSecretResult = resultOf('RotateWebhookSecretResult', {
  description: 'The endpoint with its new secret, or the refusal.',
  success: [CreatedWebhook],
  refusals: ['Forbidden', 'NotFound'],
});
const RedeliverWebhookResult = resultOf('RedeliverWebhookResult', {
  description: 'The delivery, now PENDING again, or the refusal.',
  success: [WebhookDelivery],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createWebhook: t.field({
    type: CreateWebhookResult.type,
    description: 'Registers an endpoint. Backend only (scope WEBHOOKS).',
    args: {
      input: t.arg({ type: CreateWebhookInput, required: true, description: 'The URL, and the events to send.' }),
    },
    resolve: (_root, args, context) =>
      CreateWebhookResult.answer(context, args, () => context.services.webhooks.create(context.caller, args.input)),
  }),
  updateWebhook: t.field({
    type: UpdateWebhookResult.type,
    description: 'Changes an endpoint, or switches it on or off. Backend only (scope WEBHOOKS).',
    args: {
      input: t.arg({ type: UpdateWebhookInput, required: true, description: 'The endpoint, and the changes.' }),
    },
    resolve: (_root, args, context) =>
      UpdateWebhookResult.answer(context, args, () =>
        context.services.webhooks.update(context.caller, {
          ...args.input,
          webhookId: decodeId('Webhook', args.input.webhookId),
        }),
      ),
  }),
  deleteWebhook: t.field({
    type: DeleteWebhookResult.type,
    description: 'Deletes an endpoint. Pending deliveries are not sent. Backend only (scope WEBHOOKS).',
    args: { webhookId: t.arg.id({ required: true, description: '`id` of the Webhook.' }) },
    resolve: (_root, args, context) =>
      DeleteWebhookResult.answer(context, args, () =>
        context.services.webhooks.delete(context.caller, decodeId('Webhook', args.webhookId)),
      ),
  }),
}));

builder.mutationFields((t) => ({
  rotateWebhookSecret: t.field({
    type: RotateWebhookSecretResult.type,
    description:
      'Gives an endpoint a new secret. For a while the service signs calls with both secrets, so that you lose no call. Backend only (scope WEBHOOKS).',
    args: { webhookId: t.arg.id({ required: true, description: '`id` of the Webhook.' }) },
    resolve: (_root, args, context) =>
      RotateWebhookSecretResult.answer(context, args, () =>
        context.services.webhooks.rotateSecret(context.caller, decodeId('Webhook', args.webhookId)),
      ),
  }),
  redeliverWebhook: t.field({
    type: RedeliverWebhookResult.type,
    description: 'Sends a delivery again, with the same `webhook-id`. Backend only (scope WEBHOOKS).',
    args: { deliveryId: t.arg.id({ required: true, description: '`id` of the WebhookDelivery.' }) },
    resolve: (_root, args, context) =>
      RedeliverWebhookResult.answer(context, args, () =>
        context.services.webhooks.redeliver(context.caller, decodeId('WebhookDelivery', args.deliveryId)),
      ),
  }),
}));
