import { EventEmitter } from 'node:events';
import { ConnectionError, ConnectionState, DisconnectReason, type Room, RoomEvent, Track } from 'livekit-client';
import { describe, expect, test } from 'vitest';
import type { CallLoss, PictureKey } from '../../web/meeting/call-state.ts';
import { lossAtConnecting, lossBy, whyNotSent } from '../../web/meeting/livekit/losses.ts';
import { RoomLine } from '../../web/meeting/livekit/room-line.ts';
import { Pictures } from '../../web/meeting/pictures.ts';

/** As much of LiveKit's room as a line has to do with. */
class PlayedRoom extends EventEmitter {
  state: ConnectionState = ConnectionState.Connected;
  canPlaybackAudio = true;
  activeSpeakers: readonly { identity: string }[] = [];
  readonly remoteParticipants = new Map<string, PlayedPerson>();
  readonly localParticipant = new PlayedPerson('me');
  hasLeft = false;
  getActiveDevice(): undefined {}
  async disconnect(): Promise<void> {
    this.hasLeft = true;
  }
}

class PlayedPerson extends EventEmitter {
  readonly identity: string;
  readonly connectionQuality = 'good';
  readonly trackPublications = new Map<string, PlayedTrack>();
  constructor(identity: string) {
    super();
    this.identity = identity;
  }
  publish(source: Track.Source): PlayedTrack {
    const kind = source === Track.Source.Camera || source === Track.Source.ScreenShare ? 'video' : 'audio';
    const track = new PlayedTrack(source, kind);
    this.trackPublications.set(source, track);
    return track;
  }
  getTrackPublication(source: string): PlayedTrack | undefined {
    return this.trackPublications.get(source);
  }
}

class PlayedTrack {
  readonly source: Track.Source;
  readonly kind: string;
  readonly track: { stop: () => void };
  isMuted = false;
  isDesired = false;
  isStopped = false;
  constructor(source: Track.Source, kind: string) {
    this.source = source;
    this.kind = kind;
    this.track = {
      stop: () => {
        this.isStopped = true;
      },
    };
  }
  get isSubscribed(): boolean {
    return this.isDesired;
  }
  setSubscribed(is: boolean): void {
    this.isDesired = is;
  }
}

function open() {
  const room = new PlayedRoom();
  for (const name of ['anna', 'ben']) room.remoteParticipants.set(name, new PlayedPerson(name));
  const publish = (name: string, source: Track.Source) => {
    const person = room.remoteParticipants.get(name) ?? new PlayedPerson(name);
    return person.publish(source);
  };
  return { room, publish, begin: () => new RoomLine(room as unknown as Room, new Pictures()) };
}

const settled = () => new Promise(setImmediate);

describe('a LiveKit room as a line', () => {
  test('receives everything that is heard, and of the pictures those that are on screen', async () => {
    const { room, publish, begin } = open();
    const { Camera, Microphone, ScreenShare } = Track.Source;
    const tracks = [publish('anna', Camera), publish('anna', Microphone), publish('ben', ScreenShare)];
    const wanted = () => tracks.map(({ isDesired }) => isDesired);
    const line = begin();
    expect(wanted()).toEqual([false, true, false]);
    line.show(new Set<PictureKey>(['ben/screen']));
    expect(wanted()).toEqual([false, true, true]);
    const late = publish('ben', Camera);
    room.emit(RoomEvent.TrackPublished, late, room.remoteParticipants.get('ben'));
    expect(late.isDesired).toBe(false);
    line.show(new Set<PictureKey>(['anna/camera', 'ben/camera']));
    expect([...wanted(), late.isDesired]).toEqual([true, true, false, true]);
    await settled();
    expect(line.view.get().people.anna).toMatchObject({
      ...{ isHeard: true, screen: null },
      camera: { key: 'anna/camera', isShown: true, isUpright: false },
    });
  });

  test('takes what LiveKit takes apart, when the room is lost, for lost and not for switched off', async () => {
    const { room, begin } = open();
    room.localParticipant.publish(Track.Source.Camera);
    const line = begin();
    const seen: unknown[] = [];
    line.view.subscribe(() => seen.push([line.view.get().isReconnecting, line.view.get().own.camera]));
    room.localParticipant.trackPublications.clear();
    room.emit(RoomEvent.LocalTrackUnpublished);
    room.state = ConnectionState.Disconnected;
    room.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
    expect(await line.lost).toBe('away');
    await settled();
    expect(seen).toEqual([[true, 'off']]);
  });

  test('lets go of every device at once when it is closed', () => {
    const { room, begin } = open();
    const own = [Track.Source.Camera, Track.Source.Microphone].map((source) => room.localParticipant.publish(source));
    begin().close();
    expect([...own.map(({ isStopped }) => isStopped), room.hasLeft]).toEqual([true, true, true]);
  });
});

test.each<[DisconnectReason | undefined, CallLoss]>([
  [DisconnectReason.DUPLICATE_IDENTITY, 'takenOver'],
  [DisconnectReason.PARTICIPANT_REMOVED, 'removed'],
  [DisconnectReason.ROOM_DELETED, 'closed'],
  [DisconnectReason.ROOM_CLOSED, 'closed'],
  [DisconnectReason.SERVER_SHUTDOWN, 'away'],
  [DisconnectReason.MEDIA_FAILURE, 'blocked'],
  [undefined, 'away'],
])('a connection that ends with reason %s is %s', (reason, expected) => {
  expect(lossBy(reason)).toBe(expected);
});

test.each<[string, unknown, boolean, CallLoss]>([
  ['a gate that refuses', ConnectionError.notAllowed('no', 403), false, 'refused'],
  ['a token that is not taken', ConnectionError.notAllowed('no', 401), false, 'refused'],
  ['a room that is made in a moment', ConnectionError.notAllowed('requested room does not exist', 404), false, 'away'],
  ['nobody who answers', ConnectionError.serverUnreachable('gone'), false, 'away'],
  ['a socket that takes too long', ConnectionError.timeout('late'), false, 'away'],
  ['sound and picture that do not get through', ConnectionError.internal('no pc connection'), true, 'blocked'],
  [
    'somebody who is put out at once',
    ConnectionError.leaveRequest('go', DisconnectReason.PARTICIPANT_REMOVED),
    true,
    'removed',
  ],
  ['whatever else', new Error('else'), false, 'away'],
])('no connection because of %s', (_what, error, hasAnswered, expected) => {
  expect(lossAtConnecting(error, hasAnswered)).toBe(expected);
});

test.each([
  ['camera', new DOMException('', 'NotAllowedError'), 'refused'],
  ['camera', new DOMException('', 'NotFoundError'), 'missing'],
  ['microphone', new DOMException('', 'OverconstrainedError'), 'missing'],
  ['microphone', new DOMException('', 'NotReadableError'), 'busy'],
  ['microphone', new Error('not published'), 'failed'],
  ['screen', new DOMException('Permission denied', 'NotAllowedError'), 'none'],
  ['screen', new DOMException('Permission denied by system', 'NotAllowedError'), 'refused'],
  ['screen', new DOMException('', 'NotFoundError'), 'missing'],
] as const)('a %s that is not sent: %s is %s', (medium, error, expected) => {
  expect(whyNotSent(error, medium)).toEqual({ kind: expected });
});
