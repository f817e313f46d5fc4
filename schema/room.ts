import { encodeCursor, encodeId, type RoomId } from '../src/rules/ids.ts';
import { defaultPermissions, layPermissions } from '../src/rules/permissions.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { Permissions, Room } from './refs.ts';
import { resultOf } from './result.ts';
import { RoomPrivacy, RoomSettingsInput, readSettings } from './room-settings.ts';

Room.implement({
  description:
    'A place to meet, and who may come in. For the backend, and for participants of that room; what people who wait may know is in Access, MustKnock and KnockRequest.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Room', ({ room }) => room.id),
    name: t.string({
      description:
        '1 to 128 of A-Z a-z 0-9 - _; unguessable when the service chose it. Unique among the living rooms of the domain.',
      resolve: ({ room }) => room.name,
    }),
    url: t.field({
      type: 'URL',
      description: "The room's page, to be shared; it holds no token.",
      resolve: ({ room, domain }, _args, { services }) => services.roomUrl(room, domain),
    }),
    privacy: t.field({
      type: RoomPrivacy,
      description: 'Who may join. Owners switch it with `setRoomPrivacy`.',
      resolve: ({ room }) => room.privacy,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: ({ room }) => room.createdAt }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When its settings were last changed. Joining, knocking and leaving do not count.',
      resolve: ({ room }) => room.updatedAt,
    }),
    nbf: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Nobody joins before this, owners neither. Null: open from the start.',
      resolve: ({ room }) => room.nbf,
    }),
    exp: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Nobody joins from this instant on, and the room is deleted soon after. Null: it does not run out.',
      resolve: ({ room }) => room.exp,
    }),
    maxParticipants: t.int({
      nullable: true,
      description: 'How many people it holds; hidden owners and people who wait do not count. Null: no limit.',
      resolve: ({ room }) => room.maxParticipants,
    }),
  }),
});

builder.objectFields(Room, (t) => ({
  ownerPresent: t.exposeBoolean('ownerPresent', {
    description:
      'Is somebody in the room who can answer a knock: an owner (hidden ones too) or an admin of participants?',
  }),
  participantCount: t.exposeInt('participantCount', {
    description: 'How many are inside, people with a lost connection included, hidden owners not.',
  }),
  cursor: t.string({
    description:
      "Where the room's events stand, read no later than the rest of this object: pass it to `roomEvents(after:)` and nothing is missed.",
    resolve: ({ room }) => encodeCursor(room.id, room.version),
  }),
  lang: t.string({
    description: "Language for those inside, such as `en` or `pt-BR`: the room's own, or the domain's.",
    resolve: ({ room, domain }) => room.lang ?? domain.lang,
  }),
  permissions: t.field({
    type: Permissions,
    description:
      'What people may do whose token does not say otherwise: the room over the domain, field by field. ownerOnlyBroadcast is not reckoned in here, but in `Participant.permissions`.',
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
      "A living room by its name. Backend (any scope), or a participant of that room. Null: there is none, or it is none of the caller's business.",
    args: { name: t.arg.string({ required: true, description: 'Its name, exactly: upper and lower case differ.' }) },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.rooms.findByName(context.caller, args.name)),
  }),
  rooms: t.field({
    type: RoomConnection,
    nullable: true,
    description: 'Rooms of the domain, newest first. Rooms past their exp are left out. Backend only (any scope).',
    args: {
      ...pageArgs(t.arg),
      last: t.arg.int({
        description: 'How many at most, from the end or from `before` backwards: 1 to 100. Not together with first.',
      }),
      before: t.arg.string({
        description: 'Only what comes before this cursor: `pageInfo.startCursor` of the page after.',
      }),
      privacy: t.arg({ type: RoomPrivacy, description: 'Only rooms of this privacy.' }),
      nameContains: t.arg.string({
        description: 'Only rooms whose name contains this text; upper and lower case are the same.',
      }),
    },
    resolve: (_root, args, context) => ask(context, args, () => context.services.rooms.list(context.caller, args)),
  }),
}));

const CreateRoomInput = builder.inputType('CreateRoomInput', {
  description: 'The room to make.',
  fields: (t) => ({
    name: t.string({
      description:
        '1 to 128 of A-Z a-z 0-9 - _, not borne by a living room of the domain. Left out: the service chooses an unguessable one.',
    }),
    settings: t.field({ type: RoomSettingsInput, description: 'What is to differ from the defaults.' }),
  }),
});

const UpdateRoomInput = builder.inputType('UpdateRoomInput', {
  description: 'What to change in which room.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    settings: t.field({
      type: RoomSettingsInput,
      required: true,
      description: 'A field left out stays; null resets it to its default.',
    }),
  }),
});

const SetRoomPrivacyInput = builder.inputType('SetRoomPrivacyInput', {
  description: 'Who may join which room from now on.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    privacy: t.field({
      type: RoomPrivacy,
      required: true,
      description:
        'PRIVATE: who is inside stays, who comes after needs a token or a knock. PUBLIC: everybody who waits is let in.',
    }),
    enableKnocking: t.boolean({ description: 'May people ask to come in, while it is PRIVATE? Left out: as it was.' }),
  }),
});

const DeleteRoomInput = builder.inputType('DeleteRoomInput', {
  description: 'The room to delete.',
  fields: (t) => ({ roomName: t.string({ required: true, description: 'Name of the room.' }) }),
});

const DeletedRoom = builder.objectRef<{ readonly roomId: RoomId; readonly roomName: string }>('DeletedRoom').implement({
  description:
    'A room that is gone. Its record stays readable to the backend for the retention time (30 days) by `node`.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` that it had.', resolve: ({ roomId }) => encodeId('Room', roomId) }),
    roomName: t.exposeString('roomName', { description: 'The name that it had; it may be used again.' }),
  }),
});

const CreateRoomResult = resultOf('CreateRoomResult', {
  description: 'The room that was made, or why none was. Conflict: a room of this name lives (NAME_TAKEN).',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'Conflict', 'RateLimited'],
});
const UpdateRoomResult = resultOf('UpdateRoomResult', {
  description: 'The room as it is now, or why it was not changed.',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const SetRoomPrivacyResult = resultOf('SetRoomPrivacyResult', {
  description: 'The room as it is now, or why it was not changed.',
  success: [Room],
  refusals: ['InvalidInput', 'Forbidden', 'NotFound'],
});
const DeleteRoomResult = resultOf('DeleteRoomResult', {
  description: 'What was deleted, or why nothing was.',
  success: [DeletedRoom],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  createRoom: t.field({
    type: CreateRoomResult.type,
    description: 'Makes a room. Backend only (scope ROOMS).',
    args: {
      input: t.arg({
        type: CreateRoomInput,
        required: true,
        description: 'Its name and settings; both may be left out.',
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
      'Changes settings of a room; those inside and those who wait are told at once. Backend (scope ROOMS), or an owner in the room. The same again changes nothing.',
    args: { input: t.arg({ type: UpdateRoomInput, required: true, description: 'Which room, and what to change.' }) },
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
    description: 'Opens or closes a room in the middle of a meeting. Backend (scope ROOMS), or an owner in the room.',
    args: { input: t.arg({ type: SetRoomPrivacyInput, required: true, description: 'Which room, and who may join.' }) },
    resolve: (_root, args, context) =>
      SetRoomPrivacyResult.answer(context, args, () => context.services.rooms.setPrivacy(context.caller, args.input)),
  }),
  deleteRoom: t.field({
    type: DeleteRoomResult.type,
    description:
      'Deletes a room at once: everybody inside is put out (ROOM_DELETED), every knock ends (ROOM_CLOSED), its tokens open nothing any more. Backend only (scope ROOMS).',
    args: { input: t.arg({ type: DeleteRoomInput, required: true, description: 'Which room.' }) },
    resolve: (_root, args, context) =>
      DeleteRoomResult.answer(context, args, () => context.services.rooms.delete(context.caller, args.input.roomName)),
  }),
}));
