import type { ApiKeyScope as ApiKeyScopeValue, ApiKey as ApiKeyShape } from '../src/rules/domain.ts';
import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { enumOf } from './enum.ts';
import { resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { ApiKey } from './refs.ts';

const ApiKeyScope = enumOf<ApiKeyScopeValue>(
  'ApiKeyScope',
  'What an API key may do, always within its own domain. Give a backend only the scopes that it needs.',
  {
    ADMIN: 'Everything that the other scopes allow, and the domain itself: settings, API keys and self-signing keys.',
    ROOMS: 'Create, update and delete rooms.',
    TOKENS: 'Create, list, check and revoke meeting tokens.',
    ADMISSION: 'See and decide knocks; mute, eject and ban participants; live streams.',
    WEBHOOKS: 'Register webhooks, read their deliveries and send them again.',
    READ: 'Read rooms, participants and events, and nothing else. Every key may do this.',
  },
);

ApiKey.implement({
  description:
    "A key with which the domain's backend calls this API (`Authorization: Bearer vk_…`). Visible to keys with scope ADMIN; `viewer` shows each key itself.",
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'ApiKey', ({ id }) => id),
    name: t.exposeString('name', {
      description: 'The name that its creator gave it. Records of what the key did contain this name.',
    }),
    prefix: t.exposeString('prefix', {
      description:
        'The first characters of the key, to recognise it. The service shows the whole key only once, and stores only a hash.',
    }),
    scopes: t.expose('scopes', { type: [ApiKeyScope], description: 'What the key may do.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, accurate to a few minutes. Null: never.',
    }),
    exp: t.expose('exp', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key expires. Null: never.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked. Null: it is not revoked. A revoked key no longer works.',
    }),
  }),
});

export const ApiKeyConnection = connectionOf('ApiKey', ApiKey, {
  description: "The domain's API keys, including revoked keys, newest first.",
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'The key to create.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'A name to tell keys apart: 1 to 128 characters.',
    }),
    scopes: t.field({ type: [ApiKeyScope], required: true, description: 'What the key may do. At least one scope.' }),
    exp: t.field({
      type: 'DateTime',
      description: 'When the key expires. Must be in the future. Default: never.',
    }),
  }),
});

const CreatedApiKey = builder
  .objectRef<{ readonly apiKey: ApiKeyShape; readonly secret: string }>('CreatedApiKey')
  .implement({
    description: 'A new key with its secret, which is shown only here.',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKey, description: 'The key as lists show it.' }),
      secret: t.exposeString('secret', {
        description:
          'The whole key, to send as the bearer credential. It is shown only here; store it with your other secrets.',
      }),
    }),
  });

const CreateApiKeyResult = resultOf('CreateApiKeyResult', {
  description: 'The new key, or the refusal.',
  success: [CreatedApiKey],
  refusals: ['InvalidInput', 'Forbidden'],
});

const RevokeApiKeyResult = resultOf('RevokeApiKeyResult', {
  description: 'The revoked key, or the refusal.',
  success: [ApiKey],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyResult.type,
    description: "Creates an API key in the caller's domain. Backend only (scope ADMIN).",
    args: {
      input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The name, scopes and expiry of the key.' }),
    },
    resolve: (_root, args, context) =>
      CreateApiKeyResult.answer(context, args, () => context.services.domains.createApiKey(context.caller, args.input)),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyResult.type,
    description:
      'Revokes an API key permanently. The next call with it is refused, and its open subscriptions end within a second. Repeating the call has no further effect. Backend only (scope ADMIN).',
    args: { apiKeyId: t.arg.id({ required: true, description: '`id` of the ApiKey.' }) },
    resolve: (_root, args, context) =>
      RevokeApiKeyResult.answer(context, args, () =>
        context.services.domains.revokeApiKey(context.caller, decodeId('ApiKey', args.apiKeyId)),
      ),
  }),
}));
