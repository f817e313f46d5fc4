import {
  type DisconnectReason,
  type LocalTrackPublication,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  type Room,
  RoomEvent,
  Track,
} from 'livekit-client';
import { createStore, type Source } from '../../../packages/client/src/index.ts';
import type { OwnMediumName } from '../call.ts';
import type { CallLoss, PictureKey } from '../call-state.ts';
import type { Line, LineView, Receiver } from '../line.ts';
import type { Pictures } from '../pictures.ts';
import { keepSame } from '../same.ts';
import { readLine } from './line-view.ts';
import { lossBy } from './losses.ts';
import { OwnTracks } from './own-tracks.ts';
import { isReceived, pictureKey, type Wanted } from './received.ts';
import { sources } from './sources.ts';

/** What changes what is shown. */
const news = [
  RoomEvent.ConnectionStateChanged,
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.TrackSubscriptionStatusChanged,
  RoomEvent.TrackStreamStateChanged,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.AudioPlaybackStatusChanged,
  RoomEvent.ActiveDeviceChanged,
  RoomEvent.ParticipantPermissionsChanged,
] as const;

/** A LiveKit room that is connected. */
export class RoomLine implements Line {
  readonly view: Source<LineView>;
  readonly lost: Promise<CallLoss>;
  readonly #room: Room;
  readonly #pictures: Pictures;
  readonly #own: OwnTracks;
  readonly #sounds = new Set<RemoteTrack>();
  #wanted: Wanted = { people: new Set(), shown: new Set() };
  #receivers: readonly Receiver[] | null = null;

  constructor(room: Room, pictures: Pictures) {
    this.#room = room;
    this.#pictures = pictures;
    this.#own = new OwnTracks(room, this.#lookSoon);
    this.view = createStore(this.#read());
    const lost = Promise.withResolvers<CallLoss>();
    this.lost = lost.promise;
    for (const event of news) room.on(event, this.#lookSoon);
    room
      .on(RoomEvent.Disconnected, (reason?: DisconnectReason) => {
        this.#stay();
        lost.resolve(lossBy(reason));
      })
      .on(RoomEvent.TrackSubscribed, this.#play)
      .on(RoomEvent.TrackUnsubscribed, this.#stopPlaying)
      .on(RoomEvent.LocalTrackPublished, this.#lookAtOwn)
      .on(RoomEvent.LocalTrackUnpublished, (publication: LocalTrackPublication) => {
        this.#own.forget(publication);
        this.#lookAtOwn();
      })
      .on(RoomEvent.Reconnected, () => {
        this.#own.settle();
        this.#look();
      });
    globalThis.addEventListener?.('pagehide', this.#leave);
  }

  switchOn(medium: OwnMediumName, isWanted: () => boolean) {
    return this.#own.switchOn(medium, isWanted).finally(this.#look);
  }

  drop(medium: OwnMediumName): void {
    this.#own.drop(medium);
  }

  async switchOff(medium: OwnMediumName): Promise<void> {
    await this.#own.switchOff(medium).catch(() => undefined);
    this.#look();
  }

  choose(kind: MediaDeviceKind, deviceId: string): Promise<boolean> {
    return this.#own.choose(kind, deviceId).finally(this.#look);
  }

  startSound(): void {
    this.#room.startAudio().catch(() => undefined);
  }

  show(shown: ReadonlySet<PictureKey>): void {
    this.#wanted = { ...this.#wanted, shown };
    this.#look();
  }

  admit(people: ReadonlySet<string>): void {
    this.#wanted = { ...this.#wanted, people };
    this.#look();
  }

  restrict(receivers: readonly Receiver[] | null): void {
    if (receivers === null && this.#receivers === null) return;
    this.#receivers = receivers;
    const { localParticipant } = this.#room;
    localParticipant.setTrackSubscriptionPermissions(
      receivers === null,
      receivers?.map((one) => ({ participantIdentity: one.id, allowedTrackSids: this.#allowedTo(one) })),
    );
  }

  close(): void {
    this.#stay();
    this.#own.letGo();
    this.#room.removeAllListeners();
    for (const key of this.#pictures.keys()) this.#pictures.give(key, null);
    for (const sound of this.#sounds) sound.detach();
    this.#leave();
  }

  /** Where the page comes back, the line is lost, and made anew. */
  readonly #leave = () => void this.#room.disconnect().catch(() => undefined);

  #stay(): void {
    globalThis.removeEventListener?.('pagehide', this.#leave);
  }

  #receive(): void {
    for (const one of this.#room.remoteParticipants.values())
      for (const publication of one.trackPublications.values()) {
        const isWanted = isReceived(publication, one, this.#wanted);
        if (publication.isDesired !== isWanted) publication.setSubscribed(isWanted);
      }
  }

  readonly #play = (track: RemoteTrack, publication: RemoteTrackPublication, { identity }: RemoteParticipant) => {
    const key = pictureKey(identity, publication);
    if (key !== null) this.#pictures.give(key, track);
    else if (track.kind === Track.Kind.Audio) {
      this.#sounds.add(track);
      track.attach();
    }
    this.#lookSoon();
  };

  readonly #stopPlaying = (
    track: RemoteTrack,
    publication: RemoteTrackPublication,
    { identity }: RemoteParticipant,
  ) => {
    const key = pictureKey(identity, publication);
    if (key !== null) this.#pictures.end(key, track);
    if (this.#sounds.delete(track)) track.detach();
    this.#lookSoon();
  };

  /** One's own pictures are shown as they are sent. */
  readonly #lookAtOwn = () => {
    const { localParticipant } = this.#room;
    for (const name of ['camera', 'screen'] as const) {
      const { track } = localParticipant.getTrackPublication(sources[name]) ?? {};
      this.#pictures.give(`${localParticipant.identity}/${name}`, track ?? null);
    }
    if (this.#receivers !== null) this.restrict(this.#receivers);
    this.#lookSoon();
  };

  #allowedTo(one: Receiver): string[] {
    const tracks = [...this.#room.localParticipant.trackPublications.values()];
    return tracks.filter(({ source }) => mayReceive(one, source)).map(({ trackSid }) => trackSid);
  }

  /** Whatever changes may change what is received. */
  readonly #look = () => {
    this.#receive();
    this.view.set(keepSame(this.view.get(), this.#read()));
  };

  /** LiveKit takes a room that it has lost apart, piece by piece, before it says so: what is gone by then is not taken away. */
  readonly #lookSoon = () => queueMicrotask(this.#look);

  #read(): LineView {
    return readLine(this.#room, this.#own);
  }
}

function mayReceive(one: Receiver, source: Track.Source): boolean {
  switch (source) {
    case Track.Source.Microphone:
      return one.mayHear;
    case Track.Source.Camera:
      return one.maySee;
    case Track.Source.ScreenShare:
      return one.maySeeScreen;
    case Track.Source.ScreenShareAudio:
      return one.mayHearScreen;
    default:
      return false;
  }
}
