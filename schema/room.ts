import { encodeCursor } from '../src/rules/ids.ts';
import { defaultPermissions, layPermissions } from '../src/rules/permissions.ts';
import type { RoomPrivacy as RoomPrivacyValue } from '../src/rules/room.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { enumOf } from './enum.ts';
import { idField, Node } from './node.ts';
import { Permissions, Room } from './refs.ts';

export const RoomPrivacy = enumOf<RoomPrivacyValue>(
  'RoomPrivacy',
  'Who may join a room. Counts from the very next attempt; who is inside stays.',
  {
    PUBLIC: 'Whoever knows the URL may join.',
    PRIVATE: 'Joining takes a meeting token, or a knock that was answered with yes.',
  },
);

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
