import {
  ConnectionQuality,
  ConnectionState,
  type Participant,
  type RemoteTrackPublication,
  type Room,
  Track,
  type TrackPublication,
} from 'livekit-client';
import type { OwnMediumName } from '../call.ts';
import type { CallPicture, PictureKey } from '../call-state.ts';
import type { LinePerson, LineView, OwnLine } from '../line.ts';

export const sources = {
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen: Track.Source.ScreenShare,
} as const satisfies Record<OwnMediumName, Track.Source>;

/** What a track plays as. Null: as no picture. */
export function pictureKey(identity: string, { source }: Pick<TrackPublication, 'source'>): PictureKey | null {
  if (source === Track.Source.Camera) return `${identity}/camera`;
  return source === Track.Source.ScreenShare ? `${identity}/screen` : null;
}

const qualities = {
  [ConnectionQuality.Excellent]: 'good',
  [ConnectionQuality.Good]: 'fair',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
  [ConnectionQuality.Unknown]: 'unknown',
} as const satisfies Record<ConnectionQuality, LinePerson['quality']>;

/** @param ended whose device went away by itself */
export function readLine(room: Room, ended: ReadonlySet<OwnMediumName>): LineView {
  const everybody: readonly Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  const own = (name: OwnMediumName) => ownLine(room, name, ended.has(name));
  return {
    isReconnecting: room.state !== ConnectionState.Connected,
    people: Object.fromEntries(everybody.map((one) => [one.identity, readPerson(one)])),
    speaking: room.activeSpeakers.map(({ identity }) => identity),
    isSoundBlocked: !room.canPlaybackAudio,
    own: { microphone: own('microphone'), camera: own('camera'), screen: own('screen') },
    chosen: chosenIn(room),
  };
}

function ownLine({ localParticipant }: Room, name: OwnMediumName, hasEnded: boolean): OwnLine {
  const publication = localParticipant.getTrackPublication(sources[name]);
  if (publication?.track !== undefined && !publication.isMuted) return 'on';
  if (hasEnded) return 'ended';
  return publication?.track === undefined ? 'off' : 'muted';
}

function readPerson(one: Participant): LinePerson {
  const microphone = one.getTrackPublication(Track.Source.Microphone);
  const screen = pictureOf(one, Track.Source.ScreenShare);
  return {
    quality: qualities[one.connectionQuality],
    isHeard: microphone !== undefined && !microphone.isMuted,
    camera: pictureOf(one, Track.Source.Camera),
    screen:
      screen === null
        ? null
        : { ...screen, hasSound: one.getTrackPublication(Track.Source.ScreenShareAudio) !== undefined },
  };
}

function pictureOf(one: Participant, source: Track.Source): CallPicture | null {
  const publication = one.getTrackPublication(source);
  const key = publication === undefined ? null : pictureKey(one.identity, publication);
  if (publication === undefined || key === null || publication.isMuted) return null;
  const { width, height } = publication.dimensions ?? { width: 0, height: 0 };
  return { key, isShown: isShown(publication), isUpright: height > width };
}

function isShown(publication: TrackPublication | RemoteTrackPublication): boolean {
  return publication.track !== undefined && publication.isSubscribed;
}

const kinds = ['audioinput', 'audiooutput', 'videoinput'] as const;

function chosenIn(room: Room): LineView['chosen'] {
  const active = kinds.map((kind): [MediaDeviceKind, string | undefined] => [kind, room.getActiveDevice(kind)]);
  return Object.fromEntries(active.filter(([, id]) => id !== undefined));
}
