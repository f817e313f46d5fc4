import { ConnectionQuality, ConnectionState, type Participant, type Room, Track } from 'livekit-client';
import type { CallPicture } from '../call-state.ts';
import type { LinePerson, LineView } from '../line.ts';
import type { OwnTracks } from './own-tracks.ts';
import { pictureKey, shownOf } from './received.ts';

const qualities = {
  [ConnectionQuality.Excellent]: 'good',
  [ConnectionQuality.Good]: 'fair',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
  [ConnectionQuality.Unknown]: 'unknown',
} as const satisfies Record<ConnectionQuality, LinePerson['quality']>;

export function readLine(room: Room, own: Pick<OwnTracks, 'standOf'>): LineView {
  const everybody: readonly Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  return {
    isReconnecting: room.state !== ConnectionState.Connected,
    people: Object.fromEntries(everybody.map((one) => [one.identity, readPerson(one)])),
    speaking: room.activeSpeakers.map(({ identity }) => identity),
    isSoundBlocked: !room.canPlaybackAudio,
    own: { microphone: own.standOf('microphone'), camera: own.standOf('camera'), screen: own.standOf('screen') },
    chosen: chosenIn(room),
  };
}

function readPerson(one: Participant): LinePerson {
  const screen = pictureOf(one, Track.Source.ScreenShare);
  return {
    quality: qualities[one.connectionQuality],
    isHeard: shownOf(one, Track.Source.Microphone) !== null,
    camera: pictureOf(one, Track.Source.Camera),
    screen: screen === null ? null : { ...screen, hasSound: shownOf(one, Track.Source.ScreenShareAudio) !== null },
  };
}

function pictureOf(one: Participant, source: Track.Source): CallPicture | null {
  const publication = shownOf(one, source);
  const key = publication === null ? null : pictureKey(one.identity, publication);
  if (publication === null || key === null) return null;
  const { width, height } = publication.dimensions ?? { width: 0, height: 0 };
  const isShown = publication.track !== undefined && publication.isSubscribed;
  return { key, isShown, isUpright: height > width };
}

const kinds = ['audioinput', 'audiooutput', 'videoinput'] as const;

function chosenIn(room: Room): LineView['chosen'] {
  const active = kinds.map((kind): [MediaDeviceKind, string | undefined] => [kind, room.getActiveDevice(kind)]);
  return Object.fromEntries(active.filter(([, id]) => id !== undefined));
}
