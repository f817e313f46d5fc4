import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Participant, RoomEvent, RoomView, Session } from '../../packages/client/src/index.ts';
import { Devices } from '../../web/devices/devices.ts';
import { followLevel } from '../../web/devices/sound.ts';
import { allowedTo, peopleOf, receiversOf } from '../../web/meeting/call-people.ts';
import { openRequest, requestAfter } from '../../web/meeting/call-request.ts';
import type { OwnMediaView } from '../../web/meeting/own-media.ts';
import { Saying } from '../../web/meeting/saying.ts';
import { crowd, stage } from './meeting/scene.ts';
import { playLine } from './played-line.ts';

// Parts of the meeting that need no browser and no media server.

const { participants } = stage({ people: crowd(2) });
const [other, me] = participants as readonly [Participant, Participant];
const viewOf = (...people: readonly [Participant, Participant]) =>
  ({ me: people[1], participants: people }) as unknown as RoomView;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const off = { state: 'off', isAllowed: true, whyOff: null } as const;
const ownOf = (more: Partial<OwnMediaView> = {}): OwnMediaView => ({
  microphone: off,
  camera: off,
  screen: off,
  ...more,
});

describe('what a host asks one to switch on', () => {
  const asks = (what: object) =>
    ({
      ...{ __typename: 'MediaRequested', audio: false, video: false, screenShare: false },
      ...{ by: { kind: 'PARTICIPANT', name: 'Mara', userId: null } },
      ...what,
    }) as RoomEvent;

  test.each(['audio', 'video', 'screenShare'] as const)('is still %s when something else is asked for', (what) => {
    const others = { audio: true, video: true, screenShare: true, [what]: false };
    const request = requestAfter(requestAfter(null, asks({ [what]: true })), asks(others));
    expect(request).toEqual({ audio: true, video: true, screenShare: true, by: 'Mara' });
  });

  test.each([
    ['PARTICIPANT', 'Mara', 'Mara'],
    // A key's name is for whoever runs the domain.
    ['BACKEND', 'prod-key-2', null],
    ['SERVICE', null, null],
  ])('is asked by %s %s, and names %s', (kind, name, by) => {
    expect(requestAfter(null, asks({ audio: true, by: { kind, name, userId: null } }))?.by).toBe(by);
  });

  const on = { ...off, state: 'on' } as const;
  const held = { ...off, state: 'starting', whyOff: { kind: 'heldBack' } } as const;
  test.each([
    ['what is off', {}, { audio: true, video: true }],
    ['and not what is on by now', { camera: on }, { audio: true, video: false }],
    [
      'and not what may not be sent any more',
      { microphone: { ...off, isAllowed: false } },
      { audio: false, video: true },
    ],
    ['also while the system holds it back', { microphone: held, camera: on }, { audio: true, video: false }],
    ['and not what is just switched on', { microphone: { ...held, whyOff: null }, camera: on }, null],
    ['and nothing, where nothing is left', { microphone: on, camera: on }, null],
  ])('is %s', (_what, own, left) => {
    const request = requestAfter(null, asks({ audio: true, video: true }));
    expect(openRequest(request, ownOf(own))).toEqual(left && { ...left, screenShare: false, by: 'Mara' });
  });
});

test.each([
  ['who is shown', true, false, true],
  ['an owner who came unseen', true, true, false],
  ['somebody whom nobody is to see', false, false, false],
])('of those who may send, %s sends: %s, hidden %s: %s', (_who, hasPresence, isHidden, may) => {
  const permissions = { ...me.permissions, hasPresence };
  expect(Object.values(allowedTo({ ...me, permissions }, isHidden))).toEqual([may, may, may]);
});

describe('whom one’s own media reach', () => {
  const receiving = (override: { readonly participantId: string | null; readonly userId: string | null }) =>
    ({
      ...other,
      permissions: {
        ...other.permissions,
        canReceive: { base: ['AUDIO'], overrides: [{ ...override, kinds: ['VIDEO'] }] },
      },
    }) as Participant;
  const known = { ...me, userId: 'u' };

  test.each([
    ['of this participant', { participantId: me.id, userId: null }, known, ['maySee']],
    ['of this user', { participantId: null, userId: 'u' }, known, ['maySee']],
    ['of another user', { participantId: null, userId: 'v' }, known, ['mayHear']],
    ['of another participant, where neither has a userId', { participantId: 'p9', userId: null }, me, ['mayHear']],
  ])('by an exception %s', (_whose, override, self, expected) => {
    const [receiver] = receiversOf(viewOf(receiving(override), self)) ?? [];
    const may = Object.entries(receiver ?? {}).filter(([, is]) => is === true);
    expect(may.map(([name]) => name)).toEqual(expected);
  });
});

test.each([
  ['while there is no line', null, true],
  ['while the line comes back', true, true],
  ['and not where the line knows nothing of them', false, false],
])('what others send is what the service says, %s', (_when, isReconnecting, isSent) => {
  const line = isReconnecting === null ? null : { ...playLine().view.get(), isReconnecting };
  const sends = { ...other, audio: true, video: true };
  const [shown] = peopleOf(viewOf(sends, me), false, line, Date.now());
  expect([shown?.isHeard, shown?.camera !== null]).toEqual([isSent, isSent]);
});

test.each<[string, boolean, { ago?: number; media?: Participant['mediaConnection']; line?: 'none' | 'back' | 'has' }]>([
  ['who has been in the room for a while', true, {}],
  ['who has just come in', false, { ago: 5_000 }],
  ['whom the service sees on the media server', false, { media: 'CONNECTED' }],
  ['of whom the service knows nothing there', false, { media: null }],
  ['whom the line has', false, { line: 'has' }],
  ['of whom nothing is known, since the line is not there', false, { line: 'none' }],
  ['of whom nothing is known, since the line is coming back', false, { line: 'back' }],
])(
  'the media server has lost somebody %s: %s',
  (_who, isOffMedia, { ago = 20_000, media = 'LEFT', line = 'lacks' }) => {
    const now = Date.now();
    const one = { ...other, mediaConnection: media, joinedAt: new Date(now - ago).toISOString() };
    const silent = { quality: 'good', isHeard: false, camera: null, screen: null } as const;
    const view = { ...playLine().view.get(), people: line === 'has' ? { [one.id]: silent } : {} };
    const known = line === 'none' ? null : { ...view, isReconnecting: line === 'back' };
    const self = { ...me, mediaConnection: 'LEFT', joinedAt: one.joinedAt } as const;
    expect(peopleOf(viewOf(one, self), false, known, now).map((person) => person.isOffMedia)).toEqual([
      isOffMedia,
      false,
    ]);
  },
);

test('what one sends is said once all of it is so, and only what has changed', async () => {
  const said: object[] = [];
  const session = {
    view: { get: () => ({ me: { ...me, audio: false, video: false, screenShare: false } }) },
    updateMyMedia: async (what: object) => said.push(what),
  };
  const saying = new Saying(session as unknown as Pick<Session, 'view' | 'updateMyMedia'>);
  const settled = () => new Promise(setImmediate);
  const on = { ...off, state: 'on' } as const;
  saying.say(ownOf({ microphone: on, camera: { ...off, state: 'starting' } }));
  await settled();
  expect(said).toEqual([]);
  saying.say(ownOf({ microphone: on, camera: on }));
  await settled();
  saying.say(ownOf({ microphone: on }));
  await settled();
  expect(said).toEqual([{ audio: true, video: true }, { video: false }]);
});

describe('a device', () => {
  test.each([
    ['whoever wants it has gone on', (_: Devices, letGo: () => void) => letGo()],
    ['it is not wanted any more', (devices: Devices) => devices.toggle('audio')],
  ])('that comes when %s is let go of', async (_when, meanwhile) => {
    const captured = Promise.withResolvers<object>();
    const stopped: string[] = [];
    const track = { stop: () => stopped.push('track'), addEventListener: () => undefined };
    const mediaDevices = Object.assign(new EventTarget(), {
      getUserMedia: () => captured.promise,
      enumerateDevices: async () => [],
    });
    vi.stubGlobal('navigator', { mediaDevices });
    const devices = new Devices();
    devices.begin({ audio: true, video: false });
    const letGo = devices.take();
    meanwhile(devices, letGo);
    captured.resolve({ getTracks: () => [track] });
    await expect.poll(() => stopped).toEqual(['track']);
    expect(devices.view.get().audio.track).toBeNull();
  });

  test('that is plugged in while one stands at the door can be chosen, and one that is pulled out is gone', async () => {
    const microphone = { kind: 'audioinput', deviceId: 'built-in', label: 'Built-in' };
    const headset = { kind: 'audioinput', deviceId: 'headset', label: 'Headset' };
    let there: readonly object[] = [microphone];
    const mediaDevices = Object.assign(new EventTarget(), { enumerateDevices: async () => there });
    vi.stubGlobal('navigator', { mediaDevices });
    const devices = new Devices();
    devices.begin({ audio: false, video: false });
    const letGo = devices.take();
    const found = () => devices.view.get().devices;
    await expect.poll(found).toEqual([microphone]);
    for (const now of [[microphone, headset], [headset]]) {
      there = now;
      mediaDevices.dispatchEvent(new Event('devicechange'));
      await expect.poll(found).toEqual(now);
    }
    letGo();
  });

  test.each(['audio', 'video'] as const)(
    'of %s that ends while one stands at the door says why, and is off inside too',
    async (kind) => {
      const [track, other] = [0, 1].map(() => Object.assign(new EventTarget(), { stop: () => undefined }));
      const mediaDevices = Object.assign(new EventTarget(), {
        getUserMedia: async (asked: object) => ({ getTracks: () => [kind in asked ? track : other] }),
        enumerateDevices: async () => [],
      });
      vi.stubGlobal('navigator', { mediaDevices });
      const devices = new Devices();
      devices.begin({ audio: true, video: true });
      const letGo = devices.take();
      await expect.poll(() => devices.view.get()[kind].track).toBe(track);
      track?.dispatchEvent(new Event('ended'));
      expect(devices.view.get()[kind]).toMatchObject({ track: null, isWanted: false, trouble: 'ended' });
      expect(devices.wishes).toEqual({ audio: true, video: true, [kind]: false });
      letGo();
    },
  );

  test('whose level is shown no more is listened to no more', () => {
    vi.useFakeTimers();
    let isClosed = false;
    class PlayedAudio {
      createMediaStreamSource = () => ({ connect: () => undefined });
      close = async () => {
        isClosed = true;
      };
    }
    class PlayedAnalyser {
      fftSize = 8;
      getFloatTimeDomainData = (samples: Float32Array) => samples.fill(0.5);
    }
    vi.stubGlobal('AudioContext', PlayedAudio);
    vi.stubGlobal('AnalyserNode', PlayedAnalyser);
    vi.stubGlobal('MediaStream', class {});
    const levels: number[] = [];
    const stop = followLevel({} as Parameters<typeof followLevel>[0], (level) => levels.push(level));
    vi.advanceTimersByTime(250);
    stop();
    vi.advanceTimersByTime(1_000);
    expect([levels.length, levels[0], isClosed]).toEqual([2, expect.closeTo(0.98, 1), true]);
  });
});
