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
  const view = createStore({ me: { permissions: { canAdmin: [] } } } as unknown as RoomView);
  const call = new MeetingCall({ meeting, view } as unknown as Session, false, async () => undefined);
  return { call, connect: (kind: MediaAccess['kind']) => meeting.set({ ...meeting.get(), media: accessOf(kind) }) };
}

test('a meeting on Jitsi is left, and where there is none there is nothing to leave', () => {
  const [onJitsi, nowhere] = [inside(accessOf('JITSI')), inside(null)];
  expect([onJitsi.call.leave(), onJitsi.call.isLeft.get()]).toEqual([true, true]);
  expect([nowhere.call.leave(), nowhere.call.isLeft.get()]).toEqual([false, false]);
});

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
