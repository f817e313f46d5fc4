import type { KnockRequest, Participant, Room } from '../../../packages/client/src/index.ts';
import type {
  CallLoss,
  CallPerson,
  CallState,
  DeviceChoice,
  LostLine,
  OwnMedium,
} from '../../../web/meeting/call-state.ts';

/** What a page in a test shows: a room, and the call in it. */
export interface Scene {
  readonly room: Room;
  readonly participants: readonly Participant[];
  readonly waiting: readonly KnockRequest[];
  readonly isConnected: boolean;
  readonly isLive: boolean;
  readonly call: CallState;
}

/** How the test plays with the page. */
export interface Play {
  /** What the page has asked of the call and of the service, in order. */
  readonly asked: string[];
  readonly show: (scene: Scene) => void;
  /** The same on a page that is drawn anew. */
  readonly begin: (scene: Scene) => void;
}

type Someone = Partial<Omit<CallPerson, 'camera' | 'screen'>> & {
  readonly camera?: boolean;
  readonly screen?: boolean;
  readonly isUpright?: boolean;
};

const names = [
  ...['Mara Lindqvist', 'Jonas Weber', 'Amélie Fournier', 'Priya Raman', 'Kenji Mori', 'Noor Haddad', 'Ewa Kowalska'],
  ...['Daniel Osei', 'Sofia Rossi-Montefiore di Castelvecchio', 'Tom Baker', 'Henrik Dahl', 'Lucía Ortega'],
];

/** Somebody who is in the room, the first of whom is a host. */
export function someone(place: number, more: Someone = {}): CallPerson {
  const id = more.id ?? `p${place}`;
  const { camera = true, screen = false, isUpright = false, ...rest } = more;
  return {
    name: names[place] ?? `Guest ${place + 1}`,
    ...{ isMe: false, isHost: place === 0, isVerified: place % 3 !== 2, isListener: false, isAway: false },
    ...{ isCoHost: false, isOffMedia: false },
    ...{ isSpeaking: false, quality: 'good', isHeard: place % 2 === 1 },
    ...rest,
    id,
    camera: camera ? { key: `${id}/camera`, isShown: true, isUpright } : null,
    screen: screen ? { key: `${id}/screen`, isShown: true, isUpright: false, hasSound: false } : null,
  };
}

/** So many people, of whom the last is oneself. */
export function crowd(count: number, more: Readonly<Record<number, Someone>> = {}): readonly CallPerson[] {
  return Array.from({ length: count }, (_, place) => someone(place, { isMe: place === count - 1, ...more[place] }));
}

const on: OwnMedium = { state: 'on', isAllowed: true, whyOff: null };
const none: DeviceChoice = { found: [], chosen: null };
const two = (label: string): DeviceChoice => ({
  found: [
    { id: 'one', label: `${label} of this machine` },
    { id: 'two', label: `${label} of the headset` },
  ],
  chosen: 'one',
});

export function callOf(people: readonly CallPerson[], more: Partial<CallState> = {}): CallState {
  return {
    ...{ line: { at: 'connected' }, microphone: on, camera: on, screen: { ...on, state: 'off' } },
    devices: { audioinput: two('Microphone'), videoinput: two('Camera'), audiooutput: none },
    people,
    speaking: people.filter(({ isSpeaking }) => isSpeaking).map(({ id }) => id),
    ...{ isSoundBlocked: false, request: null, isAudience: false },
    ...more,
  };
}

/** As the connection says it while it is at the next attempt. */
export function lostBy(why: CallLoss): LostLine {
  return { at: 'lost', why, isTrying: !['takenOver', 'unsupported', 'left'].includes(why), nextAt: null };
}

const room: Room = {
  ...{ id: 'room', name: 'design-review', title: 'Design review', url: 'https://meet.example.com/acme/design-review' },
  ...{ privacy: 'PRIVATE', enableKnocking: true, lobbyMessage: null, ownerOnlyBroadcast: false, maxParticipants: null },
  ...{ ownerPresent: true, participantCount: 1, nbf: null, exp: null, startAudioOff: false, startVideoOff: false },
  ...{ enableScreenshare: true, lang: 'en', cursor: 'cursor' },
};

const everything = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'] as const;

function participantOf(person: CallPerson, place: number, isHost: boolean): Participant {
  return {
    ...{ id: person.id, roomName: room.name, userName: person.name, userId: null, verified: person.isVerified },
    ...{ isOwner: isHost, joinedAt: new Date(Date.UTC(2026, 0, 1) + place * 1_000).toISOString(), knockId: null },
    ...{ leftAt: null, connection: person.isAway ? 'RECONNECTING' : 'CONNECTED', audio: person.isHeard },
    ...{ video: person.camera !== null, screenShare: person.screen !== null, mediaConnection: 'CONNECTED' },
    ...{ willEjectAt: null, leaveReason: null },
    permissions: {
      hasPresence: true,
      canSend: person.isListener ? [] : [...everything],
      canReceive: { base: [...everything], overrides: [] },
      canAdmin: isHost ? ['PARTICIPANTS', 'STREAMING'] : person.isCoHost ? ['PARTICIPANTS'] : [],
    },
  };
}

interface Staging {
  readonly people: readonly CallPerson[];
  readonly call?: Partial<CallState>;
  readonly room?: Partial<Room>;
  readonly waiting?: readonly KnockRequest[];
  readonly isConnected?: boolean;
  readonly isLive?: boolean;
}

export function stage({
  people,
  call = {},
  waiting = [],
  isConnected = true,
  isLive = false,
  ...more
}: Staging): Scene {
  return {
    room: { ...room, ...more.room },
    participants: people.map((person, place) => participantOf(person, place, person.isHost)),
    ...{ waiting, isConnected, isLive },
    call: callOf(people, call),
  };
}

export function knockOf(name: string, place: number, message = ''): KnockRequest {
  return {
    ...{ id: `k${place}`, roomName: room.name, userName: name, userId: null, verified: place % 3 === 2, message },
    ...{ reply: null, status: 'PENDING', reason: null, connection: 'CONNECTED', position: null, ownerPresent: true },
    ...{ exp: null, lobbyMessage: null, decidedAt: null, decidedBy: null, knockAgainAt: null },
    requestedAt: new Date(Date.now() - 60_000 * (8 - place)).toISOString(),
  };
}

/** So many people, of whom oneself, the last, is the host. */
export function hosted(count: number, more: Readonly<Record<number, Someone>> = {}): readonly CallPerson[] {
  const others = crowd(count, { 0: { isHost: false }, ...more }).slice(0, -1);
  return [...others, someone(count - 1, { isMe: true, isHost: true })];
}
