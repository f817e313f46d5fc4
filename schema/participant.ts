import type { ParticipantView } from '../src/room/views.ts';
import { decodeId, decodeIds, encodeId } from '../src/rules/ids.ts';
import { isInside, participantPermissions, willEject } from '../src/rules/participant.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { ConnectionState, LeaveReason } from './enum.ts';
import { resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { KnockRequest, Participant, Permissions } from './refs.ts';

Participant.implement({
  description: 'One session of a person in a room. Visible to the backend, and to participants of the same room.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Participant', ({ participant }) => participant.id),
    roomName: t.string({
      description: 'The room that the participant is or was in.',
      resolve: ({ room }) => room.name,
    }),
    userName: t.string({
      description:
        'The name that others see. If `verified` is false, anybody could have typed this name. Show it as text, never as markup.',
      resolve: ({ participant }) => participant.userName,
    }),
    userId: t.string({
      nullable: true,
      description: 'The userId that a meeting token confirms. Null: there is none.',
      resolve: ({ participant }) => participant.userId,
    }),
    isOwner: t.boolean({
      description: "True: the participant joined with an owner's meeting token.",
      resolve: ({ participant }) => participant.isOwner,
    }),
    joinedAt: t.field({
      type: 'DateTime',
      description: 'When they joined. Coming back to the session does not change it.',
      resolve: ({ participant }) => participant.joinedAt,
    }),
    leftAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the session ended. Null: it has not ended.',
      resolve: ({ participant }) => participant.left?.at ?? null,
    }),
    connection: t.field({
      type: ConnectionState,
      description: 'Whether they are connected now. RECONNECTING for up to 30 seconds, then LEFT.',
      resolve: ({ participant }) => (isInside(participant) ? participant.connection : 'LEFT'),
    }),
  }),
});

builder.objectFields(Participant, (t) => ({
  knockId: t.id({
    nullable: true,
    description:
      'The `id` of the KnockRequest by which they came in: so a host finds the person that they have let in. Null: they came without a knock.',
    resolve: ({ participant: { knockId } }) => (knockId === null ? null : encodeId('KnockRequest', knockId)),
  }),
  permissions: t.field({
    type: Permissions,
    description:
      'What they may do now. For each field, the token comes first, then the room, then the domain; ownerOnlyBroadcast is applied too.',
    resolve: ({ participant, room, domain }) => participantPermissions(participant, room, domain),
  }),
  audio: t.boolean({
    description: 'True: the microphone is on, as the participant last reported.',
    resolve: ({ participant }) => isInside(participant) && participant.audio,
  }),
  video: t.boolean({
    description: 'True: the camera is on, as the participant last reported.',
    resolve: ({ participant }) => isInside(participant) && participant.video,
  }),
  screenShare: t.boolean({
    description: 'True: the participant is sharing a screen, as they last reported.',
    resolve: ({ participant }) => isInside(participant) && participant.screenShare,
  }),
  willEjectAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When a timer will eject them, accurate to a second. Null: never, or they have left.',
    resolve: ({ participant, room }) => (isInside(participant) ? (willEject(participant, room)?.at ?? null) : null),
  }),
  leaveReason: t.field({
    type: LeaveReason,
    nullable: true,
    description: 'Why they are no longer in the room. Null: they are in the room.',
    resolve: ({ participant }) => participant.left?.reason ?? null,
  }),
  verified: t.boolean({
    description: 'True: a meeting token confirms the name and userId. False: anybody could have typed the name.',
    resolve: ({ participant }) => participant.verified,
  }),
}));

export const ParticipantConnection = connectionOf('Participant', Participant, {
  description: 'Participants of a room, in the order in which they joined.',
  counted: true,
});
const audio =
  'False: mute. True (owners only): ask the participant to unmute, with a MediaRequested event. If left out, nothing changes.';
const video =
  'False: switch the camera off. True (owners only): ask the participant to switch it on, with a MediaRequested event. If left out, nothing changes.';
const screen =
  'False: stop the screen share. True (owners only): ask the participant to share, with a MediaRequested event. If left out, nothing changes.';
const permissions =
  'Each field that you set replaces the current permission. Media that they may no longer send is switched off. If left out, nothing changes.';

const UpdateParticipantInput = builder.inputType('UpdateParticipantInput', {
  description: 'The participant, and the changes.',
  fields: (t) => ({
    participantId: t.id({ required: true, description: '`id` of the Participant.' }),
    setAudio: t.boolean({ description: audio }),
    setVideo: t.boolean({ description: video }),
    setScreenShare: t.boolean({ description: screen }),
    permissions: t.field({ type: PermissionsInput, description: permissions }),
  }),
});

const UpdateParticipantsInput = builder.inputType('UpdateParticipantsInput', {
  description: 'The changes for several participants of a room at once, for example to mute everybody.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    participantIds: t.idList({
      description: 'Exactly these participants: at most 1000. Default: everyone except the owners.',
    }),
    setAudio: t.boolean({ description: audio }),
    setVideo: t.boolean({ description: video }),
    setScreenShare: t.boolean({ description: screen }),
    permissions: t.field({ type: PermissionsInput, description: permissions }),
  }),
});

const EjectParticipantsInput = builder.inputType('EjectParticipantsInput', {
  description: 'The people to eject from a room: 1 to 100, by session or by user.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    participantIds: t.idList({
      description:
        'The sessions to eject, by `id` of the Participant: at most 100, counted together with userIds. Sessions that have ended are allowed too: they can then not be resumed.',
    }),
    userIds: t.stringList({
      description:
        'Every session of these users: at most 100. With `ban: true`, users who are not in the room are banned too.',
    }),
    ban: t.boolean({
      description:
        'True: also ban them, until `banExp` or permanently. Default: false, and they can come back if they have the right to.',
    }),
    banNetwork: t.boolean({
      description:
        'With `ban: true`: the ban also applies to everyone from the same network who has no valid meeting token, see `Ban.network` and `DenyKnockInput.banNetwork`. Users in userIds who are not in the room are banned only by their userId. Default: false.',
    }),
    banExp: t.field({
      type: 'DateTime',
      description: 'With `ban: true`: when the ban ends. Must be in the future. Default: only with `liftBan`.',
    }),
  }),
});

const ReturnToLobbyInput = builder.inputType('ReturnToLobbyInput', {
  description: 'The participant to send back to the lobby.',
  fields: (t) => ({
    participantId: t.id({ required: true, description: '`id` of the Participant.' }),
    reply: t.string({ description: 'A message that they see while they wait: at most 500 characters.' }),
  }),
});

const UpdateMyMediaInput = builder.inputType('UpdateMyMediaInput', {
  description: 'What the participant has switched on or off. A field that is left out stays as it is.',
  fields: (t) => ({
    audio: t.boolean({ description: 'True: the microphone is on.' }),
    video: t.boolean({ description: 'True: the camera is on.' }),
    screenShare: t.boolean({ description: 'True: a screen is being shared.' }),
  }),
});

const participantsField = 'The participants that this call changed, or asked to switch something on.';

const ParticipantsUpdated = builder
  .objectRef<{ readonly participants: readonly ParticipantView[] }>('ParticipantsUpdated')
  .implement({
    description: 'The participants were changed. Each is told on their own stream.',
    fields: (t) => ({
      participants: t.expose('participants', { type: [Participant], description: participantsField }),
    }),
  });

const ParticipantsEjected = builder
  .objectRef<{ readonly participants: readonly ParticipantView[] }>('ParticipantsEjected')
  .implement({
    description: 'The participants were ejected. Their sessions, subscriptions and admissions have ended.',
    fields: (t) => ({
      participants: t.expose('participants', { type: [Participant], description: 'The ejected participants.' }),
    }),
  });

const UpdateParticipantResult = resultOf('UpdateParticipantResult', {
  description: 'The participant after the change, or the refusal.',
  success: [Participant],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const UpdateParticipantsResult = resultOf('UpdateParticipantsResult', {
  description: 'The changed participants, or the refusal.',
  success: [ParticipantsUpdated],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const EjectParticipantsResult = resultOf('EjectParticipantsResult', {
  description: 'The ejected participants, or the refusal.',
  success: [ParticipantsEjected],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const UpdateMyMediaResult = resultOf('UpdateMyMediaResult', {
  description: 'The participant after the change, or the refusal.',
  success: [Participant],
  refusals: ['Forbidden'],
});
const ReturnToLobbyResult = resultOf('ReturnToLobbyResult', {
  description: 'The new knock of the person who was sent back, or the refusal.',
  success: [KnockRequest],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});

const whoMay = 'Owners and admins of participants in the room, or the backend (scope ADMISSION).';

builder.mutationFields((t) => ({
  updateParticipant: t.field({
    type: UpdateParticipantResult.type,
    description: `Mutes a participant, or changes what they may do. To switch media on, you can only ask the participant. ${whoMay}`,
    args: {
      input: t.arg({ type: UpdateParticipantInput, required: true, description: 'The participant, and the changes.' }),
    },
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
    description: `Mutes several or all participants at once, or changes what they may do. ${whoMay}`,
    args: {
      input: t.arg({ type: UpdateParticipantsInput, required: true, description: 'The participants and changes.' }),
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
    description: `Ejects people from a room. Their sessions, subscriptions and admissions end at once. ${whoMay}`,
    args: {
      input: t.arg({ type: EjectParticipantsInput, required: true, description: 'The people, and whether to ban.' }),
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
    description: `Sends a participant back to the lobby. Their session ends, their session token follows the new knock, and somebody must admit them again. ${whoMay}`,
    args: {
      input: t.arg({ type: ReturnToLobbyInput, required: true, description: 'The participant, and a message.' }),
    },
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
      'A participant reports what they have switched on or off. Media that their permissions do not allow is Forbidden. Bearer: the session token.',
    args: { input: t.arg({ type: UpdateMyMediaInput, required: true, description: 'The media that is on or off.' }) },
    resolve: (_root, args, context) =>
      UpdateMyMediaResult.answer(context, args, () =>
        context.services.participants.updateMyMedia(context.caller, args.input),
      ),
  }),
}));
