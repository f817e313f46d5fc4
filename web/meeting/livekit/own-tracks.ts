import {
  ConnectionState,
  type LocalTrack,
  type LocalTrackPublication,
  ParticipantEvent,
  type Room,
  Track,
  TrackEvent,
} from 'livekit-client';
import type { OwnMediumName } from '../call.ts';
import type { NotSent, OwnLine } from '../line.ts';
import { whyNotSent } from './losses.ts';
import { sources } from './sources.ts';

/** How long the media server may take to learn what the service allows. Milliseconds. */
const permitMs = 3_000;

const dropped: NotSent = { kind: 'dropped' };

/**
 * One's own tracks in a room: taken, sent, and let go of. LiveKit's list of what is sent is empty while a connection is made anew, so that
 * what was taken is remembered here.
 */
export class OwnTracks {
  readonly #room: Room;
  readonly #onHeldBack: () => void;
  /** Whatever the browser has given, and may still hold. */
  readonly #taken = new Set<LocalTrack>();
  /** What is sent, or is so again in a moment. */
  readonly #sent = new Map<OwnMediumName, readonly LocalTrack[]>();
  /** What the browser is just asked for. */
  readonly #opening = new Map<OwnMediumName, Promise<readonly LocalTrack[]>>();
  /** Ends what is taken, and not sent yet. */
  readonly #starting = new Map<OwnMediumName, AbortController>();
  /** The device of a kind that is just being chosen. The next one waits for it: what fails goes back to what was used before it. */
  readonly #choosing = new Map<MediaDeviceKind, Promise<void>>();
  /** What is not sent any more although nobody switched it off, until it is switched on again. */
  readonly #lost = new Map<OwnMediumName, 'ended' | 'failed'>();
  #isOver = false;

  /** @param onHeldBack what the system holds back, or gives again, LiveKit tells of a track alone */
  constructor(room: Room, onHeldBack: () => void) {
    this.#room = room;
    this.#onHeldBack = onHeldBack;
  }

  standOf(medium: OwnMediumName): OwnLine {
    const track = this.#publicationOf(medium)?.track ?? this.#betweenConnections(medium);
    // LiveKit does not hear that the system gives it again while nothing is connected: what is sent then is not held back.
    if (track?.isMuted === false) return track.isUpstreamPaused && track.mediaStreamTrack.muted ? 'heldBack' : 'on';
    return this.#lost.get(medium) ?? (track === undefined ? 'off' : 'muted');
  }

  async switchOn(medium: OwnMediumName, isWanted: () => boolean): Promise<NotSent | null> {
    this.#lost.delete(medium);
    try {
      const sent = this.#tracksOf(medium);
      if (sent.length === 0) return await this.#publish(medium, await this.#open(medium), isWanted);
      await Promise.all(sent.map((track) => track.unmute()));
      return null;
    } catch (error) {
      return whyNotSent(error, medium);
    }
  }

  drop(medium: OwnMediumName): void {
    this.#starting.get(medium)?.abort();
  }

  /** Also what is just being sent anew. */
  async switchOff(medium: OwnMediumName): Promise<void> {
    const tracks = this.#tracksOf(medium);
    if (medium !== 'screen') {
      await Promise.all(tracks.map((track) => track.mute()));
      return;
    }
    this.#sent.delete(medium);
    this.#release(tracks);
    await Promise.all(tracks.map((track) => this.#room.localParticipant.unpublishTrack(track)));
  }

  /** Answers whether it is so. If not, the one of before is used again once it is switched on. Of several that wait only the last is tried. */
  async choose(kind: MediaDeviceKind, deviceId: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#choosing.get(kind);
    this.#choosing.set(kind, promise);
    const isLast = () => this.#choosing.get(kind) === promise;
    if (before !== undefined) await before;
    try {
      return isLast() && (await this.#use(kind, deviceId, isLast));
    } finally {
      if (isLast()) this.#choosing.delete(kind);
      resolve();
    }
  }

  /** LiveKit sends this no more. While a connection is made anew it comes again. */
  forget({ track }: LocalTrackPublication): void {
    if (track === undefined || this.#room.state === ConnectionState.Reconnecting) return;
    for (const [medium, tracks] of this.#sent) if (tracks[0] === track) this.#sent.delete(medium);
    this.#release([track]);
  }

  /** A connection that was made anew has sent everything again that it could. The rest is lost. */
  settle(): void {
    for (const { track } of this.#room.localParticipant.trackPublications.values()) this.#sendAgain(track);
    for (const [medium, tracks] of this.#sent) {
      if (this.#publicationOf(medium) !== undefined) continue;
      const hasEnded = tracks[0]?.mediaStreamTrack.readyState === 'ended';
      this.#sent.delete(medium);
      this.#release(tracks);
      // What may not be sent any more the service tells of.
      if (this.#maySend(sources[medium])) this.#lost.set(medium, hasEnded ? 'ended' : 'failed');
    }
  }

  /** LiveKit gives nothing back to what is not sent, and would go on taking for paused what the system gave again meanwhile. */
  #sendAgain(track: LocalTrack | undefined): void {
    if (track?.isUpstreamPaused === true && !track.mediaStreamTrack.muted) void track.resumeUpstream();
  }

  /** At once, whatever the network does, and whatever the browser gives from now on. */
  letGo(): void {
    this.#isOver = true;
    for (const starting of this.#starting.values()) starting.abort();
    for (const { track } of this.#room.localParticipant.trackPublications.values()) track?.stop();
    for (const track of this.#taken) track.stop();
  }

  #publicationOf(medium: OwnMediumName): LocalTrackPublication | undefined {
    const publication = this.#room.localParticipant.getTrackPublication(sources[medium]);
    return publication?.track === undefined ? undefined : publication;
  }

  #betweenConnections(medium: OwnMediumName): LocalTrack | undefined {
    return this.#room.state === ConnectionState.Reconnecting ? this.#sent.get(medium)?.[0] : undefined;
  }

  #tracksOf(medium: OwnMediumName): readonly LocalTrack[] {
    const published = this.#publicationOf(medium)?.track;
    return [...new Set([...(this.#sent.get(medium) ?? []), ...(published === undefined ? [] : [published])])];
  }

  async #use(kind: MediaDeviceKind, deviceId: string, isLast: () => boolean): Promise<boolean> {
    const before = this.#room.getActiveDevice(kind);
    try {
      await this.#take(kind, deviceId);
      return true;
    } catch {
      // Whatever is chosen by now is taken next.
      if (kind === 'audiooutput' || !isLast()) return false;
      const medium = kind === 'audioinput' ? 'microphone' : 'camera';
      // The device of before was let go of already. Nothing is claimed to be on that sends nothing.
      this.#lost.set(medium, 'ended');
      await Promise.all(this.#heldOf(medium).map((track) => track.mute()));
      if (before !== undefined) await this.#take(kind, before);
      return false;
    }
  }

  /** LiveKit does it for what is on its list; what is just being taken, or sent anew, is not there. */
  async #take(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    if (kind === 'audiooutput') {
      await this.#room.switchActiveDevice(kind, deviceId);
      return;
    }
    const medium = kind === 'audioinput' ? 'microphone' : 'camera';
    const listed = this.#publicationOf(medium)?.track;
    await this.#room.switchActiveDevice(kind, deviceId);
    await this.#opening.get(medium)?.catch(() => undefined);
    const exact = { deviceId: { exact: deviceId } };
    for (const track of this.#heldOf(medium)) {
      if (track === listed) continue;
      if (track.isMuted) await track.setDeviceId(exact.deviceId);
      // Said with it: what LiveKit restarts at this moment would overwrite it.
      else await track.restartTrack({ ...track.constraints, ...exact });
    }
  }

  #heldOf(medium: OwnMediumName): readonly LocalTrack[] {
    return [...this.#taken].filter(({ source }) => source === sources[medium]);
  }

  #open(medium: OwnMediumName): Promise<readonly LocalTrack[]> {
    const opening = this.#capture(medium)
      .then((tracks) => {
        for (const track of tracks) {
          this.#taken.add(track);
          track.on(TrackEvent.Ended, () => this.#lost.set(medium, 'ended'));
          track.on(TrackEvent.UpstreamPaused, this.#onHeldBack);
          track.on(TrackEvent.UpstreamResumed, this.#onHeldBack);
          track.on(TrackEvent.Restarted, () => this.#lookAtRestarted(medium, track));
        }
        return tracks;
      })
      .finally(() => this.#opening.delete(medium));
    this.#opening.set(medium, opening);
    return opening;
  }

  async #capture(medium: OwnMediumName): Promise<readonly LocalTrack[]> {
    const { localParticipant } = this.#room;
    if (medium === 'microphone') return localParticipant.createTracks({ audio: true });
    if (medium === 'camera') return localParticipant.createTracks({ video: true });
    return localParticipant.createScreenTracks({ audio: this.#maySend(Track.Source.ScreenShareAudio) });
  }

  /** A device was taken anew. Meanwhile somebody may have left, or switched it off. */
  #lookAtRestarted(medium: OwnMediumName, track: LocalTrack): void {
    this.#lost.delete(medium);
    if (this.#isOver || !this.#taken.has(track)) track.stop();
    else if (!track.mediaStreamTrack.enabled) track.mediaStreamTrack.stop();
  }

  async #publish(medium: OwnMediumName, tracks: readonly LocalTrack[], isWanted: () => boolean) {
    const starting = new AbortController();
    const { signal } = starting;
    // The lamp goes out at once.
    signal.addEventListener('abort', () => this.#release(tracks));
    this.#starting.set(medium, starting);
    if (this.#isOver || !isWanted()) starting.abort();
    try {
      await this.#untilAllowed(sources[medium], signal);
      if (signal.aborted) return dropped;
      await Promise.all(tracks.map((track) => this.#room.localParticipant.publishTrack(track)));
      if (!signal.aborted) {
        this.#sent.set(medium, tracks);
        return null;
      }
      await Promise.all(tracks.map((track) => this.#room.localParticipant.unpublishTrack(track)));
      return dropped;
    } catch (error) {
      this.#release(tracks);
      if (signal.aborted) return dropped;
      throw error;
    } finally {
      this.#starting.delete(medium);
    }
  }

  /** The service decides, and the media server follows in a moment. */
  async #untilAllowed(source: Track.Source, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#maySend(source)) return;
    const { localParticipant } = this.#room;
    const over = Promise.withResolvers<void>();
    const look = () => this.#maySend(source) && over.resolve();
    const timer = setTimeout(over.resolve, permitMs);
    signal.addEventListener('abort', () => over.resolve());
    localParticipant.on(ParticipantEvent.ParticipantPermissionsChanged, look);
    await over.promise;
    localParticipant.off(ParticipantEvent.ParticipantPermissionsChanged, look);
    clearTimeout(timer);
  }

  #release(tracks: readonly LocalTrack[]): void {
    for (const track of tracks) {
      track.stop();
      this.#taken.delete(track);
    }
  }

  #maySend(source: Track.Source): boolean {
    const { permissions } = this.#room.localParticipant;
    if (permissions === undefined || !permissions.canPublish) return false;
    const allowed: readonly number[] = permissions.canPublishSources;
    return allowed.length === 0 || allowed.includes(Track.sourceToProto(source));
  }
}
