import { participantPermissions, willEject } from '../src/rules/participant.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { ConnectionState, LeaveReason } from './presence.ts';
import { Participant, Permissions } from './refs.ts';

Participant.implement({
  description: 'One session of somebody in a room. For the backend, and for participants of the same room.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Participant', ({ participant }) => participant.id),
    roomName: t.string({ description: 'The room they are, or were, in.', resolve: ({ room }) => room.name }),
    userName: t.string({
      description:
        'The name shown to others. Unless `verified`, anybody could have typed it. Show it as text, never as markup.',
      resolve: ({ participant }) => participant.userName,
    }),
    userId: t.string({
      nullable: true,
      description: 'The userId that a meeting token vouches for; null without one.',
      resolve: ({ participant }) => participant.userId,
    }),
    isOwner: t.boolean({
      description: "Came in with an owner's meeting token.",
      resolve: ({ participant }) => participant.isOwner,
    }),
    joinedAt: t.field({
      type: 'DateTime',
      description: 'When they joined; coming back to the session does not change it.',
      resolve: ({ participant }) => participant.joinedAt,
    }),
    leftAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the session ended; null while it lasts.',
      resolve: ({ participant }) => participant.leftAt,
    }),
    connection: t.field({
      type: ConnectionState,
      description: 'Are they there at this moment? RECONNECTING for up to 30 seconds, then LEFT.',
      resolve: ({ participant }) => participant.connection,
    }),
  }),
});

builder.objectFields(Participant, (t) => ({
  permissions: t.field({
    type: Permissions,
    description: 'What holds now: token over room over domain, and ownerOnlyBroadcast.',
    resolve: ({ participant, room, domain }) => participantPermissions(participant, room, domain),
  }),
  audio: t.boolean({
    description: 'Is the microphone on, as the participant last said?',
    resolve: ({ participant }) => participant.audio,
  }),
  video: t.boolean({
    description: 'Is the camera on, as the participant last said?',
    resolve: ({ participant }) => participant.video,
  }),
  screenShare: t.boolean({
    description: 'Is a screen being shared, as the participant last said?',
    resolve: ({ participant }) => participant.screenShare,
  }),
  willEjectAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When a timer will put them out, to within a second; null: never, or they have left.',
    resolve: ({ participant, room }) =>
      participant.leftAt === null ? (willEject(participant, room)?.at ?? null) : null,
  }),
  leaveReason: t.field({
    type: LeaveReason,
    nullable: true,
    description: 'Why they are no longer in the room; null while they are.',
    resolve: ({ participant }) => participant.leaveReason,
  }),
  verified: t.boolean({
    description: 'True: a meeting token vouches for name and userId. False: anybody could have typed the name.',
    resolve: ({ participant }) => participant.verified,
  }),
  mediaGrant: t.string({
    nullable: true,
    description: 'Only on oneself: a fresh grant at each reading, see `Joined.mediaGrant`. Null on everybody else.',
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.participants.mediaGrant(context.caller, view)),
  }),
}));

export const ParticipantConnection = connectionOf('Participant', Participant, {
  description: 'People in a room, in order of joining.',
  counted: true,
});
