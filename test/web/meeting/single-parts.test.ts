import { type ComponentChild, h } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore, type LeaveReason, type MediaAccess } from '../../../packages/client/src/index.ts';
import { plainLook } from '../../../src/rules/page-data.ts';
import { look } from '../../../web/brand.ts';
import { askForBan } from '../../../web/console/ban-question.ts';
import { NobodyWaits } from '../../../web/console/queue/nobody.tsx';
import { devices } from '../../../web/devices/devices.ts';
import type { Call } from '../../../web/meeting/call.ts';
import { DeviceSettings } from '../../../web/meeting/ui/device-settings.tsx';
import { useFullScreen } from '../../../web/meeting/ui/full-screen.ts';
import { Head } from '../../../web/meeting/ui/head.tsx';
import { useMeetingKeys } from '../../../web/meeting/ui/keys.ts';
import { MenuLayer } from '../../../web/meeting/ui/menu.tsx';
import { PeoplePanel } from '../../../web/meeting/ui/people-panel.tsx';
import type { MeetingTexts } from '../../../web/meeting/ui/texts.ts';
import { whyOffText } from '../../../web/meeting/ui/why-off.ts';
import { notices, spoken } from '../../../web/notices.ts';
import { pageData } from '../../../web/page-data.ts';
import { GoesIn } from '../../../web/screens/goes-in.tsx';
import { JitsiMeeting } from '../../../web/screens/jitsi-meeting.tsx';
import { Mirror } from '../../../web/screens/mirror.tsx';
import { OwnMessage } from '../../../web/screens/own-message.tsx';
import { GoneScreen } from '../../../web/screens/plain-screens.tsx';
import { refusalTexts } from '../../../web/screens/refusal-texts.ts';
import { WaitingScreen } from '../../../web/screens/waiting-screen.tsx';
import { Withdraw } from '../../../web/screens/withdraw.tsx';
import { roomTextsNow } from '../../../web/texts/room-texts.ts';
import { formatMoment } from '../../../web/texts/times.ts';
import { Avatar } from '../../../web/ui/avatar.tsx';
import { ConfirmDialog } from '../../../web/ui/confirm.tsx';
import { Foot } from '../../../web/ui/hall.tsx';
import type { OwnActions } from '../../../web/visit/actions/own-actions.ts';
import type { Problem } from '../../../web/visit/phase.ts';
import type { Stay } from '../../../web/visit/stay.ts';
import type { StayState } from '../../../web/visit/stay-state.ts';
import { openMemoryPage } from './memory-page.ts';
import { callOf, crowd, knockOf, stage } from './scene.ts';

// What single parts of the page say, in a document in memory.

const { page, show, find, named, press, type } = openMemoryPage();
const texts = roomTextsNow();
const before = { page: pageData.get(), devices: devices.view.get() };

afterEach(() => {
  pageData.set(before.page);
  devices.view.set(before.devices);
  look.set(plainLook);
});

const saysOf = (selector: string) => [...page().querySelectorAll(selector)].map(({ textContent }) => textContent);

test.each([
  ['Anna', 'A'],
  ['anna schmidt', 'AS'],
  ['Anna Maria Schmidt', 'AS'],
  ['Anna (Berlin) – 2', 'A2'],
  ['???', '·'],
])('the initials of %s are %s', async (name, initials) => {
  await show(h(Avatar, { name }));
  expect(find('.avatar').textContent).toBe(initials);
});

test.each([
  [true, true, 'bothOn'],
  [true, false, 'videoOff'],
  [false, true, 'micOff'],
  [false, false, 'bothOff'],
] as const)(
  'with a microphone that is on (%s) and a camera that is on (%s) one reads %s',
  async (mic, camera, says) => {
    pageData.set({ ...before.page, media: 'LIVEKIT' });
    const { audio, video } = before.devices;
    devices.view.set({
      ...before.devices,
      audio: { ...audio, isWanted: mic },
      video: { ...video, isWanted: camera },
    });
    await show(h(GoesIn, {}));
    expect(find('[role=status]').textContent).toBe(texts.devices[says]);
  },
);

describe('whoever has left', () => {
  const gone = (reason: LeaveReason) => show(h(GoneScreen, { reason, by: null, onAgain: () => undefined }));

  test.each([
    ['LIVEKIT', true],
    [null, false],
  ] as const)('a page whose meeting was on %s reads that camera and microphone are off: %s', async (media, isSaid) => {
    pageData.set({ ...before.page, media });
    await gone('LEFT');
    expect(page().textContent.includes(texts.afterwards.mediaOff)).toBe(isSaid);
  });

  const lasting = ['BANNED', 'ROOM_EXPIRED', 'ROOM_DELETED'];
  test.each(Object.keys(texts.gone) as LeaveReason[])(
    'for the reason %s is shown a way back only where there is one',
    async (reason) => {
      await gone(reason);
      const other = reason === 'EJECTED' ? texts.afterwards.askBack : texts.afterwards.again;
      expect(named(lasting.includes(reason) ? texts.wayOn.lookAgain : other)).toBeDefined();
    },
  );
});

test.each([
  [null, null, 0],
  ['Acme', null, 1],
  [null, 'https://static.acme.example/logo.svg', 1],
  ['Acme', 'https://static.acme.example/logo.svg', 1],
])(
  'a page of the brand %s with the logo %s says at its foot on what it runs: %d',
  async (brandName, logoUrl, times) => {
    look.set({ ...plainLook, brandName, logoUrl });
    await show(h(Foot, {}));
    expect(page().querySelectorAll('.runs-on')).toHaveLength(times);
  },
);

test.each([
  [null, texts.ban.networkHint],
  [0, texts.ban.networkHint],
  [1, texts.ban.networkMeets(1)],
  [3, texts.ban.networkMeets(3)],
])('a ban of the network that meets %s others says so', async (meets, hint) => {
  await show(h(ConfirmDialog, {}));
  await act(() => askForBan(texts, { name: 'Rude', yes: 'Ban', isVerified: false, meets }, () => undefined));
  expect(find('dialog').textContent).toContain(hint);
  expect(find('dialog').textContent.includes(texts.ban.networkMeets(0))).toBe(false);
});

test.each([
  ['microphone', texts.told.muted('Olga')],
  ['camera', texts.told.cameraOff('Olga')],
  ['screen', texts.told.screenOff('Olga')],
] as const)('whose %s a host has switched off reads just that', (name, says) => {
  const medium = { state: 'off', isAllowed: true, whyOff: { kind: 'byHost', by: 'Olga' } } as const;
  expect(whyOffText(name, medium, texts, {} as MeetingTexts)).toBe(says);
});

describe('whoever waits', () => {
  test.each([
    [1, texts.waiting.beforeNobody],
    [2, texts.waiting.before(1)],
    [3, texts.waiting.beforeTwo],
    [4, texts.waiting.before(3)],
    [null, texts.waiting.title],
  ])('at the place %s in line reads who is before them', async (position, says) => {
    const knock = { ...knockOf('Nora', 0), position };
    const ways = { onMessage: async () => null, onWithdraw: async () => null };
    await show(h(WaitingScreen, { knock, isConnected: true, ...ways }));
    expect(find('.place strong').textContent).toBe(says);
  });

  test.each([
    ['sees what another copy of the tab has sent', null, 'From there'],
    ['keeps what they are writing', 'Half a sent', 'Half a sent'],
  ])('%s', async (_what, written, shown) => {
    const own = (message: string) => show(h(OwnMessage, { message, onMessage: async () => null }));
    await own('From here');
    if (written !== null) await type(find('input'), written);
    await own('From there');
    expect((find('input') as HTMLInputElement).value).toBe(shown);
  });

  test('hears that the service refuses a message', async () => {
    const problem = { code: 'INVALID_INPUT', field: 'message', retryAfterSeconds: null } as const;
    await show(h(OwnMessage, { message: '', onMessage: async () => problem }));
    await type(find('input'), 'Words');
    await press(find('button'));
    expect(spoken.get().at(-1)?.text).toBe(find('.field-problem').textContent);
  });

  const ways = {
    'take the request back': (answer: () => Promise<Problem | null>) => h(Withdraw, { onWithdraw: answer }),
    'send a message': (answer: () => Promise<Problem | null>) => h(OwnMessage, { message: '', onMessage: answer }),
  };
  const troubles: readonly (readonly [keyof typeof ways, string | null, string | null])[] = [
    ['take the request back', null, null],
    ['take the request back', 'NETWORK', texts.refusedActions.NETWORK],
    ['send a message', null, null],
    ['send a message', 'RATE_LIMITED', refusalTexts(texts, 'RATE_LIMITED').text],
    ['send a message', 'NETWORK', refusalTexts(texts, 'NETWORK').text],
  ];
  test.each(troubles)('and would %s reads what became of it (%s)', async (what, code, says) => {
    notices.set([]);
    await show(ways[what](async () => (code === null ? null : { code, field: null, retryAfterSeconds: null })));
    if (what === 'send a message') {
      await type(find('input'), 'I am Nora');
      await press(find('button[type=submit]'));
    } else await press(find('button'));
    const told = notices.get().filter(({ tone }) => tone === 'bad');
    expect(told.map(({ text }) => text)).toEqual(says === null ? [] : [says]);
  });
});

test.each([
  ['PRIVATE', true, 'emptyText'],
  ['PRIVATE', false, 'emptyClosed'],
  ['PUBLIC', true, 'emptyPublic'],
  ['PUBLIC', false, 'emptyPublic'],
] as const)('where nobody waits at a room that is %s, with knocking on (%s), stands why', async (privacy, on, why) => {
  const { room } = stage({ people: crowd(1), room: { privacy, enableKnocking: on } });
  await show(h(NobodyWaits, { state: createStore({ room }) }));
  expect(saysOf('.empty p')).toEqual([texts.queue.empty, texts.queue[why]]);
});

describe('by keys', () => {
  /** As a browser makes it, and with what it was pressed. */
  const key = (name: string, more: object = {}) =>
    act(() => {
      const event = new Event('keydown', { bubbles: true, cancelable: true });
      Object.assign(event, { key: name, code: name, getModifierState: () => false, ...more });
      (document.activeElement ?? document.body).dispatchEvent(event);
    });
  const at = () => document.activeElement?.id;
  beforeEach(() => {
    for (const name of ['HTMLButtonElement', 'HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement', 'Node'])
      vi.stubGlobal(name, (window as unknown as Record<string, unknown>)[name]);
    vi.stubGlobal('getComputedStyle', window.getComputedStyle.bind(window));
    for (const name of ['innerWidth', 'innerHeight']) vi.stubGlobal(name, 800);
  });

  test('one goes round the parts of the page either way, a part without anything to press among them', async () => {
    const Parts = () => {
      const nothing = () => undefined;
      useMeetingKeys({ call: {} as Call, isAdmin: false, panel: null, onPanel: nothing, onHelp: nothing });
      const part = (name: string, inside: ComponentChild) =>
        h('div', { 'data-region': true, tabIndex: -1, id: name }, inside);
      const buttons = ['bar', 'side'].map((name) => part(`${name}-part`, h('button', { type: 'button', id: name })));
      return h('div', {}, [part('stage', null), ...buttons]);
    };
    await show(h(Parts, {}));
    const went: unknown[] = [];
    for (const shiftKey of [false, false, false, false, true, true, true, true]) {
      await key('F6', { shiftKey });
      went.push(at());
    }
    expect(went).toEqual(['stage', 'bar', 'side', 'stage', 'side', 'bar', 'stage', 'side']);
  });

  test('one goes up and down the choices of a menu, round its ends', async () => {
    const anchor = document.body.appendChild(document.createElement('button'));
    const choices = ['one', 'two', 'three'].map((id) => h('button', { type: 'button', id }));
    const menu = { name: 'more', personId: '', anchor } as const;
    await show(h(MenuLayer, { menu, label: 'More', onClose: () => undefined, children: choices }));
    const went = [at()];
    for (const name of ['ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'Home', 'ArrowUp']) {
      await key(name);
      went.push(at());
    }
    expect(went).toEqual(['one', 'three', 'two', 'three', 'one', 'two', 'three', 'one', 'three']);
  });
});

test('the test of a speaker is heard from the one that was chosen, and from the system’s own before', async () => {
  const sinks: string[] = [];
  class PlayedContext {
    currentTime = 0;
    destination = {};
    setSinkId = async (id: string) => void sinks.push(id);
    close = async () => undefined;
  }
  class PlayedNode {
    connect = () => undefined;
    start = () => undefined;
    stop = () => undefined;
  }
  vi.stubGlobal('AudioContext', PlayedContext);
  for (const name of ['GainNode', 'OscillatorNode']) vi.stubGlobal(name, PlayedNode);
  const speakers = ['default', 'desk', 'headset'].map((id) => ({ kind: 'audiooutput', deviceId: id, label: id }));
  const mediaDevices = Object.assign(new EventTarget(), { enumerateDevices: async () => speakers });
  vi.stubGlobal('navigator', { mediaDevices, languages: ['en'] });
  await show(h(Mirror, { start: { audio: false, video: false } }));
  await act(async () => {
    await vi.advanceTimersByTimeAsync(0);
  });
  await press(named(texts.devices.test));
  expect(sinks).toEqual([]);
  await act(() => devices.choose('audiooutput', 'headset'));
  await press(named(texts.devices.test));
  expect(sinks).toEqual(['headset']);
});

test('a meeting in a frame may ask for all that one meets with', async () => {
  const access = {
    kind: 'JITSI',
    url: 'https://jitsi.example.com',
    room: 'weekly',
    token: 'x.y.z',
  } as unknown as MediaAccess;
  await show(h(JitsiMeeting, { access, title: 'Weekly', actions: {} as OwnActions, isLeft: false }));
  const allowed = find('iframe').getAttribute('allow')?.split('; ');
  expect(allowed).toEqual(
    expect.arrayContaining(['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen']),
  );
});

describe('in the meeting', () => {
  const people = crowd(12);
  const { room, participants } = stage({ people });
  const [me] = participants.slice(-1) as [StayState['me']];
  const state = { me, room, participants, liveStream: null, hasMedia: true } as unknown as StayState;
  const callWith = (more: Parameters<typeof callOf>[1] = {}) =>
    ({ state: createStore(callOf(people, more)) }) as unknown as Call;

  test('the search finds the people of that name, and nobody else', async () => {
    await show(h(PeoplePanel, { stay: {} as Stay, state, call: callWith(), close: null }));
    expect(saysOf('.members .clip')).toHaveLength(12);
    for (const typed of [' jonas', 'Jonas', 'WEBER']) {
      await type(find('input[type=search]'), typed);
      expect(saysOf('.members .clip'), typed).toEqual(['Jonas Weber']);
    }
  });

  test.each([
    ['everybody', false, ['mic', 'camera', 'speaker']],
    ['whoever only watches', true, ['speaker']],
  ] as const)('%s chooses the devices that they use', async (_who, isAudience, names) => {
    const found = { found: [{ id: 'one', label: 'One' }], chosen: 'one' };
    const all = { audioinput: found, videoinput: found, audiooutput: found };
    await show(h(DeviceSettings, { call: callWith({ isAudience, devices: all }) }));
    expect(saysOf('.device .unseen')).toEqual(names.map((name) => texts.devices[name]));
  });

  test('whose time runs out is told when it does', async () => {
    const ends = { ...me, joinedAt: '2026-01-01T09:00:00.000Z', willEjectAt: '2026-01-01T10:30:00.000Z' };
    const parts = { call: callWith(), isHidden: false, sharing: { sharers: [], chosen: null }, listening: 0 };
    await show(h(Head, { ...parts, state: { ...state, me: ends } }));
    expect(saysOf('.head-end .chip')).toEqual([texts.room.endsAt(formatMoment(ends.willEjectAt, 'medium'))]);
  });

  test('full screen begins and ends by the same press', async () => {
    const asked: string[] = [];
    const isNow = (element: Element | null) => {
      Object.defineProperty(document, 'fullscreenElement', { value: element, configurable: true });
      document.dispatchEvent(new Event('fullscreenchange'));
    };
    const going = (name: string, to: Element | null) => async () => {
      asked.push(name);
      isNow(to);
    };
    const { documentElement } = document;
    Object.defineProperty(documentElement, 'requestFullscreen', { value: going('begin', documentElement) });
    Object.defineProperty(document, 'exitFullscreen', { value: going('end', null) });
    Object.defineProperty(document, 'fullscreenEnabled', { value: true });
    isNow(null);
    const Button = () => {
      const full = useFullScreen();
      return h('button', { type: 'button', onClick: full?.toggle }, full?.isOn ? 'on' : 'off');
    };
    await show(h(Button, {}));
    const seen: string[] = [];
    for (let times = 0; times < 3; times += 1) {
      seen.push(find('button').textContent);
      await press(find('button'));
    }
    expect([asked, seen]).toEqual([
      ['begin', 'end', 'begin'],
      ['off', 'on', 'off'],
    ]);
  });
});
