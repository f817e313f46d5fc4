import type { Participant, RoomView } from '../../packages/client/src/index.ts';
import type { OwnMediumName } from './call.ts';
import type { CallPerson } from './call-state.ts';
import type { LinePerson, LineView, Receiver } from './line.ts';

type Kind = Participant['permissions']['canSend'][number];

const kindOf = { microphone: 'AUDIO', camera: 'VIDEO', screen: 'SCREEN_VIDEO' } as const satisfies Record<
  OwnMediumName,
  Kind
>;

/** What this person may send. Who is not shown sends nothing: others would hear somebody who is on no list. */
export function allowedTo({ permissions }: Participant, isHidden: boolean): Readonly<Record<OwnMediumName, boolean>> {
  const isShown = permissions.hasPresence && !isHidden;
  const may = (name: OwnMediumName) => isShown && permissions.canSend.includes(kindOf[name]);
  return { microphone: may('microphone'), camera: may('camera'), screen: may('screen') };
}

const silent: LinePerson = { quality: 'unknown', isHeard: false, camera: null, screen: null };

/**
 * Everybody in the room by the service's word, oneself last, with what the media server says of them: whoever the service has put out is not
 * shown, however long the media server takes.
 */
export function peopleOf(
  { me, participants }: RoomView,
  isHidden: boolean,
  line: LineView | null,
): readonly CallPerson[] {
  const others = participants.filter(({ id }) => id !== me.id);
  const self = participants.some(({ id }) => id === me.id) && !isHidden ? [me] : [];
  return [...others, ...self].map((one) => ({
    ...(line?.people[one.id] ?? silent),
    id: one.id,
    name: one.userName,
    isMe: one.id === me.id,
    isHost: one.isOwner,
    isVerified: one.verified,
    isListener: one.permissions.canSend.length === 0,
    isAway: one.connection === 'RECONNECTING',
    isSpeaking: line?.speaking.includes(one.id) ?? false,
  }));
}

/** Who may receive what of one's own media. Null: everybody everything, as is usual. */
export function receiversOf({ me, participants }: RoomView): readonly Receiver[] | null {
  const receivers = participants.filter(({ id }) => id !== me.id).map((one) => receiverOf(one, me));
  const isAll = receivers.every((one) => one.mayHear && one.maySee && one.maySeeScreen && one.mayHearScreen);
  return isAll ? null : receivers;
}

function receiverOf({ id, permissions }: Participant, me: Participant): Receiver {
  const { base, overrides } = permissions.canReceive;
  const own = overrides.find(
    ({ participantId, userId }) => participantId === me.id || (userId !== null && userId === me.userId),
  );
  const kinds: readonly Kind[] = own?.kinds ?? base;
  return {
    id,
    mayHear: kinds.includes('AUDIO'),
    maySee: kinds.includes('VIDEO'),
    maySeeScreen: kinds.includes('SCREEN_VIDEO'),
    mayHearScreen: kinds.includes('SCREEN_AUDIO'),
  };
}
