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
import { MeetingToken, Permissions } from './refs.ts';

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
