import { expect, test, vi } from 'vitest';
import { createStore, type MediaAccess, type RoomView, type Session } from '../../packages/client/src/index.ts';

// What there is to leave, and what does not come back.

const page = new EventTarget();
vi.stubGlobal('location', { search: '' });
vi.stubGlobal('document', page);
const { MeetingCall } = await import('../../web/meeting/meeting-call.ts');

const accessOf = (kind: MediaAccess['kind']): MediaAccess => ({
  ...{ kind, url: 'https://media.example', room: 'room', token: 'token' },
  exp: new Date(Date.now() + 60_000).toISOString(),
});

/** Somebody inside, with the meeting there. */
function inside(media: MediaAccess | null) {
  const meeting = createStore({ mediaGrant: '', media, meetingUrl: null });
  const permissions = { canAdmin: [], hasPresence: true, canSend: ['AUDIO', 'VIDEO'] };
  const me = { id: 'me', permissions, audio: true, video: true };
  const view = createStore({ me, participants: [] } as unknown as RoomView);
  const session = { meeting, view, onEvent: () => () => undefined } as unknown as Session;
  // What shows the meeting does not come: no line is opened.
  const call = new MeetingCall(session, false, () => new Promise(() => undefined));
  return { call, connect: (kind: MediaAccess['kind']) => meeting.set({ ...meeting.get(), media: accessOf(kind) }) };
}

test('a meeting on Jitsi is left, and where there is none there is nothing to leave', () => {
  const [onJitsi, nowhere] = [inside(accessOf('JITSI')), inside(null)];
  expect([onJitsi.call.leave(), onJitsi.call.isLeft.get()]).toEqual([true, true]);
  expect([nowhere.call.leave(), nowhere.call.isLeft.get()]).toEqual([false, false]);
});

test.each([
  ['none', null],
  ['Jitsi', accessOf('JITSI')],
])(
  'where LiveKit is connected while people are inside, after %s, nothing is switched on by itself',
  async (_what, media) => {
    const { devices } = await import('../../web/devices/devices.ts');
    devices.decide({ audio: true, video: true });
    const { call, connect } = inside(media);
    const end = call.start();
    connect('LIVEKIT');
    expect([call.call.get() === null, devices.wishes]).toEqual([false, { audio: false, video: false }]);
    const own = call.call.get()?.state.get();
    expect([own?.microphone, own?.camera].map((one) => one?.state)).toEqual(['off', 'off']);
    end();
  },
);

test('whoever leaves is in no call that the domain connects meanwhile', () => {
  const { call, connect } = inside(accessOf('JITSI'));
  const end = call.start();
  call.leave();
  connect('LIVEKIT');
  expect(call.call.get()).toBe(null);
  // Asked again, as where the service did not take it the first time.
  expect(call.leave()).toBe(true);
  end();
});
