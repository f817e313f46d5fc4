import {
  ConnectionError,
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  ParticipantKind,
  type Room,
  RoomEvent,
  Track,
} from 'livekit-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createStore } from '../../packages/client/src/index.ts';
import type { CallLoss, PictureKey } from '../../web/meeting/call-state.ts';
import { readLine } from '../../web/meeting/livekit/line-view.ts';
import { lossAtConnecting, lossBy, whyNotSent } from '../../web/meeting/livekit/losses.ts';
import { openLine } from '../../web/meeting/livekit/open-line.ts';
import { Pictures } from '../../web/meeting/pictures.ts';
import { openRoom, type PlayedTrack } from './played-room.ts';

const settled = () => new Promise(setImmediate);
const { Camera, Microphone, ScreenShare, ScreenShareAudio, Unknown } = Track.Source;
const { Audio, Video } = Track.Kind;
const everybody = new Set(['anna', 'ben']);

describe('a LiveKit room as a line', () => {
  test('receives the voices, and of the pictures those that are on screen', async () => {
    const { room, line } = openRoom();
    const tracks = [room.publish('anna', Camera), room.publish('anna', Microphone), room.publish('ben', ScreenShare)];
    const wanted = () => tracks.map(({ isDesired }) => isDesired);
    line.admit(everybody);
    expect(wanted()).toEqual([false, true, false]);
    line.show(new Set<PictureKey>(['ben/screen']));
    expect(wanted()).toEqual([false, true, true]);
    const late = room.publish('ben', Camera);
    expect(late.isDesired).toBe(false);
    line.show(new Set<PictureKey>(['anna/camera', 'ben/camera']));
    expect([...wanted(), late.isDesired]).toEqual([true, true, false, true]);
    await settled();
    expect(line.view.get().people.anna).toMatchObject({
      ...{ isHeard: true, screen: null },
      camera: { key: 'anna/camera', isShown: true, isUpright: false },
    });
  });

  test.each([
    [ConnectionQuality.Excellent, 'good'],
    [ConnectionQuality.Good, 'fair'],
    [ConnectionQuality.Poor, 'poor'],
    [ConnectionQuality.Lost, 'lost'],
    [ConnectionQuality.Unknown, 'unknown'],
  ])('that LiveKit calls %s is %s, for others and for oneself', (connectionQuality, quality) => {
    const { room, me } = openRoom();
    for (const one of [room.come('cora'), me]) Object.assign(one, { connectionQuality });
    const own = { standOf: () => 'off' as const };
    // The test's stand-in for LiveKit's class.
    const { people } = readLine(room as unknown as Room, own);
    expect([people.cora?.quality, people.me?.quality]).toEqual([quality, quality]);
  });

  // Every source and both kinds, since whoever sends chooses them.
  test.each(Object.values(Track.Source).flatMap((source) => [Audio, Video].map((kind) => [source, kind] as const)))(
    'of a track that calls itself %s, and is %s, nothing is received that is not shown',
    async (source, kind) => {
      const { room, line } = openRoom();
      line.admit(everybody);
      line.show(new Set<PictureKey>(['anna/camera', 'anna/screen']));
      const { isDesired } = await published(room.publish('anna', source, { kind }));
      const { isHeard, camera, screen } = line.view.get().people.anna ?? {};
      expect(isDesired).toBe(isHeard || camera !== null || screen !== null);
      const isAsItIs = [`${Microphone} audio`, `${Camera} video`, `${ScreenShare} video`].includes(`${source} ${kind}`);
      expect(isDesired).toBe(isAsItIs);
    },
  );

  test('hears a screen only while the screen is seen', async () => {
    const { room, line } = openRoom();
    line.admit(everybody);
    const sound = await published(room.publish('anna', ScreenShareAudio));
    expect(sound.isDesired).toBe(false);
    const screen = await published(room.publish('anna', ScreenShare));
    expect([sound.isDesired, line.view.get().people.anna?.screen?.hasSound]).toEqual([true, true]);
    screen.isMuted = true;
    room.emit(RoomEvent.TrackMuted, screen);
    await settled();
    expect([sound.isDesired, line.view.get().people.anna?.screen]).toEqual([false, null]);
    const ofBen = await published(room.publish('ben', ScreenShareAudio));
    screen.isMuted = false;
    room.emit(RoomEvent.TrackUnmuted, screen);
    await settled();
    expect([sound.isDesired, ofBen.isDesired]).toEqual([true, false]);
  });

  test('a second track of somebody is shown and heard like the first: nobody seems muted whose voice comes', async () => {
    const { room, line } = openRoom();
    line.admit(everybody);
    line.show(new Set<PictureKey>(['anna/camera']));
    for (const source of [Microphone, Camera, Unknown]) room.publish('anna', source, { isMuted: true });
    const [voice, picture] = [room.publish('anna', Microphone), room.publish('anna', Camera)];
    const other = await published(room.publish('anna', Camera));
    expect([voice.isDesired, picture.isDesired, other.isDesired]).toEqual([true, true, false]);
    expect(line.view.get().people.anna).toMatchObject({ isHeard: true, camera: { key: 'anna/camera' } });
    voice.isMuted = true;
    room.emit(RoomEvent.TrackMuted, voice);
    await settled();
    expect(line.view.get().people.anna?.isHeard).toBe(false);
  });

  test('goes on with the other camera of somebody, in whatever order LiveKit tells that one goes and the other comes', () => {
    const { room, pictures } = openRoom();
    const anna = room.come('anna');
    const shown = createStore<string | null>(null);
    const cameras = ['first', 'second'].map((name) => {
      const track = { kind: Video, attach: () => shown.set(name), detach: () => shown.set(null) };
      return { publication: room.publish('anna', Camera), track };
    });
    // Where a picture is shown: an element that is told what plays in it.
    pictures.attach('anna/camera', Object(null));
    const tell = (event: RoomEvent, place: 0 | 1) => {
      const { track, publication } = cameras[place] ?? {};
      room.emit(event, track, publication, anna);
    };
    tell(RoomEvent.TrackSubscribed, 0);
    tell(RoomEvent.TrackSubscribed, 1);
    tell(RoomEvent.TrackUnsubscribed, 0);
    expect(shown.get()).toBe('second');
    tell(RoomEvent.TrackUnsubscribed, 1);
    expect(shown.get()).toBe(null);
  });

  test('receives from nobody whom the service has put out, and from a telephone that LiveKit brings in', async () => {
    const { room, line } = openRoom();
    const voices = ['anna', 'ben'].map((name) => room.publish(name, Microphone));
    room.come('phone', ParticipantKind.SIP);
    const phone = await published(room.publish('phone', Microphone));
    const heard = () => [...voices, phone].map(({ isDesired }) => isDesired);
    expect(heard()).toEqual([false, false, true]);
    line.admit(everybody);
    expect(heard()).toEqual([true, true, true]);
    line.admit(new Set(['ben']));
    expect(heard()).toEqual([false, true, true]);
  });

  test('takes what LiveKit takes apart, when the room is lost, for lost and not for switched off', async () => {
    const { room, line } = openRoom();
    await line.switchOn('camera', () => true);
    const seen: unknown[] = [];
    line.view.subscribe(() => seen.push([line.view.get().isReconnecting, line.view.get().own.camera]));
    const [camera] = room.localParticipant.taken;
    if (camera !== undefined) void room.localParticipant.unpublishTrack(camera);
    room.state = ConnectionState.Disconnected;
    room.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
    expect(await line.lost).toBe('away');
    await settled();
    expect(seen).toEqual([[true, 'off']]);
  });

  test('lets go of every device at once when it is closed', async () => {
    const { room, line } = openRoom();
    for (const medium of ['camera', 'microphone', 'screen'] as const) await line.switchOn(medium, () => true);
    line.close();
    const { taken } = room.localParticipant;
    expect([...taken.map(({ isLive }) => isLive), room.hasLeft]).toEqual([false, false, false, true]);
  });

  test('is left with the page, as long as it is there', async () => {
    const page = new EventTarget();
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    onTestFinished(() => void vi.unstubAllGlobals());
    const opened = [openRoom(), openRoom(), openRoom()] as const;
    const [, closed, lost] = opened;
    closed.line.close();
    lost.room.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
    closed.room.hasLeft = false;
    // Somebody is asked whether they leave the page, and stays.
    page.dispatchEvent(new Event('beforeunload'));
    expect(opened.map(({ room }) => room.hasLeft)).toEqual([false, false, false]);
    page.dispatchEvent(new Event('pagehide'));
    expect(opened.map(({ room }) => room.hasLeft)).toEqual([true, false, false]);
  });

  test('is not opened for whoever has given up by then', async () => {
    const signal = AbortSignal.abort();
    const following = vi.spyOn(signal, 'addEventListener');
    const options = { pictures: new Pictures(), chosen: {}, signal };
    const access = { kind: 'LIVEKIT', url: 'ws://media.example', room: 'room', token: 'token', exp: '' } as const;
    await expect(openLine(access, options)).rejects.toMatchObject({ why: 'away' });
    // Whoever begins to connect follows it.
    expect(following).not.toHaveBeenCalled();
  });
});

/** A track, once the line has looked at it. */
async function published(track: PlayedTrack): Promise<PlayedTrack> {
  await settled();
  return track;
}

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
