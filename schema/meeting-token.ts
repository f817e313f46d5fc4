import {
  type MeetingToken as MeetingTokenShape,
  type MeetingTokenStatus as Status,
  tokenStatus,
} from '../src/rules/meeting-token.ts';
import {
  defaultPermissions,
  effectivePermissions,
  layPermissions,
  type Permissions as PermissionsShape,
} from '../src/rules/permissions.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { enumOf } from './enum.ts';
import { resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { MeetingToken, Permissions } from './refs.ts';

const MeetingTokenStatus = enumOf<Status>('MeetingTokenStatus', 'The status of a meeting token now.', {
  ACTIVE: 'The token is valid.',
  NOT_YET_VALID: 'Its nbf is more than 5 seconds in the future. The token becomes ACTIVE by itself.',
  EXPIRED: 'Its exp has passed. This is final.',
  REVOKED: 'It was revoked. This is final.',
  USED_UP: 'It has opened maxUses sessions. This is final.',
});

MeetingToken.implement({
  description:
    'The content and status of a meeting token. The signed token itself is shown once and never stored. Backend (scope TOKENS); owners and admins see the tokens of their room.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'MeetingToken', ({ id }) => id),
    jti: t.exposeString('jti', {
      description:
        "The id inside the signed token. Use it to revoke the token. For a self-signed token without a jti, the service makes one from the token's hash.",
    }),
    roomName: t.exposeString('roomName', {
      nullable: true,
      description: 'The room that the token is for. Null: every room of the domain.',
    }),
    isOwner: t.exposeBoolean('isOwner', {
      description: 'True: the holder joins as an owner, needs no admission, and may do everything in the room.',
    }),
    userName: t.exposeString('userName', {
      nullable: true,
      description: 'The name of the holder, which replaces any name that they type. Null: they choose a name.',
    }),
    userId: t.exposeString('userId', {
      nullable: true,
      description: "The holder's id in the backend's own system. Null: there is none.",
    }),
    nbf: t.expose('nbf', {
      type: 'DateTime',
      nullable: true,
      description: 'The token is not valid before this time. Null: it is valid at once.',
    }),
    exp: t.expose('exp', {
      type: 'DateTime',
      nullable: true,
      description: 'When the token expires. Null: never.',
    }),
    knocking: t.exposeBoolean('knocking', {
      description: 'True: the holder must knock, with a verified identity.',
    }),
  }),
});

builder.objectFields(MeetingToken, (t) => ({
  ejectAtTokenExp: t.boolean({
    description:
      "True: the service ejects participants who joined with this token at its exp. If the token sets this or ejectAfterElapsedSeconds, both replace the room's settings.",
    resolve: ({ ejectAtTokenExp }) => ejectAtTokenExp ?? false,
  }),
  ejectAfterElapsedSeconds: t.exposeInt('ejectAfterElapsedSeconds', {
    nullable: true,
    description:
      'The service ejects participants who joined with this token after this number of seconds. Null: the token does not set it.',
  }),
  startVideoOff: t.exposeBoolean('startVideoOff', {
    nullable: true,
    description: 'True: the holder joins with the camera off. Null: as the room says.',
  }),
  startAudioOff: t.exposeBoolean('startAudioOff', {
    nullable: true,
    description: 'True: the holder joins with the microphone off. Null: as the room says.',
  }),
  enableScreenshare: t.exposeBoolean('enableScreenshare', {
    nullable: true,
    description: 'True: the holder may share a screen. Null: as the room says.',
  }),
  lang: t.exposeString('lang', {
    nullable: true,
    description: "The language for the holder, such as `pt-BR`. Null: the room's.",
  }),
  permissions: t.field({
    type: Permissions,
    nullable: true,
    description:
      "The permissions in the token. Fields that the token does not set show the service's defaults here; the room or the domain can set them. Null: the token sets no permissions.",
    resolve: showPermissions,
  }),
}));

builder.objectFields(MeetingToken, (t) => ({
  maxUses: t.exposeInt('maxUses', {
    nullable: true,
    description: 'How many sessions the token can open. Null: any number.',
  }),
  uses: t.exposeInt('uses', {
    description: 'How many sessions the token has opened. Coming back to a session does not count.',
  }),
  status: t.field({
    type: MeetingTokenStatus,
    description: 'The status of the token now.',
    resolve: (token, _args, { services }) => tokenStatus(token, services.now()),
  }),
  selfSigned: t.exposeBoolean('selfSigned', {
    description:
      "True: the domain's own backend signed the token, not this service. The service knows such a token only after somebody has used it.",
  }),
  createdAt: t.expose('createdAt', {
    type: 'DateTime',
    description: 'When the service created the token or, if it is self-signed, first saw it.',
  }),
  revokedAt: t.expose('revokedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it was revoked. Null: it is not revoked.',
  }),
}));

function showPermissions({ permissions, isOwner }: MeetingTokenShape): PermissionsShape | null {
  return permissions && effectivePermissions(layPermissions(defaultPermissions, permissions), { isOwner }, false);
}

export const MeetingTokenConnection = connectionOf('MeetingToken', MeetingToken, {
  description: 'Meeting tokens, newest first: those that the service created, and self-signed tokens that it has seen.',
});

const CreateMeetingTokenInput = builder.inputType('CreateMeetingTokenInput', {
  description: 'The content of the token. Send either roomName or anyRoom.',
  fields: (t) => ({
    roomName: t.string({
      description:
        'The room that the token is for. The room must exist. Always name the room if the token is to control access to it; a token without a room is for every room of the domain.',
    }),
    anyRoom: t.boolean({
      description: 'True: the token is for every room of the domain. Cannot be combined with roomName.',
    }),
    isOwner: t.boolean({ description: 'True: the holder joins as an owner. Default: false.' }),
    userName: t.string({
      description: 'The name of the holder, at most 128 characters. If left out, they choose a name.',
    }),
    userId: t.string({ description: "The holder's id in your own system, at most 36 characters." }),
    nbf: t.field({ type: 'DateTime', description: 'The token is not valid before this time. Must be before exp.' }),
    exp: t.field({
      type: 'DateTime',
      description: "When the token expires. Default: after the domain's meetingTokenLifetimeSeconds.",
    }),
    knocking: t.boolean({
      description: 'True: the holder must knock, with a verified identity. Cannot be combined with isOwner.',
    }),
    ejectAtTokenExp: t.boolean({
      description:
        "True: the service ejects the holder at the token's exp. If you send this or ejectAfterElapsedSeconds, both replace the room's settings.",
    }),
    ejectAfterElapsedSeconds: t.int({
      description: 'The service ejects the holder after this number of seconds. At least 1.',
    }),
    startVideoOff: t.boolean({ description: 'True: the holder joins with the camera off. Default: as the room says.' }),
    startAudioOff: t.boolean({
      description: 'True: the holder joins with the microphone off. Default: as the room says.',
    }),
    enableScreenshare: t.boolean({ description: 'True: the holder may share a screen. Default: as the room says.' }),
    lang: t.string({ description: "The language for the holder: a tag such as `en` or `pt-BR`. Default: the room's." }),
    permissions: t.field({
      type: PermissionsInput,
      description:
        'What the holder may do. Each field that you set replaces the permission of the room and the domain.',
    }),
    maxUses: t.int({
      description: 'How many sessions the token can open: at least 1. Requires roomName. Default: any number.',
    }),
  }),
});

interface IssuedShape {
  readonly meetingToken: MeetingTokenShape;
  readonly jwt: string;
  readonly joinUrl: string | null;
}

const IssuedMeetingToken = builder.objectRef<IssuedShape>('IssuedMeetingToken').implement({
  description: 'A new meeting token with its signed text, which is shown only here.',
  fields: (t) => ({
    meetingToken: t.expose('meetingToken', { type: MeetingToken, description: 'The token as lists show it.' }),
    jwt: t.exposeString('jwt', {
      description:
        'The signed token, which is shown only here. Give it only to its holder, who sends it as `token` to `joinRoom` or `knock`.',
    }),
    joinUrl: t.expose('joinUrl', {
      type: 'URL',
      nullable: true,
      description:
        "A link to join with this token: the room's URL with `?t=` and the token, or `&t=` where that URL has a query; before a fragment, or in it if the room's name stands there. Null for a token for every room.",
    }),
  }),
});

const RevokeMeetingTokensInput = builder.inputType('RevokeMeetingTokensInput', {
  description:
    'The tokens to revoke: those that match every field that you send. At least one of jtis, roomName and userId is required.',
  fields: (t) => ({
    jtis: t.stringList({ description: 'Tokens with these jtis: at most 1000.' }),
    roomName: t.string({ description: 'Tokens for this room. Tokens for every room are not included.' }),
    userId: t.string({ description: 'Tokens with this userId.' }),
    eject: t.boolean({
      description: 'True: also eject participants who joined with one of these tokens. Default: false.',
    }),
  }),
});

const MeetingTokensRevoked = builder.objectRef<{ readonly count: number }>('MeetingTokensRevoked').implement({
  description: 'The tokens were revoked. Every process refuses them from the next attempt.',
  fields: (t) => ({
    count: t.exposeInt('count', {
      description: 'How many tokens this call revoked. Tokens that were already revoked do not count.',
    }),
  }),
});

const CreateMeetingTokenResult = resultOf('CreateMeetingTokenResult', {
  description: 'The new token, or the refusal. NotFound: the room does not exist.',
  success: [IssuedMeetingToken],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});

const RevokeMeetingTokensResult = resultOf('RevokeMeetingTokensResult', {
  description: 'How many tokens were revoked, or the refusal.',
  success: [MeetingTokensRevoked],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});

const ValidateMeetingTokenResult = resultOf('ValidateMeetingTokenResult', {
  description: 'The content of the token, or the reason why it is not valid.',
  success: [MeetingToken],
  refusals: ['EntryRefused'],
});

builder.mutationFields((t) => ({
  createMeetingToken: t.field({
    type: CreateMeetingTokenResult.type,
    description: 'Creates and signs a meeting token. Backend only (scope TOKENS).',
    args: { input: t.arg({ type: CreateMeetingTokenInput, required: true, description: 'The content of the token.' }) },
    resolve: (_root, args, context) =>
      CreateMeetingTokenResult.answer(context, args, () =>
        context.services.meetingTokens.create(context.caller, {
          ...args.input,
          permissions: readPermissions(args.input.permissions),
        }),
      ),
  }),
  revokeMeetingTokens: t.field({
    type: RevokeMeetingTokensResult.type,
    description:
      'Revokes tokens permanently, including self-signed tokens. Repeating the call has no further effect. Backend only (scope TOKENS).',
    args: { input: t.arg({ type: RevokeMeetingTokensInput, required: true, description: 'The tokens to revoke.' }) },
    resolve: (_root, args, context) =>
      RevokeMeetingTokensResult.answer(context, args, () =>
        context.services.meetingTokens.revoke(context.caller, args.input),
      ),
  }),
}));

builder.queryField('validateMeetingToken', (t) =>
  t.field({
    type: ValidateMeetingTokenResult.type,
    nullable: true,
    description:
      'Checks a meeting token and returns its content, without using it. Backend only (scope TOKENS). GET is not allowed, because logs would contain the token: INVALID_INPUT.',
    args: {
      jwt: t.arg.string({ required: true, description: 'The signed token: the text after `?t=` in a join URL.' }),
      ignoreNbf: t.arg.boolean({
        description:
          'True: accept a token whose nbf is in the future. Default: false, and such a token is TOKEN_NOT_YET_VALID.',
      }),
    },
    resolve: (_root, args, context) =>
      ValidateMeetingTokenResult.answer(context, args, () =>
        context.services.meetingTokens.validate(context.caller, args.jwt, { ignoreNbf: args.ignoreNbf ?? false }),
      ),
  }),
);
