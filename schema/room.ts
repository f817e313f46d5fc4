import { encodeCursor, encodeId, type RoomId } from '../src/rules/ids.ts';
import { defaultPermissions, layPermissions } from '../src/rules/permissions.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { Permissions, Room } from './refs.ts';
import { RoomPrivacy, RoomSettingsInput, readSettings } from './room-settings.ts';

Room.implement({
  description:
    'A place to meet, with its settings. Visible to the backend, and to participants of that room. People who wait get what they may know from Access, MustKnock and KnockRequest.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Room', ({ room }) => room.id),
    name: t.string({
      description:
        '1 to 128 characters from A-Z a-z 0-9 - _. A name that the service chose cannot be guessed. Unique among the open rooms of the domain.',
      resolve: ({ room }) => room.name,
    }),
    url: t.field({
      type: 'URL',
      description: "The URL of the room's page, which you can share. It contains no token.",
      resolve: ({ room, domain }, _args, { services }) => services.roomUrl(room, domain),
    }),
    privacy: t.field({
      type: RoomPrivacy,
      description: 'Who may join. Owners change it with `setRoomPrivacy`.',
      resolve: ({ room }) => room.privacy,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ room }) => room.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When the settings were last changed. Joining, knocking and leaving do not count.',
      resolve: ({ room }) => room.updatedAt,
    }),
    nbf: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Nobody can join before this time, not even owners. Null: the room is open at once.',
      resolve: ({ room }) => room.nbf,
    }),
    exp: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the room expires: nobody can join any more, and the room is deleted soon after. Null: never.',
      resolve: ({ room }) => room.exp,
    }),
    maxParticipants: t.int({
      nullable: true,
      description:
        'The maximum number of participants. Hidden owners and people who wait do not count. Null: no limit.',
      resolve: ({ room }) => room.maxParticipants,
    }),
  }),
});

builder.objectFields(Room, (t) => ({
  ownerPresent: t.exposeBoolean('ownerPresent', {
    description:
      'True: somebody who can answer a knock is in the room: an owner (also a hidden one), or an admin of participants.',
  }),
  participantCount: t.exposeInt('participantCount', {
    description: 'The number of participants, including those with a lost connection, but without hidden owners.',
  }),
  cursor: t.string({
    description:
      "The position of the room's events when this object was read. Send it as `roomEvents(after:)` to miss no event.",
    resolve: ({ room }) => encodeCursor(room.id, room.version),
  }),
  lang: t.string({
    description: "The language for participants, such as `en` or `pt-BR`: the room's own, or the domain's.",
    resolve: ({ room, domain }) => room.lang ?? domain.lang,
  }),
  permissions: t.field({
    type: Permissions,
    description:
      'What participants may do if their token does not say otherwise. For each field, the room comes first, then the domain. ownerOnlyBroadcast is not applied here, but in `Participant.permissions`.',
    resolve: ({ room, domain }) => layPermissions(defaultPermissions, domain.permissions, room.permissions),
  }),
}));

export const RoomConnection = connectionOf('Room', Room, {
  description: 'Rooms of the domain, newest first.',
  counted: true,
});

builder.queryFields((t) => ({
  room: t.field({
    type: Room,
    nullable: true,
    description:
      'Reads an open room by its name. Backend (any scope), or a participant of that room. Null: the room does not exist, or the caller has no access to it.',
    args: { name: t.arg.string({ required: true, description: 'The exact name. It is case-sensitive.' }) },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.rooms.findByName(context.caller, args.name)),
  }),
  rooms: t.field({
    type: RoomConnection,
    nullable: true,
    description: 'Rooms of the domain, newest first. Expired rooms are left out. Backend only (any scope).',
    args: {
      ...pageArgs(t.arg),
      last: t.arg.int({
        description:
          'The maximum number of items, counted backwards from the end or from `before`: 1 to 100. Cannot be combined with first.',
      }),
      before: t.arg.string({
        description: 'Only items before this cursor: `pageInfo.startCursor` of the next page.',
      }),
      privacy: t.arg({ type: RoomPrivacy, description: 'Only rooms with this privacy.' }),
      nameContains: t.arg.string({
        description: 'Only rooms whose name contains this text. It is not case-sensitive.',
      }),
    },
    resolve: (_root, args, context) => ask(context, args, () => context.services.rooms.list(context.caller, args)),
  }),
}));

const CreateRoomInput = builder.inputType('CreateRoomInput', {
  description: 'The room to create.',
  fields: (t) => ({
    name: t.string({
      description:
        '1 to 128 characters from A-Z a-z 0-9 - _. No open room of the domain may have this name. If left out, the service chooses a name that cannot be guessed.',
    }),
    settings: t.field({ type: RoomSettingsInput, description: 'The settings that differ from the defaults.' }),
  }),
});

const UpdateRoomInput = builder.inputType('UpdateRoomInput', {
  description: 'The room, and the changes.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    settings: t.field({
      type: RoomSettingsInput,
      required: true,
      description: 'The changes. A field that is left out stays as it is, and null resets a field to its default.',
    }),
  }),
});

const SetRoomPrivacyInput = builder.inputType('SetRoomPrivacyInput', {
  description: 'The room, and who may join it now.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    privacy: t.field({
      type: RoomPrivacy,
      required: true,
      description:
        'PRIVATE: participants in the room stay, and others need a meeting token or a knock. PUBLIC: everybody who waits is admitted.',
    }),
    enableKnocking: t.boolean({
      description: 'True: people can knock while the room is PRIVATE. If left out, it stays as it is.',
    }),
  }),
});

const DeleteRoomInput = builder.inputType('DeleteRoomInput', {
  description: 'The room to delete.',
  fields: (t) => ({ roomName: t.string({ required: true, description: 'Name of the room.' }) }),
});

const DeletedRoom = builder.objectRef<{ readonly roomId: RoomId; readonly roomName: string }>('DeletedRoom').implement({
  description: 'A deleted room. The backend can still read its record with `node` for the retention time (30 days).',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` that it had.', resolve: ({ roomId }) => encodeId('Room', roomId) }),
    roomName: t.exposeString('roomName', { description: 'The name that it had; it may be used again.' }),
  }),
});

const CreateRoomResult = resultOf('CreateRoomResult', {
  description: 'The new room, or the refusal. Conflict: a room with this name already exists (NAME_TAKEN).',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'Conflict', 'RateLimited'],
});
const UpdateRoomResult = resultOf('UpdateRoomResult', {
  description: 'The room after the change, or the refusal.',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const SetRoomPrivacyResult = resultOf('SetRoomPrivacyResult', {
  description: 'The room after the change, or the refusal.',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const DeleteRoomResult = resultOf('DeleteRoomResult', {
  description: 'The deleted room, or the refusal.',
  success: [DeletedRoom],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createRoom: t.field({
    type: CreateRoomResult.type,
    description: 'Creates a room. Backend only (scope ROOMS).',
    args: {
      input: t.arg({
        type: CreateRoomInput,
        required: true,
        description: 'The name and settings of the room. You can leave both out.',
      }),
    },
    resolve: (_root, args, context) =>
      CreateRoomResult.answer(context, args, () =>
        context.services.rooms.create(context.caller, {
          name: args.input.name,
          settings: args.input.settings && readSettings(args.input.settings),
        }),
      ),
  }),
  updateRoom: t.field({
    type: UpdateRoomResult.type,
    description:
      'Changes settings of a room. Participants and people who wait are told at once. Repeating the call has no further effect. Backend (scope ROOMS), or an owner in the room.',
    args: { input: t.arg({ type: UpdateRoomInput, required: true, description: 'The room, and the changes.' }) },
    resolve: (_root, args, context) =>
      UpdateRoomResult.answer(context, args, () =>
        context.services.rooms.update(context.caller, {
          roomName: args.input.roomName,
          settings: readSettings(args.input.settings),
        }),
      ),
  }),
  setRoomPrivacy: t.field({
    type: SetRoomPrivacyResult.type,
    description:
      'Makes a room public or private, also during a meeting. Backend (scope ROOMS), or an owner in the room.',
    args: {
      input: t.arg({ type: SetRoomPrivacyInput, required: true, description: 'The room, and who may join it.' }),
    },
    resolve: (_root, args, context) =>
      SetRoomPrivacyResult.answer(context, args, () => context.services.rooms.setPrivacy(context.caller, args.input)),
  }),
  deleteRoom: t.field({
    type: DeleteRoomResult.type,
    description:
      'Deletes a room at once. All participants are ejected (ROOM_DELETED), all knocks end (ROOM_CLOSED), and its meeting tokens are no longer valid. Backend only (scope ROOMS).',
    args: { input: t.arg({ type: DeleteRoomInput, required: true, description: 'The room to delete.' }) },
    resolve: (_root, args, context) =>
      DeleteRoomResult.answer(context, args, () => context.services.rooms.delete(context.caller, args.input.roomName)),
  }),
}));
