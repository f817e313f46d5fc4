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
  'A kind of media track. The service sends no media itself: it says what a media server may let through.',
  {
    AUDIO: 'The microphone.',
    VIDEO: 'The camera.',
    SCREEN_AUDIO: 'The sound of a shared screen, window or tab.',
    SCREEN_VIDEO: 'The picture of a shared screen, window or tab.',
    CUSTOM_AUDIO: 'Any further audio track, such as music or an interpreter.',
    CUSTOM_VIDEO: 'Any further video track, such as a second camera.',
  },
);

const AdminArea = enumOf<AdminAreaValue>('AdminArea', 'An area that somebody may administer without being an owner.', {
  PARTICIPANTS:
    'Answer knocks, mute, eject, and change permissions of others, as long as they are in the room themselves.',
  STREAMING: 'Start and stop live streams.',
  TRANSCRIPTION: 'Start and stop transcription, where the media side offers it.',
});

const ReceiveOverride = builder.objectRef<ReceiveOverrideShape>('ReceiveOverride').implement({
  description:
    'What may be received from one user or one participant, in place of `base`. Exactly one of userId and participantId is set.',
  fields: (t) => ({
    userId: t.exposeString('userId', {
      nullable: true,
      description: 'Whose media this is about, by the userId of their meeting token; null when participantId says it.',
    }),
    participantId: t.id({
      nullable: true,
      description: 'Whose media this is about, by the `id` of a Participant; null when userId says it.',
      resolve: ({ participantId }) => showParticipantId(participantId),
    }),
    kinds: t.expose('kinds', {
      type: [MediaKind],
      description: 'All that may be received from them; an empty list: nothing.',
    }),
  }),
});

const ReceivePermissions = builder.objectRef<ReceivePermissionsShape>('ReceivePermissions').implement({
  description: 'What may be received: `base` from everybody, save for those whom an override names.',
  fields: (t) => ({
    base: t.expose('base', {
      type: [MediaKind],
      description: 'What may be received from everybody without an override; an empty list: nothing.',
    }),
    overrides: t.expose('overrides', {
      type: [ReceiveOverride],
      description: 'Exceptions for single people; an empty list: none.',
    }),
  }),
});

Permissions.implement({
  description:
    'What somebody may do, field by field: the token goes before the room, the room before the domain, and where nobody says otherwise people are seen, send and receive everything, and administer nothing.',
  fields: (t) => ({
    hasPresence: t.exposeBoolean('hasPresence', {
      description: 'False: others do not see this participant, neither in lists nor in events.',
    }),
    canSend: t.expose('canSend', {
      type: [MediaKind],
      description:
        'What they may send; an empty list: nothing. Empty for everybody but owners while ownerOnlyBroadcast is on.',
    }),
    canReceive: t.expose('canReceive', {
      type: ReceivePermissions,
      description: 'What they may receive, and from whom.',
    }),
    canAdmin: t.expose('canAdmin', {
      type: [AdminArea],
      description: "What they may administer; an owner's lists every area.",
    }),
  }),
});

/** A token that a backend signed itself may name anything at all: what is no participant of ours is shown as it stands there. */
function showParticipantId(id: string | null): string | null {
  return id !== null && isParticipantId(id) ? encodeId('Participant', id) : id;
}

function isParticipantId(text: string): text is ParticipantId {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

const ReceiveOverrideInput = builder.inputType('ReceiveOverrideInput', {
  description: 'An exception for one person: give exactly one of userId and participantId.',
  fields: (t) => ({
    userId: t.string({
      description: 'Whose media this is about, by the userId of their meeting token: at most 36 characters.',
    }),
    participantId: t.id({
      description: 'Whose media this is about, by the `id` of a Participant. An id of anything else is INVALID_INPUT.',
    }),
    kinds: t.field({
      type: [MediaKind],
      required: true,
      description: 'All that may be received from them; an empty list: nothing.',
    }),
  }),
});

const ReceivePermissionsInput = builder.inputType('ReceivePermissionsInput', {
  description: 'What may be received. A field left out leaves the word to whatever lies below: token, room, domain.',
  fields: (t) => ({
    base: t.field({ type: [MediaKind], description: 'From everybody without an override; an empty list: nothing.' }),
    overrides: t.field({
      type: [ReceiveOverrideInput],
      description:
        'Exceptions for single people, at most 100, in a meeting token at most 20; they replace all exceptions that lie below.',
    }),
  }),
});

export const PermissionsInput = builder.inputType('PermissionsInput', {
  description:
    'Permissions to set. A field left out, or null, says nothing: it leaves the word to what lies below (token over room over domain).',
  fields: (t) => ({
    hasPresence: t.boolean({ description: 'False: others do not see this participant.' }),
    canSend: t.field({ type: [MediaKind], description: 'All that they may send; an empty list: nothing.' }),
    canReceive: t.field({ type: ReceivePermissionsInput, description: 'What they may receive, and from whom.' }),
    canAdmin: t.field({ type: [AdminArea], description: 'All that they may administer; an empty list: nothing.' }),
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
