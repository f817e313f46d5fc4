import type { ApiKeyScope as ApiKeyScopeValue, ApiKey as ApiKeyShape } from '../src/rules/domain.ts';
import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { enumOf } from './enum.ts';
import { idField, Node } from './node.ts';
import { ApiKey } from './refs.ts';
import { resultOf } from './result.ts';

const ApiKeyScope = enumOf<ApiKeyScopeValue>(
  'ApiKeyScope',
  'What an API key opens, always within its own domain. Give a backend no more than it needs.',
  {
    ADMIN: 'Everything that the others open, and the domain itself: settings, API keys and self-signing keys.',
    ROOMS: 'Create, update and delete rooms.',
    TOKENS: 'Create, list, check and revoke meeting tokens.',
    ADMISSION: 'See and decide knocks; mute, eject and ban participants; live streams.',
    WEBHOOKS: 'Register webhooks, read their deliveries and send them again.',
    READ: 'Read rooms, participants and events, as every key may, and nothing else.',
  },
);

ApiKey.implement({
  description:
    "A key with which the domain's backend calls this API (`Authorization: Bearer vk_…`). For keys with scope ADMIN; `viewer` shows a key to itself.",
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'ApiKey', ({ id }) => id),
    name: t.exposeString('name', {
      description: 'What it is for, in the words of who made it. Stands in records of what it did.',
    }),
    prefix: t.exposeString('prefix', {
      description: 'Its first characters, to recognise it by. The key itself is shown once and stored only as a hash.',
    }),
    scopes: t.expose('scopes', { type: [ApiKeyScope], description: 'What it opens.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to within some minutes; null: never.',
    }),
    exp: t.expose('exp', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on it opens nothing; null: it does not run out.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null while it was not. A revoked key opens nothing.',
    }),
  }),
});

export const ApiKeyConnection = connectionOf('ApiKey', ApiKey, {
  description: "The domain's API keys, revoked ones too, newest first.",
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'The key to make.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'What it is for, to tell keys apart: not empty, at most 128 characters.',
    }),
    scopes: t.field({ type: [ApiKeyScope], required: true, description: 'What it opens; at least one.' }),
    exp: t.field({
      type: 'DateTime',
      description: 'From when on it opens nothing, in the future. Left out: it does not run out.',
    }),
  }),
});

const CreatedApiKey = builder
  .objectRef<{ readonly apiKey: ApiKeyShape; readonly secret: string }>('CreatedApiKey')
  .implement({
    description: 'A key, with its secret for the only time.',
    fields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKey, description: 'The key as it will be listed.' }),
      secret: t.exposeString('secret', {
        description: 'The whole key, to be sent as bearer. Shown only here: keep it where secrets are kept.',
      }),
    }),
  });

const CreateApiKeyResult = resultOf('CreateApiKeyResult', {
  description: 'The key that was made, or why none was.',
  success: [CreatedApiKey],
  refusals: ['InvalidInput', 'Forbidden'],
});

const RevokeApiKeyResult = resultOf('RevokeApiKeyResult', {
  description: 'The key that was revoked, or why it was not.',
  success: [ApiKey],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyResult.type,
    description: "Makes an API key of the caller's domain. Backend only (scope ADMIN).",
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'Its name, scopes and end.' }) },
    resolve: (_root, args, context) =>
      CreateApiKeyResult.answer(context, args, () => context.services.domains.createApiKey(context.caller, args.input)),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyResult.type,
    description:
      'Ends an API key for good: the next call with it is refused, open subscriptions end within a second. Backend only (scope ADMIN). Revoking twice is the same as once.',
    args: { apiKeyId: t.arg.id({ required: true, description: '`id` of the ApiKey.' }) },
    resolve: (_root, args, context) =>
      RevokeApiKeyResult.answer(context, args, () =>
        context.services.domains.revokeApiKey(context.caller, decodeId('ApiKey', args.apiKeyId)),
      ),
  }),
}));
