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
import { idField, Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { MeetingToken, Permissions } from './refs.ts';
import { resultOf } from './result.ts';

const MeetingTokenStatus = enumOf<Status>('MeetingTokenStatus', 'What a meeting token is worth at this moment.', {
  ACTIVE: 'It opens what it names.',
  NOT_YET_VALID: 'Its nbf lies more than 5 seconds ahead; it becomes ACTIVE by itself.',
  EXPIRED: 'Its exp has passed. For good.',
  REVOKED: 'It was revoked. For good.',
  USED_UP: 'maxUses sessions were opened with it. For good.',
});

MeetingToken.implement({
  description:
    'What a meeting token says, and what became of it. The signed token itself is shown once and never stored. Backend (scope TOKENS); owners and admins see those of their room.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'MeetingToken', ({ id }) => id),
    jti: t.exposeString('jti', {
      description:
        'The id inside the signed token, to revoke it by. A self-signed token without one gets one from its hash.',
    }),
    roomName: t.exposeString('roomName', {
      nullable: true,
      description: 'The only room that it opens. Null: every room of the domain.',
    }),
    isOwner: t.exposeBoolean('isOwner', {
      description: 'Its holder joins as an owner: needs no admission, and may do everything in the room.',
    }),
    userName: t.exposeString('userName', {
      nullable: true,
      description: 'The name its holder joins under, whatever they type; null: they choose one.',
    }),
    userId: t.exposeString('userId', {
      nullable: true,
      description: "The holder's id in the backend's own system; null: none was given.",
    }),
    nbf: t.expose('nbf', {
      type: 'DateTime',
      nullable: true,
      description: 'Before this it opens nothing; null: it opens at once.',
    }),
    exp: t.expose('exp', {
      type: 'DateTime',
      nullable: true,
      description: 'From this instant on it opens nothing; null: it never expires.',
    }),
    knocking: t.exposeBoolean('knocking', {
      description: 'The holder must still be let in, but knocks under a verified identity.',
    }),
  }),
});

builder.objectFields(MeetingToken, (t) => ({
  ejectAtTokenExp: t.boolean({
    description:
      "Whoever came in with it is put out at its exp. If this or ejectAfterElapsedSeconds was given, both replace the room's.",
    resolve: ({ ejectAtTokenExp }) => ejectAtTokenExp ?? false,
  }),
  ejectAfterElapsedSeconds: t.exposeInt('ejectAfterElapsedSeconds', {
    nullable: true,
    description: 'Whoever came in with it is put out so many seconds after joining; null: the token does not say so.',
  }),
  startVideoOff: t.exposeBoolean('startVideoOff', {
    nullable: true,
    description: 'Camera off on joining; null: as the room says.',
  }),
  startAudioOff: t.exposeBoolean('startAudioOff', {
    nullable: true,
    description: 'Microphone off on joining; null: as the room says.',
  }),
  enableScreenshare: t.exposeBoolean('enableScreenshare', {
    nullable: true,
    description: 'May its holder share a screen? Null: as the room says.',
  }),
  lang: t.exposeString('lang', {
    nullable: true,
    description: "Language for its holder, such as `pt-BR`; null: the room's.",
  }),
  permissions: t.field({
    type: Permissions,
    nullable: true,
    description:
      'What the token says of permissions, its open fields shown as the service defaults to (room and domain may say otherwise). Null: it says nothing.',
    resolve: showPermissions,
  }),
}));

builder.objectFields(MeetingToken, (t) => ({
  maxUses: t.exposeInt('maxUses', {
    nullable: true,
    description: 'How many sessions may be opened with it; null: any number.',
  }),
  uses: t.exposeInt('uses', {
    description: 'How many sessions were opened with it. Coming back to a session takes no use.',
  }),
  status: t.field({
    type: MeetingTokenStatus,
    description: 'What it is worth at this moment.',
    resolve: (token, _args, { services }) => tokenStatus(token, services.now()),
  }),
  selfSigned: t.exposeBoolean('selfSigned', {
    description:
      "Signed by the domain's own backend, not by this service. Such a token is known here only once it was shown.",
  }),
  createdAt: t.expose('createdAt', {
    type: 'DateTime',
    description: 'When it was made; for a self-signed one, when it was first seen.',
  }),
  revokedAt: t.expose('revokedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it was revoked; null while it was not.',
  }),
}));

function showPermissions({ permissions, isOwner }: MeetingTokenShape): PermissionsShape | null {
  return permissions && effectivePermissions(layPermissions(defaultPermissions, permissions), { isOwner }, false);
}

export const MeetingTokenConnection = connectionOf('MeetingToken', MeetingToken, {
  description: 'Meeting tokens, newest first: those made here, and self-signed ones that were shown.',
});

const CreateMeetingTokenInput = builder.inputType('CreateMeetingTokenInput', {
  description: 'What the token is to say. Give roomName, or anyRoom on purpose: one of the two is needed.',
  fields: (t) => ({
    roomName: t.string({
      description:
        'The room it opens, which must exist. Always name the room to control access to it; without, the token opens every room of the domain.',
    }),
    anyRoom: t.boolean({
      description: 'True says on purpose that the token opens every room of the domain. Not together with roomName.',
    }),
    isOwner: t.boolean({ description: 'Its holder joins as an owner. Left out: not.' }),
    userName: t.string({
      description: 'The name its holder joins under: at most 128 characters. Left out: they choose one.',
    }),
    userId: t.string({ description: "The holder's id in your own system: at most 36 characters." }),
    nbf: t.field({ type: 'DateTime', description: 'Before this the token opens nothing. Must lie before exp.' }),
    exp: t.field({
      type: 'DateTime',
      description:
        "From this instant on the token opens nothing. Left out: the domain's meetingTokenLifetimeSeconds count from now.",
    }),
    knocking: t.boolean({
      description: 'The holder must still be let in, but knocks under a verified identity. Not together with isOwner.',
    }),
    ejectAtTokenExp: t.boolean({
      description:
        "Put the holder out at the token's exp. If this or ejectAfterElapsedSeconds is given, both replace the room's.",
    }),
    ejectAfterElapsedSeconds: t.int({ description: 'Put the holder out so many seconds after joining; at least 1.' }),
    startVideoOff: t.boolean({ description: 'Camera off on joining. Left out: as the room says.' }),
    startAudioOff: t.boolean({ description: 'Microphone off on joining. Left out: as the room says.' }),
    enableScreenshare: t.boolean({ description: 'May the holder share a screen? Left out: as the room says.' }),
    lang: t.string({ description: "Language for the holder: a tag such as `en` or `pt-BR`. Left out: the room's." }),
    permissions: t.field({
      type: PermissionsInput,
      description: 'What the holder may do, over what room and domain say, field by field.',
    }),
    maxUses: t.int({
      description:
        'How many sessions may be opened with it; at least 1, and only together with roomName. Left out: any number.',
    }),
  }),
});

interface IssuedShape {
  readonly meetingToken: MeetingTokenShape;
  readonly jwt: string;
  readonly joinUrl: string | null;
}

const IssuedMeetingToken = builder.objectRef<IssuedShape>('IssuedMeetingToken').implement({
  description: 'A new meeting token, with its signed text for the only time.',
  fields: (t) => ({
    meetingToken: t.expose('meetingToken', { type: MeetingToken, description: 'The token as it will be listed.' }),
    jwt: t.exposeString('jwt', {
      description:
        'The signed token, shown only here. Hand it to its holder alone: `joinRoom` and `knock` take it as `token`.',
    }),
    joinUrl: t.expose('joinUrl', {
      type: 'URL',
      nullable: true,
      description:
        "The room's URL with `?t=` and the token: a link that opens the room. Null for a token that opens every room.",
    }),
  }),
});

const RevokeMeetingTokensInput = builder.inputType('RevokeMeetingTokensInput', {
  description: 'Which tokens: all that match all that is given. At least one of jtis, roomName and userId is needed.',
  fields: (t) => ({
    jtis: t.stringList({ description: 'Tokens with these jtis.' }),
    roomName: t.string({ description: 'Tokens that name this room. Those that open every room are not among them.' }),
    userId: t.string({ description: 'Tokens of this userId.' }),
    eject: t.boolean({ description: 'True: also eject whoever came in with one of them. Left out: they stay.' }),
  }),
});

const MeetingTokensRevoked = builder.objectRef<{ readonly count: number }>('MeetingTokensRevoked').implement({
  description: 'Tokens were revoked, and count from the next attempt on, on every process.',
  fields: (t) => ({
    count: t.exposeInt('count', {
      description: 'How many this call revoked; those revoked before are not among them.',
    }),
  }),
});

const CreateMeetingTokenResult = resultOf('CreateMeetingTokenResult', {
  description: 'The token that was made, or why none was. NotFound: there is no such room.',
  success: [IssuedMeetingToken],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});

const RevokeMeetingTokensResult = resultOf('RevokeMeetingTokensResult', {
  description: 'How many tokens were revoked, or why none was.',
  success: [MeetingTokensRevoked],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});

const ValidateMeetingTokenResult = resultOf('ValidateMeetingTokenResult', {
  description: 'What the token says, or why it opens nothing.',
  success: [MeetingToken],
  refusals: ['EntryRefused'],
});

builder.mutationFields((t) => ({
  createMeetingToken: t.field({
    type: CreateMeetingTokenResult.type,
    description: 'Makes and signs a meeting token. Backend only (scope TOKENS).',
    args: { input: t.arg({ type: CreateMeetingTokenInput, required: true, description: 'What the token is to say.' }) },
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
      'Revokes tokens for good, those made here and self-signed ones. Backend only (scope TOKENS). Revoking twice is the same as once.',
    args: { input: t.arg({ type: RevokeMeetingTokensInput, required: true, description: 'Which tokens.' }) },
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
      'Checks a meeting token and tells what it says, without using it. Backend only (scope TOKENS). Not over GET, where the token would stand in logs: INVALID_INPUT.',
    args: {
      jwt: t.arg.string({ required: true, description: 'The signed token: what stands behind `?t=` in a join URL.' }),
      ignoreNbf: t.arg.boolean({
        description: 'True: do not mind that its nbf lies ahead. Left out: TOKEN_NOT_YET_VALID.',
      }),
    },
    resolve: (_root, args, context) =>
      ValidateMeetingTokenResult.answer(context, args, () =>
        context.services.meetingTokens.validate(context.caller, args.jwt, { ignoreNbf: args.ignoreNbf ?? false }),
      ),
  }),
);
