import type { ParticipantView } from '../src/room/views.ts';
import { decodeId, decodeIds } from '../src/rules/ids.ts';
import { participantPermissions, willEject } from '../src/rules/participant.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { ConnectionState, LeaveReason } from './enum.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { KnockRequest, Participant, Permissions } from './refs.ts';
import { resultOf } from './result.ts';

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
const audio = 'False: mute. True (owners only): ask to unmute, by a MediaRequested event. Left out: as it is.';
const video =
  'False: camera off. True (owners only): ask to switch it on, by a MediaRequested event. Left out: as it is.';
const screen =
  'False: end the screen share. True (owners only): ask to share, by a MediaRequested event. Left out: as it is.';
const permissions =
  'Laid over what they had, field by field. What may not be sent any more is switched off. Left out: as they are.';

const UpdateParticipantInput = builder.inputType('UpdateParticipantInput', {
  description: 'What to change for one participant.',
  fields: (t) => ({
    participantId: t.id({ required: true, description: '`id` of the Participant.' }),
    setAudio: t.boolean({ description: audio }),
    setVideo: t.boolean({ description: video }),
    setScreenShare: t.boolean({ description: screen }),
    permissions: t.field({ type: PermissionsInput, description: permissions }),
  }),
});

const UpdateParticipantsInput = builder.inputType('UpdateParticipantsInput', {
  description: 'What to change for several participants of a room at once, such as to mute all.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    participantIds: t.idList({ description: 'Exactly these. Left out: everyone but the owners.' }),
    setAudio: t.boolean({ description: audio }),
    setVideo: t.boolean({ description: video }),
    setScreenShare: t.boolean({ description: screen }),
    permissions: t.field({ type: PermissionsInput, description: permissions }),
  }),
});

const EjectParticipantsInput = builder.inputType('EjectParticipantsInput', {
  description: 'Whom to put out of a room: 1 to 100, by session or by user.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    participantIds: t.idList({
      description:
        'These sessions, by `id` of the Participant: of those inside, and of those who have left, whose way back ends too.',
    }),
    userIds: t.stringList({
      description: 'Every session of these users; with `ban` they are banned also while not inside.',
    }),
    ban: t.boolean({
      description:
        'True: also ban them, until `banExp` or for good. Left out: they may come back where they have a right to.',
    }),
    banNetwork: t.boolean({
      description:
        'With ban: also whoever comes from the network of those who are named, without a good meeting token, see `Ban.network` and `DenyKnockInput.banNetwork`. A user who is banned by userIds while not inside is banned by the userId alone. Left out: not.',
    }),
    banExp: t.field({
      type: 'DateTime',
      description: 'With ban: from when on they may come again; in the future. Left out: not before `liftBan`.',
    }),
  }),
});

const ReturnToLobbyInput = builder.inputType('ReturnToLobbyInput', {
  description: 'Whom to send back to wait.',
  fields: (t) => ({
    participantId: t.id({ required: true, description: '`id` of the Participant.' }),
    reply: t.string({ description: 'A word to them, shown while they wait: at most 500 characters.' }),
  }),
});

const UpdateMyMediaInput = builder.inputType('UpdateMyMediaInput', {
  description: 'What one has switched oneself. A field left out stays as it is.',
  fields: (t) => ({
    audio: t.boolean({ description: 'Is the microphone on?' }),
    video: t.boolean({ description: 'Is the camera on?' }),
    screenShare: t.boolean({ description: 'Is a screen being shared?' }),
  }),
});

const participantsField = 'Those whom this call changed.';

const ParticipantsUpdated = builder
  .objectRef<{ readonly participants: readonly ParticipantView[] }>('ParticipantsUpdated')
  .implement({
    description: 'Several participants were changed; each is told on its own stream.',
    fields: (t) => ({
      participants: t.expose('participants', { type: [Participant], description: participantsField }),
    }),
  });

const ParticipantsEjected = builder
  .objectRef<{ readonly participants: readonly ParticipantView[] }>('ParticipantsEjected')
  .implement({
    description: 'These are out: their sessions, subscriptions and admissions have ended.',
    fields: (t) => ({
      participants: t.expose('participants', {
        type: [Participant],
        description: 'Those who were put out by this call.',
      }),
    }),
  });

const UpdateParticipantResult = resultOf('UpdateParticipantResult', {
  description: 'The participant as they are now, or why nothing was changed.',
  success: [Participant],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const UpdateParticipantsResult = resultOf('UpdateParticipantsResult', {
  description: 'The participants that were changed, or why none was.',
  success: [ParticipantsUpdated],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const EjectParticipantsResult = resultOf('EjectParticipantsResult', {
  description: 'Who was put out, or why nobody was.',
  success: [ParticipantsEjected],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const UpdateMyMediaResult = resultOf('UpdateMyMediaResult', {
  description: 'Oneself as one is now, or why nothing was changed.',
  success: [Participant],
  refusals: ['Forbidden'],
});
const ReturnToLobbyResult = resultOf('ReturnToLobbyResult', {
  description: 'The new knock of who was sent back, or why nobody was.',
  success: [KnockRequest],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});

const whoMay = 'Owners and admins of participants in the room, or the backend (scope ADMISSION).';

builder.mutationFields((t) => ({
  updateParticipant: t.field({
    type: UpdateParticipantResult.type,
    description: `Mutes somebody, or changes what they may do. Switching on is asked for, never done. ${whoMay}`,
    args: { input: t.arg({ type: UpdateParticipantInput, required: true, description: 'Whom, and what to change.' }) },
    resolve: (_root, args, context) =>
      UpdateParticipantResult.answer(context, args, () =>
        context.services.participants.update(context.caller, {
          ...args.input,
          participantId: decodeId('Participant', args.input.participantId),
          permissions: readPermissions(args.input.permissions),
        }),
      ),
  }),
  updateParticipants: t.field({
    type: UpdateParticipantsResult.type,
    description: `Mutes several people or all, or changes what they may do, at once. ${whoMay}`,
    args: {
      input: t.arg({
        type: UpdateParticipantsInput,
        required: true,
        description: 'Whom in which room, and what to change.',
      }),
    },
    resolve: (_root, args, context) =>
      UpdateParticipantsResult.answer(context, args, () =>
        context.services.participants.updateMany(context.caller, {
          ...args.input,
          participantIds: decodeIds('Participant', args.input.participantIds),
          permissions: readPermissions(args.input.permissions),
        }),
      ),
  }),
}));

builder.mutationFields((t) => ({
  ejectParticipants: t.field({
    type: EjectParticipantsResult.type,
    description: `Puts people out, on every door at once, and ends their admissions. ${whoMay}`,
    args: {
      input: t.arg({
        type: EjectParticipantsInput,
        required: true,
        description: 'Whom from which room, and whether to ban them.',
      }),
    },
    resolve: (_root, args, context) =>
      EjectParticipantsResult.answer(context, args, () =>
        context.services.participants.eject(context.caller, {
          ...args.input,
          participantIds: decodeIds('Participant', args.input.participantIds),
        }),
      ),
  }),
  returnToLobby: t.field({
    type: ReturnToLobbyResult.type,
    description: `Sends somebody back to wait: their session ends, its token follows the new knock, and they must be admitted again. ${whoMay}`,
    args: { input: t.arg({ type: ReturnToLobbyInput, required: true, description: 'Whom, and a word to them.' }) },
    resolve: (_root, args, context) =>
      ReturnToLobbyResult.answer(context, args, () =>
        context.services.participants.returnToLobby(context.caller, {
          ...args.input,
          participantId: decodeId('Participant', args.input.participantId),
        }),
      ),
  }),
  updateMyMedia: t.field({
    type: UpdateMyMediaResult.type,
    description:
      'A participant tells what it has switched on or off. What its permissions do not allow to send is Forbidden. Bearer: the session token.',
    args: { input: t.arg({ type: UpdateMyMediaInput, required: true, description: 'What is on and what is off.' }) },
    resolve: (_root, args, context) =>
      UpdateMyMediaResult.answer(context, args, () =>
        context.services.participants.updateMyMedia(context.caller, args.input),
      ),
  }),
}));
