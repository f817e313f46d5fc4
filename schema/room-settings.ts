import type { RoomPrivacy as RoomPrivacyValue, RoomSettingsInput as RoomSettingsGiven } from '../src/rules/room.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { PermissionsInput, readPermissions } from './permissions.ts';
import { Room } from './refs.ts';

export const RoomPrivacy = enumOf<RoomPrivacyValue>(
  'RoomPrivacy',
  'Who may join a room. A change applies from the next attempt; participants in the room stay.',
  {
    PUBLIC: 'Everybody who knows the URL may join.',
    PRIVATE: 'Only people with a meeting token or an admitted knock may join.',
  },
);

builder.objectFields(Room, (t) => ({
  title: t.string({
    nullable: true,
    description: 'What people call the meeting. Null: it has no title. Show it as text, never as markup.',
    resolve: ({ room }) => room.title,
  }),
  meetingUrl: t.string({
    nullable: true,
    description:
      "Where people go after they joined, with placeholders, instead of the domain's `DoorPage.meetingUrl`. Null: the room has none of its own. Always null for everybody but the backend: participants read `Joined.meetingUrl`.",
    resolve: (view, args, context) =>
      ask(context, args, async () => context.services.rooms.meetingUrl(context.caller, view)),
  }),
}));

builder.objectFields(Room, (t) => ({
  enableKnocking: t.boolean({
    description: 'True: people without a meeting token can knock. It only has an effect while the room is PRIVATE.',
    resolve: ({ room }) => room.enableKnocking,
  }),
  knockTimeoutSeconds: t.int({
    description: 'After this number of seconds without an answer, a knock becomes EXPIRED.',
    resolve: ({ room }) => room.knockTimeoutSeconds,
  }),
  knockCooldownSeconds: t.int({
    description: 'After a denial, a person must wait this number of seconds before the next knock.',
    resolve: ({ room }) => room.knockCooldownSeconds,
  }),
  lobbyMessage: t.string({
    nullable: true,
    description: 'A message to everyone who waits. Null: there is none. Show it as text, never as markup.',
    resolve: ({ room }) => room.lobbyMessage,
  }),
  ownerOnlyBroadcast: t.boolean({
    description:
      'True: only owners may send audio, video and screen shares. A change applies to all other participants at once.',
    resolve: ({ room }) => room.ownerOnlyBroadcast,
  }),
  enforceUniqueUserIds: t.boolean({
    description:
      "True: somebody who joins replaces an earlier session of the same userId. The room's own setting, or the domain's.",
    resolve: ({ room, domain }) => room.enforceUniqueUserIds ?? domain.enforceUniqueUserIds,
  }),
  ejectAtRoomExp: t.boolean({
    description:
      "True: the service ejects everybody at the room's exp. False: participants who are in the room then may stay.",
    resolve: ({ room }) => room.ejectAtRoomExp,
  }),
  ejectAfterElapsedSeconds: t.int({
    nullable: true,
    description: 'The service ejects each participant this number of seconds after they joined. Null: never.',
    resolve: ({ room }) => room.ejectAfterElapsedSeconds,
  }),
  startVideoOff: t.boolean({
    description: 'True: people join with the camera off, unless their token says otherwise.',
    resolve: ({ room }) => room.startVideoOff,
  }),
  startAudioOff: t.boolean({
    description: 'True: people join with the microphone off, unless their token says otherwise.',
    resolve: ({ room }) => room.startAudioOff,
  }),
  enableScreenshare: t.boolean({
    description: 'True: people may share a screen, unless their token says otherwise.',
    resolve: ({ room }) => room.enableScreenshare,
  }),
}));

const meetingUrlSetting =
  'Where people go after they joined: an https address (http for localhost) of at most 2000 characters. It may contain {domain}, {room} and {participant} behind the origin, and {credentials} in the fragment. Backend only; FORBIDDEN from an owner, because it leads everybody, and their credentials, to another place. Default: the `meetingUrl` of the domain.';

export const RoomSettingsInput = builder.inputType('RoomSettingsInput', {
  description:
    'Settings of a room. With `updateRoom`, a field that is left out stays as it is, and null resets a field to its default.',
  fields: (t) => ({
    title: t.string({ description: 'What people call the meeting: at most 128 characters. Default: none.' }),
    meetingUrl: t.string({ description: meetingUrlSetting }),
    privacy: t.field({ type: RoomPrivacy, description: 'Who may join. Default: PUBLIC.' }),
    nbf: t.field({
      type: 'DateTime',
      description: 'Nobody can join before this time, not even owners. Must be before exp. Default: none.',
    }),
    exp: t.field({
      type: 'DateTime',
      description:
        'When the room expires: nobody can join any more, and the room is deleted. Must be in the future. Default: never.',
    }),
    maxParticipants: t.int({
      description:
        'The maximum number of participants: 1 to 100000. Participants who are already in the room stay. Default: no limit.',
    }),
    enableKnocking: t.boolean({
      description: 'True: people can knock while the room is PRIVATE. False ends every pending knock. Default: false.',
    }),
    knockTimeoutSeconds: t.int({
      description:
        'After this number of seconds without an answer, a knock expires: 1 to 604800 (7 days). Default: 600.',
    }),
    knockCooldownSeconds: t.int({
      description:
        'After a denial, a person must wait this number of seconds before the next knock: 0 to 2592000 (30 days). Default: 60.',
    }),
    lobbyMessage: t.string({
      description: 'A message to everyone who waits: at most 1000 characters, line breaks allowed. Default: none.',
    }),
    ownerOnlyBroadcast: t.boolean({
      description: 'True: only owners may send audio, video and screen shares. Default: false.',
    }),
    enforceUniqueUserIds: t.boolean({
      description: "True: somebody who joins replaces an earlier session of the same userId. Default: the domain's.",
    }),
    ejectAtRoomExp: t.boolean({ description: "True: the service ejects everybody at the room's exp. Default: false." }),
    ejectAfterElapsedSeconds: t.int({
      description:
        'The service ejects each participant this number of seconds after they joined: 1 to 31536000 (365 days). Default: never.',
    }),
    startVideoOff: t.boolean({ description: 'True: people join with the camera off. Default: false.' }),
    startAudioOff: t.boolean({ description: 'True: people join with the microphone off. Default: false.' }),
    enableScreenshare: t.boolean({ description: 'True: people may share a screen. Default: true.' }),
    lang: t.string({
      description: "The language for participants: a tag such as `en` or `pt-BR`. Default: the domain's.",
    }),
    permissions: t.field({
      type: PermissionsInput,
      description:
        "What participants may do if their token does not say otherwise. It replaces all permissions of the room. Default: the domain's.",
    }),
  }),
});

/** Settings as the rules take them. */
export function readSettings<Given extends RoomSettingsGiven>(given: Given): RoomSettingsGiven {
  return { ...given, permissions: readPermissions(given.permissions) };
}
