import { decodeId } from '../src/rules/ids.ts';
import type {
  WebhookDeliveryStatus as DeliveryStatus,
  WebhookEventType as EventType,
  Webhook as WebhookShape,
} from '../src/rules/webhook.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { Webhook, WebhookDelivery } from './refs.ts';
import { resultOf } from './result.ts';

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

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description: 'The endpoint to register.',
  fields: (t) => ({
    url: t.field({
      type: 'URL',
      required: true,
      description: 'Where to tell. Private, loopback and link-local addresses are refused.',
    }),
    events: t.field({ type: [WebhookEventType], required: true, description: 'What to tell of; at least one.' }),
    roomName: t.string({ description: 'Only of this room. Left out: of all rooms of the domain, later ones too.' }),
  }),
});

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What to change of an endpoint. A field left out, or null, stays as it is.',
  fields: (t) => ({
    webhookId: t.id({ required: true, description: '`id` of the Webhook.' }),
    url: t.field({
      type: 'URL',
      description: 'Where to tell. Private, loopback and link-local addresses are refused.',
    }),
    events: t.field({
      type: [WebhookEventType],
      description: 'What to tell of; at least one. Replaces what stood there.',
    }),
    isActive: t.boolean({ description: 'False: send nothing. True: begin again, after it was switched off.' }),
  }),
});

const CreatedWebhook = builder
  .objectRef<{ readonly webhook: WebhookShape; readonly secret: string }>('CreatedWebhook')
  .implement({
    description: 'An endpoint, with its signing secret for the only time.',
    fields: (t) => ({
      webhook: t.expose('webhook', { type: Webhook, description: 'The endpoint as it will be listed.' }),
      secret: t.exposeString('secret', {
        description:
          'Standard Webhooks signing secret (`whsec_…`), shown only here: verify with it that a call comes from this service.',
      }),
    }),
  });

const CreateWebhookResult = resultOf('CreateWebhookResult', {
  description: 'The endpoint that was registered, or why none was. NotFound: there is no such room.',
  success: [CreatedWebhook],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const UpdateWebhookResult = resultOf('UpdateWebhookResult', {
  description: 'The endpoint as it is now, or why it was not changed.',
  success: [Webhook],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const DeleteWebhookResult = resultOf('DeleteWebhookResult', {
  description: 'The endpoint that is gone, as it was, or why it is not.',
  success: [Webhook],
  refusals: ['Forbidden', 'NotFound'],
});
const RotateWebhookSecretResult = resultOf('RotateWebhookSecretResult', {
  description: 'The endpoint with its new secret, or why there is none.',
  success: [CreatedWebhook],
  refusals: ['Forbidden', 'NotFound'],
});
const RedeliverWebhookResult = resultOf('RedeliverWebhookResult', {
  description: 'The delivery, PENDING again, or why it is not.',
  success: [WebhookDelivery],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createWebhook: t.field({
    type: CreateWebhookResult.type,
    description: 'Registers an endpoint. Backend only (scope WEBHOOKS).',
    args: { input: t.arg({ type: CreateWebhookInput, required: true, description: 'Where to tell, and what of.' }) },
    resolve: (_root, args, context) =>
      CreateWebhookResult.answer(context, args, () => context.services.webhooks.create(context.caller, args.input)),
  }),
  updateWebhook: t.field({
    type: UpdateWebhookResult.type,
    description: 'Changes an endpoint, or switches it on or off. Backend only (scope WEBHOOKS).',
    args: {
      input: t.arg({ type: UpdateWebhookInput, required: true, description: 'Which endpoint, and what to change.' }),
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
    description: 'Removes an endpoint; what was still to be told is not. Backend only (scope WEBHOOKS).',
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
      'Gives an endpoint a new secret. For a while calls are signed with both, so that none is lost. Backend only (scope WEBHOOKS).',
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
