import { decodeId, encodeId, type ParticipantId } from '../src/rules/ids.ts';
import type {
  AdminArea as AdminAreaValue,
  MediaKind as MediaKindValue,
  PermissionsInput as PermissionsGiven,
  ReceiveOverride as ReceiveOverrideShape,
  ReceivePermissions as ReceivePermissionsShape,
} from '../src/rules/permissions.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { Permissions } from './refs.ts';

const MediaKind = enumOf<MediaKindValue>(
  'MediaKind',
  'A kind of media track. The service sends no media itself; it tells a media server what to allow.',
  {
    AUDIO: 'The microphone.',
    VIDEO: 'The camera.',
    SCREEN_AUDIO: 'The sound of a shared screen, window or tab.',
    SCREEN_VIDEO: 'The picture of a shared screen, window or tab.',
    CUSTOM_AUDIO: 'Any further audio track, such as music or an interpreter.',
    CUSTOM_VIDEO: 'Any further video track, such as a second camera.',
  },
);

const AdminArea = enumOf<AdminAreaValue>(
  'AdminArea',
  'An area in which a participant can be an admin without being an owner.',
  {
    PARTICIPANTS:
      'Answer knocks, and mute, eject and change the permissions of others, while they are in the room themselves.',
    STREAMING: 'Start and stop live streams.',
    TRANSCRIPTION: 'Start and stop transcription, if the media side offers it.',
  },
);

const ReceiveOverride = builder.objectRef<ReceiveOverrideShape>('ReceiveOverride').implement({
  description:
    'What somebody may receive from one user or one participant, instead of `base`. Exactly one of userId and participantId is set.',
  fields: (t) => ({
    userId: t.exposeString('userId', {
      nullable: true,
      description: 'The userId of the person whose media this is about. Null if participantId is set.',
    }),
    participantId: t.id({
      nullable: true,
      description: 'The `id` of the Participant whose media this is about. Null if userId is set.',
      resolve: ({ participantId }) => showParticipantId(participantId),
    }),
    kinds: t.expose('kinds', {
      type: [MediaKind],
      description: 'The media kinds to receive from them. An empty list: none.',
    }),
  }),
});

const ReceivePermissions = builder.objectRef<ReceivePermissionsShape>('ReceivePermissions').implement({
  description: 'What somebody may receive: `base` from everybody, except from people with an override.',
  fields: (t) => ({
    base: t.expose('base', {
      type: [MediaKind],
      description: 'The media kinds to receive from everybody without an override. An empty list: none.',
    }),
    overrides: t.expose('overrides', {
      type: [ReceiveOverride],
      description: 'Exceptions for single people. An empty list: no exceptions.',
    }),
  }),
});

Permissions.implement({
  description:
    'What somebody may do. For each field, the token comes first, then the room, then the domain. By default, others see the person, who sends and receives everything and is not an admin.',
  fields: (t) => ({
    hasPresence: t.exposeBoolean('hasPresence', {
      description: 'False: others do not see this participant in lists or events.',
    }),
    canSend: t.expose('canSend', {
      type: [MediaKind],
      description:
        'The media kinds that they may send. An empty list: none. While ownerOnlyBroadcast is on, it is empty for everybody except owners.',
    }),
    canReceive: t.expose('canReceive', {
      type: ReceivePermissions,
      description: 'What they may receive, and from whom.',
    }),
    canAdmin: t.expose('canAdmin', {
      type: [AdminArea],
      description: 'The areas in which they are an admin. Owners have every area.',
    }),
  }),
});

/** A token that a backend signed itself may name anything: an id that belongs to no participant is shown as it was written. */
function showParticipantId(id: string | null): string | null {
  return id !== null && isParticipantId(id) ? encodeId('Participant', id) : id;
}

function isParticipantId(text: string): text is ParticipantId {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

const ReceiveOverrideInput = builder.inputType('ReceiveOverrideInput', {
  description: 'An exception for one person. Send exactly one of userId and participantId.',
  fields: (t) => ({
    userId: t.string({
      description: 'The userId of the person whose media this is about, at most 36 characters.',
    }),
    participantId: t.id({
      description: 'The `id` of the Participant whose media this is about. Any other id is INVALID_INPUT.',
    }),
    kinds: t.field({
      type: [MediaKind],
      required: true,
      description: 'The media kinds to receive from them. An empty list: none.',
    }),
  }),
});

const ReceivePermissionsInput = builder.inputType('ReceivePermissionsInput', {
  description:
    'What somebody may receive. For a field that is left out, the next level applies (token, then room, then domain).',
  fields: (t) => ({
    base: t.field({
      type: [MediaKind],
      description: 'The media kinds to receive from everybody without an override. An empty list: none.',
    }),
    overrides: t.field({
      type: [ReceiveOverrideInput],
      description:
        'Exceptions for single people: at most 100, or 20 in a meeting token. They replace all exceptions of the lower levels.',
    }),
  }),
});

export const PermissionsInput = builder.inputType('PermissionsInput', {
  description:
    'The permissions to set. For a field that is left out or null, the next level applies (token, then room, then domain).',
  fields: (t) => ({
    hasPresence: t.boolean({ description: 'False: others do not see this participant.' }),
    canSend: t.field({ type: [MediaKind], description: 'The media kinds that they may send. An empty list: none.' }),
    canReceive: t.field({ type: ReceivePermissionsInput, description: 'What they may receive, and from whom.' }),
    canAdmin: t.field({ type: [AdminArea], description: 'The areas in which they are an admin. An empty list: none.' }),
  }),
});

/** An id that cannot be read becomes one that names nobody: the rules refuse it, and know where in the input it stands. */
export function readPermissions(given: PermissionsGiven | null | undefined): PermissionsGiven | null | undefined {
  if (!given?.canReceive?.overrides) return given;
  const overrides = given.canReceive.overrides.map((override) => ({
    ...override,
    participantId: override.participantId && (decodeId('Participant', override.participantId) ?? ''),
  }));
  return { ...given, canReceive: { ...given.canReceive, overrides } };
}
