import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  createStore,
  type EventListener,
  type MediaAccess,
  type Participant,
  type RoomEvent,
  type RoomView,
} from '../../packages/client/src/index.ts';
import { Devices, type Wishes } from '../../web/devices/devices.ts';
import { LiveCall } from '../../web/meeting/live-call.ts';
import { goBy } from '../../web/store.ts';
import { crowd, stage } from './meeting/scene.ts';
import { type PlayedLine, playLine } from './played-line.ts';

const access: MediaAccess = {
  ...{ kind: 'LIVEKIT', url: 'wss://one.example', room: 'room', token: 'first' },
  exp: new Date(Date.now() + 60_000).toISOString(),
};

type News = RoomEvent extends infer Event
  ? Event extends RoomEvent
    ? Omit<Event, 'cursor' | 'at' | 'by'> & { readonly by?: RoomEvent['by'] }
    : never
  : never;

const mara = { kind: 'PARTICIPANT', name: 'Mara Lindqvist', userId: null } as const;
const settled = () => new Promise(setImmediate);

interface Options {
  readonly wishes?: Wishes;
  readonly isHidden?: boolean;
  readonly me?: Partial<Participant>;
  /** How long the media server takes. */
  readonly opening?: Promise<void>;
}

/** A call of three, of whom the last is oneself, with a service and lines that the test plays. */
function begin(options: Options = {}) {
  const { room, participants } = stage({ people: crowd(3) });
  const me = { ...(participants.at(-1) as Participant), ...{ audio: true, video: true }, ...options.me };
  const view = createStore<RoomView>({
    ...{ room, me, participants: [...participants.slice(0, -1), me], waiting: [], liveStream: null },
    ...{ state: 'OPEN', hearsEvents: true, leaveReason: null, error: null },
  });
  const meeting = createStore({ mediaGrant: '', media: access as MediaAccess | null, meetingUrl: null });
  const listeners = new Set<EventListener>();
  const said: object[] = [];
  const opened: string[] = [];
  const lines: PlayedLine[] = [];
  const devices = new Devices();
  if (options.wishes !== undefined) devices.decide(options.wishes);
  const call = new LiveCall({
    session: {
      ...{ view, meeting },
      onEvent: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      readMeeting: async () => {
        meeting.set({ ...meeting.get(), media: { ...access, token: 'fresh' } });
        return meeting.get();
      },
      updateMyMedia: async (input) => {
        said.push(input);
        const now = { ...view.get().me, ...input } as Participant;
        update(now, { ...mara, name: now.userName });
        return { isDone: true, value: now };
      },
    },
    isHidden: options.isHidden ?? false,
    devices,
    loadLine: async () => async (given) => {
      opened.push(`${given.url} ${given.token}`);
      await options.opening;
      const line = playLine();
      lines.push(line);
      return line;
    },
    pauseMs: () => 0,
  });
  const tell = (news: News, before: RoomView = view.get()) => {
    const event = { cursor: '', at: '', by: null, ...news } as RoomEvent;
    for (const listener of listeners) listener(event, before);
  };
  /** The service tells that somebody is so now. */
  function update(participant: Participant, by: RoomEvent['by']): void {
    const before = view.get();
    const people = before.participants.map((one) => (one.id === participant.id ? participant : one));
    view.set({ ...before, me: participant.id === before.me.id ? participant : before.me, participants: people });
    tell({ __typename: 'ParticipantUpdated', participant, by } as News, before);
  }
  const end = call.start();
  onTestFinished(end);
  return { call, view, meeting, said, opened, lines, devices, tell, update, end };
}

const stateOf = ({ state }: LiveCall) => {
  const { microphone, camera, line } = state.get();
  return [line.at, microphone.state, camera.state];
};

describe('a call', () => {
  test('goes in with what was chosen at the door, by the access that came with joining, and tells only what is news', async () => {
    const { call, opened, said } = begin({ wishes: { audio: false, video: true } });
    expect(stateOf(call)).toEqual(['connecting', 'off', 'starting']);
    await settled();
    expect(stateOf(call)).toEqual(['connected', 'off', 'on']);
    expect(opened).toEqual(['wss://one.example first']);
    expect(said).toEqual([{ audio: false }]);
    call.toggle('microphone');
    await settled();
    expect(said).toEqual([{ audio: false }, { audio: true }]);
  });

  test('tells what one sends also while the system holds something else back', async () => {
    const { call, lines, said } = begin({ wishes: { audio: true, video: true } });
    await settled();
    lines[0]?.set('camera', 'heldBack');
    call.toggle('microphone');
    await settled();
    expect(said).toEqual([{ audio: false }]);
  });

  test('is made anew with fresh access, and keeps what the person wants', async () => {
    const { call, lines, opened, devices } = begin({ wishes: { audio: true, video: false } });
    await settled();
    lines[0]?.lose('away');
    await settled();
    await expect.poll(() => stateOf(call)).toEqual(['connected', 'on', 'off']);
    expect(opened).toEqual(['wss://one.example first', 'wss://one.example fresh']);
    expect([lines[0]?.isClosed(), devices.wishes]).toEqual([true, { audio: true, video: false }]);
  });

  test('goes to another media server at once, and a fresh token alone changes nothing', async () => {
    const { meeting, opened, lines } = begin();
    await settled();
    meeting.set({ ...meeting.get(), media: { ...access, token: 'newer' } });
    await settled();
    expect(lines.length).toBe(1);
    meeting.set({ ...meeting.get(), media: { ...access, url: 'wss://two.example', token: 'other' } });
    await settled();
    expect([opened.at(-1), lines[0]?.isClosed(), lines.length]).toEqual(['wss://two.example other', true, 2]);
  });

  test('muted by a host: off before the media server says so, with the name, and off where the page is loaded again', async () => {
    const { call, view, lines, devices, update, said } = begin({ wishes: { audio: true, video: true } });
    await settled();
    update({ ...view.get().me, audio: false }, mara);
    await settled();
    expect(call.state.get().microphone).toEqual({
      ...{ state: 'off', isAllowed: true },
      whyOff: { kind: 'byHost', by: 'Mara Lindqvist' },
    });
    expect([lines[0]?.view.get().own.microphone, devices.wishes]).toEqual(['muted', { audio: false, video: true }]);
    expect(said).toEqual([]);
  });

  test('what the service has only seen on the media server mutes nobody', async () => {
    const { call, view, update } = begin({ wishes: { audio: true, video: true } });
    await settled();
    update({ ...view.get().me, audio: false, video: false }, { kind: 'SERVICE', name: null, userId: null });
    await settled();
    expect(stateOf(call)).toEqual(['connected', 'on', 'on']);
  });

  test('asked to unmute: nothing is switched on by itself, and what is on needs no asking', async () => {
    const { call, view, tell } = begin({ wishes: { audio: false, video: true } });
    await settled();
    const { me } = view.get();
    const asks = {
      __typename: 'MediaRequested',
      participant: me,
      audio: true,
      video: true,
      screenShare: false,
    } as const;
    tell({ ...asks, by: mara } as News);
    expect(call.state.get().request).toEqual({ audio: true, video: false, screenShare: false, by: 'Mara Lindqvist' });
    expect(stateOf(call)).toEqual(['connected', 'off', 'on']);
    call.declineRequest();
    expect(call.state.get().request).toBe(null);
    tell({ ...asks, by: mara } as News);
    call.acceptRequest();
    await settled();
    expect([call.state.get().request, ...stateOf(call)]).toEqual([null, 'connected', 'on', 'on']);
  });

  test('asked to unmute while the system holds the microphone back: it is said until the system gives it again', async () => {
    const { call, view, lines, tell } = begin({ wishes: { audio: true, video: true } });
    await settled();
    lines[0]?.set('microphone', 'heldBack');
    const asks = { participant: view.get().me, audio: true, video: false, screenShare: false, by: mara } as const;
    tell({ __typename: 'MediaRequested', ...asks } as News);
    lines[0]?.set('camera', 'heldBack');
    expect(call.state.get().request).toMatchObject({ audio: true, video: false });
    lines[0]?.set('microphone', 'on');
    expect(call.state.get().request).toBe(null);
  });

  test('asked for a screen as well: it is asked for apart, and nothing is on that no words have named', async () => {
    const { call, view, lines, tell } = begin({ wishes: { audio: false, video: false } });
    await settled();
    const { me } = view.get();
    tell({
      __typename: 'MediaRequested',
      participant: me,
      audio: true,
      video: false,
      screenShare: true,
      by: mara,
    } as News);
    const asksForScreen = { audio: false, video: false, screenShare: true, by: 'Mara Lindqvist' };
    call.acceptRequest();
    await settled();
    expect(lines[0]?.view.get().own).toMatchObject({ microphone: 'on', screen: 'off' });
    expect(call.state.get().request).toEqual(asksForScreen);
    call.acceptRequest();
    await settled();
    expect([lines[0]?.view.get().own.screen, call.state.get().request]).toEqual(['on', null]);
    call.toggle('screen');
    await settled();
    tell({
      __typename: 'MediaRequested',
      participant: me,
      audio: false,
      video: true,
      screenShare: true,
      by: mara,
    } as News);
    call.declineRequest();
    expect(call.state.get().request).toEqual(asksForScreen);
    call.declineRequest();
    expect(call.state.get().request).toBe(null);
  });

  test('only watching: whoever may send nothing has nothing on, and is asked for nothing', async () => {
    const { call, view, lines, tell, update } = begin({ wishes: { audio: true, video: true } });
    await settled();
    const { me } = view.get();
    update({ ...me, audio: false, video: false, permissions: { ...me.permissions, canSend: [] } }, mara);
    await settled();
    expect([call.state.get().isAudience, ...stateOf(call)]).toEqual([true, 'connected', 'off', 'off']);
    expect(lines[0]?.view.get().own).toMatchObject({ microphone: 'muted', camera: 'muted' });
    tell({
      __typename: 'MediaRequested',
      participant: me,
      audio: true,
      video: true,
      screenShare: true,
      by: mara,
    } as News);
    expect(call.state.get().request).toBe(null);
  });

  test('who came in unseen sends nothing, and stands in no list', async () => {
    const { call } = begin({ isHidden: true });
    await settled();
    expect([call.state.get().isAudience, ...stateOf(call)]).toEqual([true, 'connected', 'off', 'off']);
    expect(call.state.get().people.some(({ isMe }) => isMe)).toBe(false);
  });

  test('says who may receive what, where that is not everybody everything', async () => {
    const { view, lines, update } = begin();
    await settled();
    expect(lines[0]?.asked.filter((what) => what.startsWith('restrict'))).toEqual(['restrict nobody']);
    const [first] = view.get().participants;
    if (first === undefined) throw new Error('nobody is there');
    const canReceive = { base: [], overrides: [] };
    update({ ...first, permissions: { ...first.permissions, canReceive } }, mara);
    expect(lines[0]?.asked.at(-1)).toBe('restrict p0 p1');
  });

  test('what did not change is the same object', async () => {
    const { call, lines } = begin();
    await settled();
    const before = call.state.get();
    const line = lines[0];
    line?.view.set({ ...line.view.get(), speaking: ['p1'] });
    const after = call.state.get();
    expect(after.people[0]).toBe(before.people[0]);
    expect(after.people[1]).not.toBe(before.people[1]);
    expect([after.microphone, after.devices]).toEqual([before.microphone, before.devices]);
    expect(after.devices).toBe(before.devices);
  });

  test('hears who is in the room by the service’s word alone', async () => {
    const { view, lines } = begin();
    await settled();
    const admitted = () => lines[0]?.asked.filter((what) => what.startsWith('admit')).at(-1);
    expect(admitted()).toBe('admit p0 p1 p2');
    const { participants } = view.get();
    view.set({ ...view.get(), participants: participants.filter(({ id }) => id !== 'p1') });
    expect(admitted()).toBe('admit p0 p2');
  });

  test('says of whoever came last that they have no picture and sound once they have had their time, whatever else happens', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    goBy({ now: () => Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    const { call, view } = begin();
    await settled();
    const isOffMedia = () => call.state.get().people[0]?.isOffMedia;
    const [first, ...others] = view.get().participants as readonly [Participant, ...Participant[]];
    const comes = { ...first, mediaConnection: 'LEFT', joinedAt: new Date().toISOString() } as const;
    view.set({ ...view.get(), participants: [comes, ...others] });
    vi.advanceTimersByTime(14_000);
    expect(isOffMedia()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(isOffMedia()).toBe(true);
  });

  test('a right that comes later switches nothing on, also where the page is loaded again', async () => {
    const { permissions } = stage({ people: crowd(1) }).participants[0] as Participant;
    const wishes = { audio: true, video: true };
    const first = begin({ wishes, me: { permissions: { ...permissions, canSend: ['VIDEO'] } } });
    await settled();
    expect(first.devices.wishes).toEqual({ audio: false, video: true });
    first.view.set({ ...first.view.get(), me: { ...first.view.get().me, permissions } });
    await settled();
    expect(stateOf(first.call)).toEqual(['connected', 'off', 'on']);
    const again = begin({ wishes: first.devices.wishes ?? wishes });
    await settled();
    expect(stateOf(again.call)).toEqual(['connected', 'off', 'on']);
  });

  test('where the same person has the call elsewhere, it goes on as they decided there', async () => {
    const { call, devices, lines } = begin({ wishes: { audio: true, video: true } });
    await settled();
    // What is heard early counts once the call is there.
    devices.follow({ audio: true, video: false });
    await settled();
    expect(stateOf(call)).toEqual(['connected', 'on', 'on']);
    lines[0]?.lose('takenOver');
    await settled();
    call.rejoin();
    await settled();
    expect([lines.length, ...stateOf(call)]).toEqual([2, 'connected', 'on', 'off']);
    lines[1]?.lose('takenOver');
    await settled();
    devices.follow({ audio: false, video: true });
    call.rejoin();
    await settled();
    expect([lines.length, ...stateOf(call)]).toEqual([3, 'connected', 'off', 'on']);
  });

  test('while the media server says nothing, the service’s word stands for what others send', async () => {
    const { call, view, lines } = begin();
    const told = () => call.state.get().people.map(({ isHeard, camera }) => [isHeard, camera !== null]);
    const [first, second] = view.get().participants;
    const byService = [first, second].map((one) => [one?.audio, one?.video]);
    expect(told()).toEqual([...byService, [false, false]]);
    await settled();
    expect(told()).toEqual([false, false, false].map((is) => [is, is]));
    const line = lines[0];
    line?.view.set({ ...line.view.get(), isReconnecting: true });
    expect(told()).toEqual([...byService, [false, false]]);
    line?.lose('takenOver');
    await settled();
    expect(told()).toEqual([...byService, [false, false]]);
  });

  test('a device that is chosen while the line is on its way is the one that is switched on', async () => {
    const opening = Promise.withResolvers<void>();
    const { call, lines } = begin({ wishes: { audio: false, video: true }, opening: opening.promise });
    await settled();
    call.choose('videoinput', 'two');
    opening.resolve();
    await settled();
    const asked = lines[0]?.asked.filter((what) => /^(?:on|videoinput|audioinput)/.test(what));
    expect(asked).toEqual(['videoinput two', 'on camera']);
    // The next line is told from the beginning.
    lines[0]?.lose('away');
    await expect.poll(() => lines.length).toBe(2);
    await settled();
    expect(lines[1]?.asked).not.toContain('videoinput two');
  });

  test('a device that cannot be used is chosen no more', async () => {
    const { call, lines, devices } = begin();
    await settled();
    const [line] = lines;
    line?.view.set({ ...line.view.get(), chosen: { videoinput: 'one' } });
    line?.busy.add('two');
    call.choose('videoinput', 'two');
    expect(devices.view.get().chosen).toEqual({ videoinput: 'two' });
    await settled();
    expect(devices.view.get().chosen).toEqual({ videoinput: 'one' });
  });

  test('a device that cannot be used gives way to the one that is used by then', async () => {
    const { call, lines, devices } = begin();
    await settled();
    const [line] = lines;
    line?.view.set({ ...line.view.get(), chosen: { videoinput: 'one' } });
    line?.busy.add('three');
    for (const id of ['two', 'three']) call.choose('videoinput', id);
    line?.view.set({ ...line.view.get(), chosen: { videoinput: 'two' } });
    await settled();
    expect(devices.view.get().chosen).toEqual({ videoinput: 'two' });
  });

  test('is left at the press: nothing is on, and it is not made again, however often somebody asks for it', async () => {
    const { call, lines, meeting } = begin({ wishes: { audio: true, video: true } });
    await settled();
    expect(stateOf(call)).toEqual(['connected', 'on', 'on']);
    call.leave();
    await settled();
    expect([lines[0]?.isClosed(), ...stateOf(call)]).toEqual([true, 'lost', 'off', 'off']);
    call.rejoin();
    meeting.set({ ...meeting.get(), media: { ...access, url: 'wss://two.example' } });
    await settled();
    expect([lines.length, call.state.get().line]).toEqual([
      1,
      { at: 'lost', why: 'left', isTrying: false, nextAt: null },
    ]);
  });

  test('is left also while it waits for the next attempt', async () => {
    const { call, lines } = begin();
    call.leave();
    await settled();
    expect([lines.every((line) => line.isClosed()), call.state.get().line]).toMatchObject([true, { why: 'left' }]);
  });

  test('ends with the stay: the line is closed, and nothing is on', async () => {
    const { call, lines, end } = begin();
    await settled();
    end();
    await settled();
    expect([lines[0]?.isClosed(), lines.length]).toEqual([true, 1]);
    expect(call.state.get().microphone.state).toBe('off');
  });
});
