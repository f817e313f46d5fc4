import { EventEmitter } from 'node:events';
import {
  ConnectionState,
  ParticipantEvent,
  ParticipantKind,
  type Room,
  RoomEvent,
  Track,
  TrackEvent,
} from 'livekit-client';
import { RoomLine } from '../../web/meeting/livekit/room-line.ts';
import { Pictures } from '../../web/meeting/pictures.ts';

// As much of LiveKit's room as a line has to do with: what it does by itself, and what a test lets happen to it.

/** A track of somebody else, as it was declared. */
export class PlayedTrack {
  readonly source: Track.Source;
  readonly kind: Track.Kind;
  readonly track = {};
  isMuted: boolean;
  isDesired = false;
  constructor(source: Track.Source, { kind = kindOf(source), isMuted = false }: Declared = {}) {
    this.source = source;
    this.kind = kind;
    this.isMuted = isMuted;
  }
  get isSubscribed(): boolean {
    return this.isDesired;
  }
  setSubscribed(is: boolean): void {
    this.isDesired = is;
  }
}

interface Declared {
  readonly kind?: Track.Kind;
  readonly isMuted?: boolean;
}

const kindOf = (source: Track.Source) =>
  source === Track.Source.Camera || source === Track.Source.ScreenShare ? Track.Kind.Video : Track.Kind.Audio;

class PlayedPerson<One extends { readonly source: Track.Source } = PlayedTrack> extends EventEmitter {
  readonly identity: string;
  readonly kind: ParticipantKind;
  readonly connectionQuality = 'good';
  readonly trackPublications = new Map<string, One>();
  constructor(identity: string, kind = ParticipantKind.STANDARD) {
    super();
    this.identity = identity;
    this.kind = kind;
  }
  getTrackPublication(source: string): One | undefined {
    return [...this.trackPublications.values()].find((one) => one.source === source);
  }
}

/** A device or a screen that was taken. */
export class OwnPlayed extends EventEmitter {
  readonly source: Track.Source;
  readonly kind: Track.Kind;
  isMuted = false;
  mediaStreamTrack = new PlayedDevice();
  constraints: Constraints;
  /** Devices that another program has. */
  readonly #busy: ReadonlySet<string>;
  constructor(source: Track.Source, device = '', busy: ReadonlySet<string> = new Set()) {
    super();
    this.source = source;
    this.kind = kindOf(source);
    this.constraints = { deviceId: device };
    this.#busy = busy;
  }
  /** The one that is taken. */
  get device(): string {
    return idOf(this.constraints);
  }
  get isLive(): boolean {
    return this.mediaStreamTrack.readyState === 'live';
  }
  /** One after the other, as LiveKit does it. */
  #last: Promise<void> = Promise.resolve();
  /** A device that is off is let go of; a screen is not. */
  mute(): Promise<void> {
    this.#last = this.#last.then(() => this.#mute());
    return this.#last;
  }
  unmute(): Promise<void> {
    this.#last = this.#last.then(() => this.#unmute());
    return this.#last;
  }
  #mute(): void {
    this.isMuted = true;
    this.mediaStreamTrack.enabled = false;
    if (this.source !== Track.Source.ScreenShare) this.mediaStreamTrack.stop();
  }
  async #unmute(): Promise<void> {
    if (!this.isMuted) return;
    if (this.#busy.has(this.device)) throw new DOMException('', 'NotReadableError');
    this.restart(true);
    await Promise.resolve();
    this.isMuted = false;
    this.mediaStreamTrack.enabled = true;
  }
  async setDeviceId(deviceId: Constraints['deviceId']): Promise<boolean> {
    this.constraints.deviceId = deviceId;
    if (!this.isMuted) await this.restartTrack();
    return true;
  }
  /** The last restart counts, with what it was asked for. */
  restartTrack(constraints?: Constraints): Promise<void> {
    this.#last = this.#last.then(async () => {
      const wanted = constraints ?? this.constraints;
      this.mediaStreamTrack.stop();
      await this.answers;
      if (this.#busy.has(idOf(wanted))) throw new DOMException('', 'NotReadableError');
      this.restart();
      this.constraints = { ...wanted };
    });
    const restarted = this.#last;
    this.#last = restarted.catch(() => undefined);
    return restarted;
  }
  isUpstreamPaused = false;
  /** The system holds back what it has given, or gives it again. */
  hold(is: boolean): void {
    this.isUpstreamPaused = is;
    this.mediaStreamTrack.muted = is;
    this.emit(is ? TrackEvent.UpstreamPaused : TrackEvent.UpstreamResumed, this);
  }
  /** LiveKit sends it again, if it is sent at all. */
  async resumeUpstream(): Promise<void> {
    this.isUpstreamPaused = false;
    this.emit(TrackEvent.UpstreamResumed, this);
  }
  /** How long the browser takes for a restart. */
  answers: Promise<unknown> = Promise.resolve();
  /** The browser gives a device again. */
  restart(isUnmuting = false): void {
    this.mediaStreamTrack = new PlayedDevice();
    this.mediaStreamTrack.enabled = isUnmuting || !this.isMuted;
    this.emit(TrackEvent.Restarted, this);
  }
  stop(): void {
    this.mediaStreamTrack.stop();
  }
}

interface Constraints {
  deviceId: string | { readonly exact: string };
}

const idOf = ({ deviceId }: Constraints) => (typeof deviceId === 'string' ? deviceId : deviceId.exact);

class PlayedDevice {
  readyState: 'live' | 'ended' = 'live';
  enabled = true;
  /** By the system. */
  muted = false;
  stop(): void {
    this.readyState = 'ended';
  }
}

interface OwnPublication {
  readonly source: Track.Source;
  readonly kind: Track.Kind;
  readonly track: OwnPlayed;
  readonly isMuted: boolean;
  readonly isUpstreamPaused: boolean;
}

const publicationOf = (track: OwnPlayed): OwnPublication => ({
  source: track.source,
  kind: track.kind,
  track,
  get isMuted() {
    return track.isMuted;
  },
  get isUpstreamPaused() {
    return track.isUpstreamPaused;
  },
});

class PlayedSelf extends PlayedPerson<OwnPublication> {
  permissions = { canPublish: true, canPublishSources: [] };
  /** All that the browser has given. */
  readonly taken: OwnPlayed[] = [];
  /** How the browser answers, and how long sending takes. */
  answers: Promise<unknown> = Promise.resolve();
  sending: Promise<unknown> = Promise.resolve();
  readonly #room: PlayedRoom;
  constructor(room: PlayedRoom) {
    super('me');
    this.#room = room;
  }
  async createTracks({ audio = false }: { readonly audio?: boolean }): Promise<OwnPlayed[]> {
    return this.#take(audio ? Track.Source.Microphone : Track.Source.Camera);
  }
  async createScreenTracks(): Promise<OwnPlayed[]> {
    return this.#take(Track.Source.ScreenShare);
  }
  async #take(source: Track.Source): Promise<OwnPlayed[]> {
    const device = this.#room.defaults.get(source);
    await this.answers;
    const track = new OwnPlayed(source, device, this.#room.busy);
    this.taken.push(track);
    return [track];
  }
  async publishTrack(track: OwnPlayed): Promise<void> {
    await this.sending;
    this.publish(track);
  }
  publish(track: OwnPlayed): void {
    const publication = publicationOf(track);
    this.trackPublications.set(track.source, publication);
    this.#room.emit(RoomEvent.LocalTrackPublished, publication);
  }
  async unpublishTrack(track: OwnPlayed, isStopped = true): Promise<void> {
    const publication = this.trackPublications.get(track.source);
    if (publication?.track !== track) return;
    if (isStopped) track.stop();
    this.trackPublications.delete(track.source);
    this.#room.emit(RoomEvent.LocalTrackUnpublished, publication);
  }
  allow(canPublish: boolean): void {
    this.permissions = { ...this.permissions, canPublish };
    this.emit(ParticipantEvent.ParticipantPermissionsChanged);
  }
}

export class PlayedRoom extends EventEmitter {
  state: ConnectionState = ConnectionState.Connected;
  canPlaybackAudio = true;
  activeSpeakers: readonly { identity: string }[] = [];
  readonly remoteParticipants = new Map<string, PlayedPerson>();
  readonly localParticipant = new PlayedSelf(this);
  hasLeft = false;
  /** Which devices are asked for, which are shown as used, and which another program has. */
  readonly defaults = new Map<Track.Source, string>();
  readonly active = new Map<string, string>();
  readonly busy = new Set<string>();
  getActiveDevice(kind: string): string | undefined {
    return this.active.get(kind);
  }
  /** For what is on the list alone; without anything there, or muted, it shows at once. */
  async switchActiveDevice(kind: 'audioinput' | 'videoinput', id: string): Promise<boolean> {
    const source = kind === 'audioinput' ? Track.Source.Microphone : Track.Source.Camera;
    this.defaults.set(source, id);
    const track = this.localParticipant.getTrackPublication(source)?.track;
    await track?.setDeviceId({ exact: id });
    this.active.set(kind, id);
    return true;
  }
  async disconnect(): Promise<void> {
    this.hasLeft = true;
  }
  come(name: string, kind?: ParticipantKind): PlayedPerson {
    const one = new PlayedPerson(name, kind);
    this.remoteParticipants.set(name, one);
    return one;
  }
  /** Somebody who is there sends something. */
  publish(name: string, source: Track.Source, declared?: Declared): PlayedTrack {
    const one = this.remoteParticipants.get(name) ?? this.come(name);
    const track = new PlayedTrack(source, declared);
    one.trackPublications.set(`${source} ${one.trackPublications.size}`, track);
    this.emit(RoomEvent.TrackPublished, track, one);
    return track;
  }
  /** The connection is lost, and made anew: all is taken from the list, and nothing is stopped. The answer sends it again. */
  async beginAnew(): Promise<(isSent?: (track: OwnPlayed) => boolean) => void> {
    const tracks = [...this.localParticipant.trackPublications.values()].map(({ track }) => track);
    this.state = ConnectionState.Reconnecting;
    this.emit(RoomEvent.ConnectionStateChanged, this.state);
    for (const track of tracks) await this.localParticipant.unpublishTrack(track, false);
    return (isSent = () => true) => {
      for (const track of tracks.filter(isSent)) this.localParticipant.publish(track);
      this.state = ConnectionState.Connected;
      this.emit(RoomEvent.ConnectionStateChanged, this.state);
      this.emit(RoomEvent.Reconnected);
    };
  }
}

/** A room that is played, and the line that is made of it. */
export function openRoom() {
  const room = new PlayedRoom();
  for (const name of ['anna', 'ben']) room.come(name);
  const pictures = new Pictures();
  // The test's stand-in for LiveKit's class.
  const line = new RoomLine(room as unknown as Room, pictures);
  return { room, line, pictures, me: room.localParticipant };
}
