import { Track } from 'livekit-client';
import { describe, expect, test } from 'vitest';
import type { OwnMediumName } from '../../web/meeting/call.ts';
import { OwnMedia } from '../../web/meeting/own-media.ts';
import { type OwnPlayed, openRoom } from './played-room.ts';

// What the browser has given is let go of, whatever LiveKit's list of tracks says at that moment.

const wanted = () => true;
const settled = () => new Promise(setImmediate);
const media = ['microphone', 'camera', 'screen'] as const satisfies readonly OwnMediumName[];
const devices = ['microphone', 'camera'] as const;
const nothing = { microphone: false, camera: false, screen: false };

/** A line on which this is on. */
async function withOn(medium: OwnMediumName) {
  const played = openRoom();
  expect(await played.line.switchOn(medium, wanted)).toBe(null);
  const [track] = played.me.taken;
  if (track === undefined) throw new Error('nothing was taken');
  const stand = () => played.line.view.get().own[medium];
  expect(stand()).toBe('on');
  return { ...played, track, stand };
}

describe.each(media)('a %s', (medium) => {
  test('that is switched off while the connection is made anew is not sent again', async () => {
    const { room, line, track, stand } = await withOn(medium);
    const sendAgain = await room.beginAnew();
    await line.switchOff(medium);
    expect(track.isLive).toBe(false);
    sendAgain();
    // A screen cannot be muted: what LiveKit has sent again all the same is switched off once more.
    if (medium === 'screen') await line.switchOff(medium);
    await settled();
    expect([stand(), track.isLive]).toEqual([medium === 'screen' ? 'off' : 'muted', false]);
  });

  test('is on while the connection is made anew, and is not taken twice', async () => {
    const { room, line, me, stand } = await withOn(medium);
    const sendAgain = await room.beginAnew();
    await settled();
    expect([stand(), line.view.get().isReconnecting]).toEqual(['on', true]);
    expect(await line.switchOn(medium, wanted)).toBe(null);
    sendAgain();
    await settled();
    expect([stand(), me.taken.length, me.trackPublications.size]).toEqual(['on', 1, 1]);
  });

  test('that the system holds back is not on, comes back by itself, and can be switched off meanwhile', async () => {
    const { line, track, stand } = await withOn(medium);
    track.hold(true);
    await settled();
    expect(stand()).toBe('heldBack');
    track.hold(false);
    await settled();
    expect(stand()).toBe('on');
    track.hold(true);
    await line.switchOff(medium);
    track.hold(false);
    await settled();
    expect([stand(), track.isLive]).toEqual([medium === 'screen' ? 'off' : 'muted', false]);
  });

  test('that the system gives again while the connection is made anew is on once it is made', async () => {
    const { room, track, stand } = await withOn(medium);
    track.hold(true);
    const sendAgain = await room.beginAnew();
    expect(stand()).toBe('heldBack');
    // LiveKit gives nothing back to what is not sent, goes on taking it for paused, and would tell the others that it is muted.
    track.mediaStreamTrack.muted = false;
    sendAgain();
    await settled();
    expect([track.isUpstreamPaused, stand()]).toEqual([false, 'on']);
  });

  test('is let go of by whoever leaves while the connection is made anew', async () => {
    const { room, line, track } = await withOn(medium);
    await room.beginAnew();
    line.close();
    expect(track.isLive).toBe(false);
  });

  test('that comes after one has left is let go of, and not sent', async () => {
    const { line, me } = openRoom();
    const answered = Promise.withResolvers<void>();
    me.answers = answered.promise;
    const switching = line.switchOn(medium, wanted);
    line.close();
    answered.resolve();
    await switching;
    expect([me.taken.map(isLive), me.trackPublications.size]).toEqual([[false], 0]);
  });

  test.each(['permission', 'sending'] as const)('goes dark at once where it is taken back during %s', async (what) => {
    const { line, me } = openRoom();
    const sent = Promise.withResolvers<void>();
    if (what === 'permission') me.allow(false);
    else me.sending = sent.promise;
    const switching = line.switchOn(medium, wanted);
    await settled();
    expect(me.taken.map(isLive)).toEqual([true]);
    line.drop(medium);
    expect(me.taken.map(isLive)).toEqual([false]);
    sent.resolve();
    expect(await switching).toEqual({ kind: 'dropped' });
    expect([me.trackPublications.size, line.view.get().own[medium]]).toEqual([0, 'off']);
  });

  test('is let go of by whoever leaves while it may not be sent yet', async () => {
    const { line, me } = openRoom();
    me.allow(false);
    const switching = line.switchOn(medium, wanted);
    await settled();
    line.close();
    expect(me.taken.map(isLive)).toEqual([false]);
    await switching;
    expect(me.trackPublications.size).toBe(0);
  });

  test.each([
    ['whose device did not come again', true, 'ended'],
    ['that the media server did not take again', false, 'failed'],
  ] as const)('%s is let go of, and says why', async (_what, hasEnded, expected) => {
    const { room, track, stand } = await withOn(medium);
    const sendAgain = await room.beginAnew();
    if (hasEnded) track.stop();
    sendAgain(() => false);
    await settled();
    expect([stand(), track.isLive]).toEqual([expected, false]);
  });

  test('that may not be sent any more when the connection is back has no trouble', async () => {
    const { room, me, track, stand } = await withOn(medium);
    const sendAgain = await room.beginAnew();
    me.allow(false);
    sendAgain(() => false);
    await settled();
    expect([stand(), track.isLive]).toEqual(['off', false]);
  });

  test('that the media server takes away is let go of, and taken anew when it is switched on', async () => {
    const { line, me, track, stand } = await withOn(medium);
    await me.unpublishTrack(track);
    await settled();
    expect([stand(), track.isLive]).toEqual(['off', false]);
    await line.switchOn(medium, wanted);
    expect([stand(), me.taken.map(isLive)]).toEqual(['on', [false, true]]);
  });
});

describe.each(devices)('a %s that LiveKit takes anew', (medium) => {
  test('after one has left is let go of', async () => {
    const { line, track } = await withOn(medium);
    line.close();
    track.restart();
    expect(track.isLive).toBe(false);
  });

  test('after it was switched off has no lamp on', async () => {
    const { room, line, track } = await withOn(medium);
    await room.beginAnew();
    await line.switchOff(medium);
    track.restart();
    expect(track.isLive).toBe(false);
  });

  test('is on where somebody thinks better of it twice meanwhile, and nobody has muted it', async () => {
    const { line, me, stand } = await withOn(medium);
    await line.switchOff(medium);
    const own = new OwnMedia({
      wanted: { ...nothing, [medium]: false },
      allowed: { microphone: true, camera: true, screen: true },
      onDecided: () => undefined,
    });
    own.use(line, true);
    line.view.subscribe(() => own.look());
    for (let press = 0; press < 3; press += 1) own.toggle(medium);
    await settled();
    expect([stand(), own.view.get()[medium], me.taken.map(isLive)]).toEqual([
      'on',
      { state: 'on', isAllowed: true, whyOff: null },
      [true],
    ]);
  });

  test('because the person switched it on stays', async () => {
    const { line, track, stand } = await withOn(medium);
    await line.switchOff(medium);
    await line.switchOn(medium, wanted);
    expect([stand(), track.isLive]).toEqual(['on', true]);
  });
});

describe.each([
  ['microphone', 'audioinput'],
  ['camera', 'videoinput'],
] as const)('another %s', (medium, kind) => {
  test('that is chosen while the browser is asked for one is the one that is sent', async () => {
    const { line, me } = openRoom();
    const answered = Promise.withResolvers<void>();
    me.answers = answered.promise;
    const switching = line.switchOn(medium, wanted);
    const choosing = line.choose(kind, 'two');
    answered.resolve();
    expect(await Promise.all([switching, choosing])).toEqual([null, true]);
    expect(me.taken.map(({ device, isLive: is }) => [device, is])).toEqual([['two', true]]);
  });

  test('that is chosen while the first one is on its way to the media server is the one that is sent', async () => {
    const { line, me } = openRoom();
    const sent = Promise.withResolvers<void>();
    me.sending = sent.promise;
    const switching = line.switchOn(medium, wanted);
    await settled();
    await line.choose(kind, 'two');
    sent.resolve();
    expect([await switching, me.taken[0]?.device]).toEqual([null, 'two']);
  });

  test.each([false, true])(
    'that is chosen while LiveKit takes the old one anew is the one that is sent (muted: %s)',
    async (isMuted) => {
      const { room, line, track } = await withOn(medium);
      if (isMuted) await line.switchOff(medium);
      const sendAgain = await room.beginAnew();
      const answered = Promise.withResolvers<void>();
      track.answers = answered.promise;
      const restarting = isMuted ? null : track.restartTrack();
      const choosing = line.choose(kind, 'two');
      answered.resolve();
      await Promise.all([restarting, choosing]);
      sendAgain();
      expect([track.device, track.isLive]).toEqual(['two', !isMuted]);
    },
  );

  test('that another program has leaves the one of before: switched on again, that is the one', async () => {
    const { room, line, track, stand } = await withOn(medium);
    await line.choose(kind, 'one');
    room.busy.add('two');
    expect(await line.choose(kind, 'two')).toBe(false);
    expect([stand(), track.isLive, line.view.get().chosen[kind]]).toEqual(['ended', false, 'one']);
    expect(await line.switchOn(medium, wanted)).toBe(null);
    expect([stand(), track.device]).toEqual(['on', 'one']);
  });

  test.each([
    ['and the first one is busy: the last is on', ['two'], { answers: [false, true], device: 'three', stand: 'on' }],
    [
      'and the last one is busy: the first is used',
      ['three'],
      { answers: [true, false], device: 'two', stand: 'ended' },
    ],
    ['and none can be used', ['two', 'three'], { answers: [false, false], device: 'one', stand: 'ended' }],
  ])('that is chosen one after the other, %s', async (_what, busy, expected) => {
    const { room, line, track, stand } = await withOn(medium);
    await line.choose(kind, 'one');
    for (const id of busy) room.busy.add(id);
    const answered = Promise.withResolvers<void>();
    track.answers = answered.promise;
    const choosing = ['two', 'three'].map((id) => line.choose(kind, id));
    answered.resolve();
    const answers = await Promise.all(choosing);
    expect({ answers, device: track.device, stand: stand() }).toEqual(expected);
    expect([track.isLive, line.view.get().chosen[kind]]).toEqual([expected.stand === 'on', expected.device]);
  });

  test('of three that are chosen at once is the last, and the second is not asked for', async () => {
    const { line, track, stand } = await withOn(medium);
    const answered = Promise.withResolvers<void>();
    track.answers = answered.promise;
    const choosing = ['one', 'two', 'three'].map((id) => line.choose(kind, id));
    answered.resolve();
    expect(await Promise.all(choosing)).toEqual([true, false, true]);
    expect([track.device, stand()]).toEqual(['three', 'on']);
  });
});

test('a screen that the media server has muted is let go of', async () => {
  const { line, me, track, stand } = await withOn('screen');
  await track.mute();
  expect(track.isLive).toBe(true);
  await line.switchOff('screen');
  expect([stand(), track.isLive, me.getTrackPublication(Track.Source.ScreenShare)]).toEqual(['off', false, undefined]);
});

function isLive(track: OwnPlayed): boolean {
  return track.isLive;
}
