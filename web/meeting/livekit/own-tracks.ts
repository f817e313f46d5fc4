import { type LocalTrack, ParticipantEvent, type Room, Track, TrackEvent } from 'livekit-client';
import type { OwnMediumName } from '../call.ts';
import type { NotSent } from '../line.ts';
import { sources } from './line-view.ts';
import { whyNotSent } from './losses.ts';

/** How long the media server may take to learn what the service allows. Milliseconds. */
const permitMs = 3_000;

/** One's own tracks in a room: taken, sent, and let go of. */
export class OwnTracks {
  /** Whose device went away by itself since it was switched on. */
  readonly ended = new Set<OwnMediumName>();
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  async switchOn(medium: OwnMediumName, isWanted: () => boolean): Promise<NotSent | null> {
    this.ended.delete(medium);
    try {
      const publication = this.#room.localParticipant.getTrackPublication(sources[medium]);
      if (publication?.track === undefined) await this.#publish(medium, await this.#take(medium), isWanted);
      else await publication.unmute();
      return null;
    } catch (error) {
      return whyNotSent(error, medium);
    }
  }

  async switchOff(medium: OwnMediumName): Promise<void> {
    const { localParticipant } = this.#room;
    const publication = localParticipant.getTrackPublication(sources[medium]);
    if (publication?.track === undefined) return;
    if (medium !== 'screen') {
      await publication.mute();
      return;
    }
    const sound = localParticipant.getTrackPublication(Track.Source.ScreenShareAudio)?.track;
    const tracks = [publication.track, ...(sound === undefined ? [] : [sound])];
    await Promise.all(tracks.map((track) => localParticipant.unpublishTrack(track)));
  }

  async choose(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    try {
      await this.#room.switchActiveDevice(kind, deviceId);
    } catch {
      // The device of before was let go of already. Nothing is claimed to be on that sends nothing.
      const medium = kind === 'audioinput' ? 'microphone' : 'camera';
      if (kind === 'audiooutput') return;
      this.ended.add(medium);
      await this.#room.localParticipant.getTrackPublication(sources[medium])?.mute();
    }
  }

  /** At once, whatever the network does. */
  letGo(): void {
    for (const { track } of this.#room.localParticipant.trackPublications.values()) track?.stop();
  }

  async #take(medium: OwnMediumName): Promise<readonly LocalTrack[]> {
    const { localParticipant } = this.#room;
    if (medium === 'microphone') return localParticipant.createTracks({ audio: true });
    if (medium === 'camera') return localParticipant.createTracks({ video: true });
    return localParticipant.createScreenTracks({ audio: this.#maySend(Track.Source.ScreenShareAudio) });
  }

  async #publish(medium: OwnMediumName, tracks: readonly LocalTrack[], isWanted: () => boolean): Promise<void> {
    try {
      await this.#untilAllowed(sources[medium]);
      if (!isWanted()) throw new Error('It is not wanted any more.');
      for (const track of tracks) track.on(TrackEvent.Ended, () => this.ended.add(medium));
      await Promise.all(tracks.map((track) => this.#room.localParticipant.publishTrack(track)));
    } catch (error) {
      for (const track of tracks) track.stop();
      throw error;
    }
  }

  /** The service decides, and the media server follows in a moment. */
  async #untilAllowed(source: Track.Source): Promise<void> {
    if (this.#maySend(source)) return;
    const { localParticipant } = this.#room;
    const allowed = Promise.withResolvers<void>();
    const look = () => this.#maySend(source) && allowed.resolve();
    const timer = setTimeout(allowed.resolve, permitMs);
    localParticipant.on(ParticipantEvent.ParticipantPermissionsChanged, look);
    await allowed.promise;
    localParticipant.off(ParticipantEvent.ParticipantPermissionsChanged, look);
    clearTimeout(timer);
  }

  #maySend(source: Track.Source): boolean {
    const { permissions } = this.#room.localParticipant;
    if (permissions === undefined || !permissions.canPublish) return false;
    const allowed: readonly number[] = permissions.canPublishSources;
    return allowed.length === 0 || allowed.includes(Track.sourceToProto(source));
  }
}
