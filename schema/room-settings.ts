import type { RoomPrivacy as RoomPrivacyValue, RoomSettingsInput as RoomSettingsGiven } from '../src/rules/room.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { Room } from './refs.ts';

export const RoomPrivacy = enumOf<RoomPrivacyValue>(
  'RoomPrivacy',
  'Who may join a room. Counts from the very next attempt; who is inside stays.',
  {
    PUBLIC: 'Whoever knows the URL may join.',
    PRIVATE: 'Joining takes a meeting token, or a knock that was answered with yes.',
  },
);

builder.objectFields(Room, (t) => ({
  enableKnocking: t.boolean({
    description: 'May people without a token ask to come in? Counts only while the room is PRIVATE.',
    resolve: ({ room }) => room.enableKnocking,
  }),
  knockTimeoutSeconds: t.int({
    description: 'A knock that nobody answers for so many seconds becomes EXPIRED.',
    resolve: ({ room }) => room.knockTimeoutSeconds,
  }),
  knockCooldownSeconds: t.int({
    description: 'A denied person waits so many seconds before the next knock.',
    resolve: ({ room }) => room.knockCooldownSeconds,
  }),
  lobbyMessage: t.string({
    nullable: true,
    description: 'Shown to everyone who waits; null: none. Show it as text, never as markup.',
    resolve: ({ room }) => room.lobbyMessage,
  }),
  ownerOnlyBroadcast: t.boolean({
    description: 'Only owners send audio, video and screen. Switching it changes everybody else at once.',
    resolve: ({ room }) => room.ownerOnlyBroadcast,
  }),
  enforceUniqueUserIds: t.boolean({
    description: "A newcomer ejects the earlier holder of the same userId: the room's own word, or the domain's.",
    resolve: ({ room, domain }) => room.enforceUniqueUserIds ?? domain.enforceUniqueUserIds,
  }),
  ejectAtRoomExp: t.boolean({
    description: "Put everybody out at the room's exp. False: who is inside then may stay.",
    resolve: ({ room }) => room.ejectAtRoomExp,
  }),
  ejectAfterElapsedSeconds: t.int({
    nullable: true,
    description: 'Put each one out so many seconds after their own joining; null: never.',
    resolve: ({ room }) => room.ejectAfterElapsedSeconds,
  }),
  startVideoOff: t.boolean({
    description: 'People join with the camera off, unless their token says otherwise.',
    resolve: ({ room }) => room.startVideoOff,
  }),
  startAudioOff: t.boolean({
    description: 'People join with the microphone off, unless their token says otherwise.',
    resolve: ({ room }) => room.startAudioOff,
  }),
  enableScreenshare: t.boolean({
    description: 'May people share a screen, unless their token says otherwise?',
    resolve: ({ room }) => room.enableScreenshare,
  }),
}));

export const RoomSettingsInput = builder.inputType('RoomSettingsInput', {
  description:
    'Settings of a room. With `updateRoom` a field left out stays as it is, and null resets it to its default.',
  fields: (t) => ({
    privacy: t.field({ type: RoomPrivacy, description: 'Who may join. Default: PUBLIC.' }),
    nbf: t.field({
      type: 'DateTime',
      description: 'Nobody joins before this, owners neither. Must lie before exp. Default: none.',
    }),
    exp: t.field({
      type: 'DateTime',
      description: 'Nobody joins from this instant on, and the room is deleted. In the future. Default: none.',
    }),
    maxParticipants: t.int({
      description: 'How many people it holds: 1 to 100000. Default: no limit. Who is inside stays.',
    }),
    enableKnocking: t.boolean({
      description:
        'May people ask to come in, while it is PRIVATE? Default: false. Switching it off ends every knock that waits.',
    }),
    knockTimeoutSeconds: t.int({
      description: 'A knock unanswered for so long expires: 1 second to 7 days (604800). Default: 600.',
    }),
    knockCooldownSeconds: t.int({
      description: 'A denied person waits so long before the next knock: 0 to 30 days (2592000). Default: 60.',
    }),
    lobbyMessage: t.string({
      description: 'Shown to everyone who waits: at most 1000 characters, line breaks allowed. Default: none.',
    }),
    ownerOnlyBroadcast: t.boolean({ description: 'Only owners send audio, video and screen. Default: false.' }),
    enforceUniqueUserIds: t.boolean({
      description: "A newcomer ejects the earlier holder of the same userId. Default: the domain's.",
    }),
    ejectAtRoomExp: t.boolean({ description: "Put everybody out at the room's exp. Default: false." }),
    ejectAfterElapsedSeconds: t.int({
      description: 'Put each one out so many seconds after joining: 1 second to 365 days. Default: never.',
    }),
    startVideoOff: t.boolean({ description: 'People join with the camera off. Default: false.' }),
    startAudioOff: t.boolean({ description: 'People join with the microphone off. Default: false.' }),
    enableScreenshare: t.boolean({ description: 'May people share a screen? Default: true.' }),
    lang: t.string({ description: "Language for those inside: a tag such as `en` or `pt-BR`. Default: the domain's." }),
    permissions: t.field({
      type: PermissionsInput,
      description:
        "What people may do whose token does not say otherwise. Given, it replaces the room's permissions as a whole. Default: the domain's.",
    }),
  }),
});

/** Settings as the rules take them. */
export function readSettings<Given extends RoomSettingsGiven>(given: Given): RoomSettingsGiven {
  return { ...given, permissions: readPermissions(given.permissions) };
}
