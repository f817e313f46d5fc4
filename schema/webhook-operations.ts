import { decodeId } from '../src/rules/global-id.ts';
import type { Webhook as WebhookShape } from '../src/rules/webhook.ts';
import { builder } from './builder.ts';
import { Webhook, WebhookDelivery } from './refs.ts';
import { resultOf } from './result.ts';
import { WebhookEventType } from './webhook.ts';

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
