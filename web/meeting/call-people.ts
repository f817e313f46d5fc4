import type { Participant, RoomView } from '../../packages/client/src/index.ts';
import { isCoHost } from '../visit/stay-state.ts';
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

/** Who is in the room by the service's word: whoever it has put out is not heard, however long the media server takes. */
export function idsOf({ participants }: RoomView): ReadonlySet<string> {
  return new Set(participants.map(({ id }) => id));
}

/** How long somebody who comes in may take until the media server has them. Milliseconds. */
export const graceMs = 15_000;

/**
 * Everybody in the room by the service's word, oneself last, with what the media server says of them: whoever the service has put out is not
 * shown, however long the media server takes. While it says nothing, the service's word stands for what others send.
 */
export function peopleOf(
  { me, participants }: RoomView,
  isHidden: boolean,
  line: LineView | null,
  now: number,
): readonly CallPerson[] {
  const others = participants.filter(({ id }) => id !== me.id);
  const self = participants.some(({ id }) => id === me.id) && !isHidden ? [me] : [];
  const isKnown = line !== null && !line.isReconnecting;
  return [...others, ...self].map((one) => ({
    ...(line?.people[one.id] ?? (isKnown || one.id === me.id ? silent : sentBy(one))),
    id: one.id,
    name: one.userName,
    isMe: one.id === me.id,
    isHost: one.isOwner,
    isCoHost: isCoHost(one),
    isVerified: one.verified,
    isListener: one.permissions.canSend.length === 0,
    isAway: one.connection === 'RECONNECTING',
    // As the service has it too, which may know of somebody who is just coming before the line does.
    isOffMedia:
      isKnown &&
      one.id !== me.id &&
      line.people[one.id] === undefined &&
      one.mediaConnection === 'LEFT' &&
      now - Date.parse(one.joinedAt) >= graceMs,
    isSpeaking: line?.speaking.includes(one.id) ?? false,
  }));
}

/** By the service's word: it has no pictures. */
function sentBy({ id, audio, video, screenShare }: Participant): LinePerson {
  const picture = { isShown: false, isUpright: false } as const;
  return {
    quality: 'unknown',
    isHeard: audio,
    camera: video ? { key: `${id}/camera`, ...picture } : null,
    screen: screenShare ? { key: `${id}/screen`, ...picture, hasSound: false } : null,
  };
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
