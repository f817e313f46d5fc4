import { ParticipantKind, type RemoteParticipant, Track, type TrackPublication } from 'livekit-client';
import type { PictureKey } from '../call-state.ts';

/** What the page asks for. */
export interface Wanted {
  /** Who is in the room, by the service's word. */
  readonly people: ReadonlySet<string>;
  /** The pictures that are on screen. */
  readonly shown: ReadonlySet<PictureKey>;
}

/**
 * Is this track received? What a person sends, and under which name, a modified client chooses: nothing is heard that the page does not show to
 * be heard, and that a host cannot see to mute.
 * @param from somebody whom LiveKit itself brings in, such as a telephone, is on no list of the service, and is heard
 */
export function isReceived(publication: TrackPublication, from: RemoteParticipant, wanted: Wanted): boolean {
  if (from.kind === ParticipantKind.STANDARD && !wanted.people.has(from.identity)) return false;
  const key = pictureKey(from.identity, publication);
  if (key !== null) return wanted.shown.has(key) && shownOf(from, publication.source) === publication;
  if (publication.kind !== Track.Kind.Audio) return false;
  // An agent names no source for the sounds that it plays.
  if (from.kind !== ParticipantKind.STANDARD) return true;
  if (publication.source === Track.Source.ScreenShareAudio) return shownOf(from, Track.Source.ScreenShare) !== null;
  return publication.source === Track.Source.Microphone;
}

/** What a track plays as. Null: as no picture. */
export function pictureKey(identity: string, { source, kind }: Pick<TrackPublication, 'source' | 'kind'>) {
  if (kind !== Track.Kind.Video) return null;
  if (source === Track.Source.Camera) return `${identity}/camera` as const;
  return source === Track.Source.ScreenShare ? (`${identity}/screen` as const) : null;
}

/** Of the tracks of a source, the one that is shown or heard: the first that is on, since there may be several. Null: none is on. */
export function shownOf(
  { trackPublications }: { readonly trackPublications: ReadonlyMap<string, TrackPublication> },
  source: Track.Source,
): TrackPublication | null {
  const isSound = source === Track.Source.Microphone || source === Track.Source.ScreenShareAudio;
  const kind = isSound ? Track.Kind.Audio : Track.Kind.Video;
  const isOn = (one: TrackPublication) => one.source === source && one.kind === kind && !one.isMuted;
  return [...trackPublications.values()].find(isOn) ?? null;
}
