import { defaultPermissions, layPermissions } from '../src/rules/permissions.ts';
import { ApiKeyConnection } from './api-key.ts';
import { builder } from './builder.ts';
import { pageArgs } from './connection.ts';
import { ask } from './guard.ts';
import { MeetingTokenConnection } from './meeting-token.ts';
import { idField, Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { Domain, Permissions, SelfSigningKey, Webhook } from './refs.ts';
import { resultOf } from './result.ts';

Domain.implement({
  description:
    'A tenant: its own rooms, keys, defaults and webhooks. Nothing of one domain can be seen from another. Backend only.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Domain', ({ id }) => id),
    name: t.exposeString('name', { description: 'Stands in the URLs of its rooms: `{PUBLIC_URL}/{domain}/{room}`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    permissions: t.field({
      type: Permissions,
      description:
        'Used where neither the token nor the room says otherwise (token over room over domain, field by field).',
      resolve: ({ permissions }) => layPermissions(defaultPermissions, permissions),
    }),
    enforceUniqueUserIds: t.exposeBoolean('enforceUniqueUserIds', {
      description: 'For rooms that do not say otherwise: a newcomer ejects the earlier holder of the same userId.',
    }),
    lang: t.exposeString('lang', {
      description: 'Language of rooms that do not say otherwise, such as `en` or `pt-BR`.',
    }),
    meetingTokenLifetimeSeconds: t.exposeInt('meetingTokenLifetimeSeconds', {
      nullable: true,
      description:
        'Lifetime in seconds of a meeting token without exp, from when it was created or, self-signed, from its iat; null: it never expires. 24 hours at first.',
    }),
  }),
});

builder.objectFields(Domain, (t) => ({
  apiKeys: t.field({
    type: ApiKeyConnection,
    description: 'Its API keys, newest first. Scope ADMIN; FORBIDDEN without.',
    args: pageArgs(t.arg),
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.apiKeys(context.caller, args)),
  }),
  selfSigningKeys: t.field({
    type: [SelfSigningKey],
    description:
      'Keys with which its backend signs meeting tokens itself, revoked ones too. Scope TOKENS; FORBIDDEN without.',
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.selfSigningKeys(context.caller)),
  }),
  meetingTokens: t.field({
    type: MeetingTokenConnection,
    description: 'All of the domain, those that open every room too. Newest first. Scope TOKENS; FORBIDDEN without.',
    args: {
      roomName: t.arg.string({ description: 'Only tokens that name this room.' }),
      userId: t.arg.string({ description: 'Only tokens of this userId.' }),
      ...pageArgs(t.arg),
    },
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.meetingTokens(context.caller, args)),
  }),
  webhooks: t.field({
    type: [Webhook],
    description: 'Endpoints that are told what happens, inactive ones too. Scope WEBHOOKS; FORBIDDEN without.',
    resolve: (_domain, args, context) => ask(context, args, () => context.services.webhooks.list(context.caller)),
  }),
}));

const UpdateDomainInput = builder.inputType('UpdateDomainInput', {
  description: 'What to change. A field left out stays as it is.',
  fields: (t) => ({
    permissions: t.field({
      type: PermissionsInput,
      description:
        'Used where neither the token nor the room says otherwise. Null resets them; those inside are told at once.',
    }),
    enforceUniqueUserIds: t.boolean({
      description: 'For rooms that do not say otherwise: a newcomer ejects the earlier holder of the same userId.',
    }),
    lang: t.string({ description: 'Language of rooms that do not say otherwise: a tag such as `en` or `pt-BR`.' }),
    meetingTokenLifetimeSeconds: t.int({
      description:
        'Lifetime in seconds, at least 1, of meeting tokens without exp, self-signed ones too. Null: they never expire.',
    }),
  }),
});

const UpdateDomainResult = resultOf('UpdateDomainResult', {
  description: 'The domain as it is now, or why it was not changed.',
  success: [Domain],
  refusals: ['InvalidInput', 'Forbidden'],
});

builder.queryField('domain', (t) =>
  t.field({
    type: Domain,
    nullable: true,
    description:
      "The caller's own domain. Backend only, with any scope; others get a FORBIDDEN or UNAUTHENTICATED error.",
    resolve: (_root, args, context) => ask(context, args, () => context.services.domains.own(context.caller)),
  }),
);

builder.mutationField('updateDomain', (t) =>
  t.field({
    type: UpdateDomainResult.type,
    description: "Changes the defaults of the caller's domain. Backend only (scope ADMIN).",
    args: { input: t.arg({ type: UpdateDomainInput, required: true, description: 'What to change.' }) },
    resolve: (_root, args, context) =>
      UpdateDomainResult.answer(context, args, () =>
        context.services.domains.update(context.caller, {
          ...args.input,
          permissions: readPermissions(args.input.permissions),
        }),
      ),
  }),
);
