import { layDoorPage } from '../src/rules/door-page.ts';
import { defaultPermissions, layPermissions } from '../src/rules/permissions.ts';
import { ApiKeyConnection } from './api-key.ts';
import { builder } from './builder.ts';
import { pageArgs } from './connection.ts';
import { DoorPage, DoorPageInput } from './door-page.ts';
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { MeetingTokenConnection } from './meeting-token.ts';
import { Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { Domain, Permissions, SelfSigningKey, Webhook } from './refs.ts';

Domain.implement({
  description:
    'A tenant with its own rooms, keys, defaults and webhooks. One domain cannot see anything of another. Backend only.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Domain', ({ id }) => id),
    name: t.exposeString('name', {
      description: 'The name of the domain. The URLs of its rooms contain it: `{PUBLIC_URL}/{domain}/{room}`.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    permissions: t.field({
      type: Permissions,
      description: 'The default permissions. For each field, the token comes first, then the room, then the domain.',
      resolve: ({ permissions }) => layPermissions(defaultPermissions, permissions),
    }),
    enforceUniqueUserIds: t.exposeBoolean('enforceUniqueUserIds', {
      description: 'The default for rooms. True: somebody who joins replaces an earlier session of the same userId.',
    }),
    lang: t.exposeString('lang', {
      description: 'The default language of rooms, such as `en` or `pt-BR`.',
    }),
    doorPage: t.field({
      type: DoorPage,
      description: 'How the pages of the domain look, and where they lead.',
      resolve: ({ id, doorPage }) => ({ domainId: id, page: layDoorPage(doorPage) }),
    }),
    meetingTokenLifetimeSeconds: t.exposeInt('meetingTokenLifetimeSeconds', {
      nullable: true,
      description:
        "Lifetime in seconds of meeting tokens without exp. It counts from the token's creation, or from the iat of a self-signed token. Null: they never expire. Default: 24 hours.",
    }),
  }),
});

builder.objectFields(Domain, (t) => ({
  apiKeys: t.field({
    type: ApiKeyConnection,
    description: 'Its API keys, newest first. Scope ADMIN; FORBIDDEN without it.',
    args: pageArgs(t.arg),
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.apiKeys(context.caller, args)),
  }),
  selfSigningKeys: t.field({
    type: [SelfSigningKey],
    description:
      'The keys with which its backend signs meeting tokens itself, including revoked keys. Scope TOKENS; FORBIDDEN without it.',
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.selfSigningKeys(context.caller)),
  }),
  meetingTokens: t.field({
    type: MeetingTokenConnection,
    description:
      'All meeting tokens of the domain, including those for every room, newest first. Scope TOKENS; FORBIDDEN without it.',
    args: {
      roomName: t.arg.string({ description: 'Only tokens that name this room.' }),
      userId: t.arg.string({ description: 'Only tokens with this userId.' }),
      ...pageArgs(t.arg),
    },
    resolve: (_domain, args, context) =>
      ask(context, args, () => context.services.domains.meetingTokens(context.caller, args)),
  }),
  webhooks: t.field({
    type: [Webhook],
    description: 'Its webhooks, including inactive ones. Scope WEBHOOKS; FORBIDDEN without it.',
    resolve: (_domain, args, context) => ask(context, args, () => context.services.webhooks.list(context.caller)),
  }),
}));

const UpdateDomainInput = builder.inputType('UpdateDomainInput', {
  description: 'What to change. A field left out stays as it is.',
  fields: (t) => ({
    permissions: t.field({
      type: PermissionsInput,
      description:
        'The default permissions, for fields that neither the token nor the room sets. Null resets them. Participants are told at once, each time that this is sent: leave it out where it does not change.',
    }),
    enforceUniqueUserIds: t.boolean({
      description: 'The default for rooms. True: somebody who joins replaces an earlier session of the same userId.',
    }),
    lang: t.string({ description: 'The default language of rooms: a tag such as `en` or `pt-BR`.' }),
    meetingTokenLifetimeSeconds: t.int({
      description:
        'Lifetime in seconds of meeting tokens without exp, including self-signed tokens: 1 to 315360000 (3650 days). Null: they never expire.',
    }),
    doorPage: t.field({
      type: DoorPageInput,
      description:
        'How the pages of the domain look, and where they lead. A field that is left out stays as it is, and null resets it; null for the whole resets everything.',
    }),
  }),
});

const UpdateDomainResult = resultOf('UpdateDomainResult', {
  description: 'The domain after the change, or the refusal.',
  success: [Domain],
  refusals: ['InvalidInput', 'Forbidden'],
});

builder.queryField('domain', (t) =>
  t.field({
    type: Domain,
    nullable: true,
    description:
      "The caller's own domain. Backend only, with any scope; other callers get a FORBIDDEN or UNAUTHENTICATED error.",
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
