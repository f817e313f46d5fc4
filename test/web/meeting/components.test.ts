import { h } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Access, type Ban, createStore, type LiveStream } from '../../../packages/client/src/index.ts';
import { showDestination } from '../../../src/rules/live-streaming.ts';
import { asks } from '../../../web/console/asks.ts';
import { Banned } from '../../../web/console/banned.tsx';
import { LivePanel } from '../../../web/console/live-panel.tsx';
import { PersonMenu } from '../../../web/console/person-menu.tsx';
import { ReplyForm } from '../../../web/console/reply-form.tsx';
import { RoomSettings } from '../../../web/console/room-settings.tsx';
import { notices } from '../../../web/notices.ts';
import { DoorForm } from '../../../web/screens/door-form.tsx';
import { People } from '../../../web/screens/people.tsx';
import { ShutScreen } from '../../../web/screens/shut-screen.tsx';
import { goBy } from '../../../web/store.ts';
import { enSettings } from '../../../web/texts/en-settings.ts';
import { roomTextsNow } from '../../../web/texts/room-texts.ts';
import { readClaims } from '../../../web/token-claims.ts';
import { ConfirmDialog, confirm } from '../../../web/ui/confirm.tsx';
import { Field } from '../../../web/ui/field.tsx';
import { Switch } from '../../../web/ui/switch.tsx';
import type { PeopleActions } from '../../../web/visit/actions/people-actions.ts';
import type { RoomActions } from '../../../web/visit/actions/room-actions.ts';
import { type Problem, shutBy } from '../../../web/visit/phase.ts';
import type { StayState } from '../../../web/visit/stay-state.ts';
import { openMemoryPage } from './memory-page.ts';
import { crowd, stage } from './scene.ts';

// What single components do, in a document in memory.

const { page, show, find, named, press, type } = openMemoryPage();
beforeEach(() => notices.set([]));

const { room, participants } = stage({ people: crowd(3, { 1: { isHost: false } }) });
const [owner, guest] = participants as readonly [StayState['me'], StayState['me']];
const texts = roomTextsNow();
const told = () => notices.get().map(({ text, tone }) => [text, tone]);

test('a field says by its description what it is for and what is wrong with it', async () => {
  await show(
    h(Field, { label: 'Name', hint: 'As others see it.', problem: 'Too long.', children: (all) => h('input', all) }),
  );
  const ids = find('input').getAttribute('aria-describedby')?.split(' ') ?? [];
  expect(ids.map((id) => document.getElementById(id)?.textContent)).toEqual(['As others see it.', 'Too long.']);
});

test('a switch that is on its way is not pressed again', async () => {
  const done = Promise.withResolvers<void>();
  const onChange = vi.fn(() => done.promise);
  await show(h(Switch, { label: 'Private', isOn: false, onChange }));
  await press(find('button'));
  await press(find('button'));
  expect(onChange).toHaveBeenCalledTimes(1);
  await act(async () => done.resolve());
  await press(find('button'));
  expect(onChange).toHaveBeenCalledTimes(2);
});

describe('the settings of a room', () => {
  const settings = (lobbyMessage: string) =>
    h(RoomSettings, {
      state: createStore({ room: { ...room, lobbyMessage } }),
      actions: {} as RoomActions,
      onEnd: () => undefined,
    });

  test.each([
    ['is copied', async () => undefined, [texts.told.copied, 'good']],
    [
      'is to be copied by hand where the browser refuses',
      () => Promise.reject(new Error('no')),
      [enSettings.copyByHand, 'quiet'],
    ],
  ])('say that the link %s', async (_what, writeText, expected) => {
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    await show(settings(''));
    await press(named(enSettings.copy));
    expect(told()).toEqual([expected]);
  });

  test('show the message at the door that another owner wrote', async () => {
    await show(settings('We begin at nine.'));
    await show(settings('We begin at ten.'));
    expect((find('textarea') as HTMLTextAreaElement).value).toBe('We begin at ten.');
  });
});

test('each question begins with its own first option', async () => {
  const answers: string[] = [];
  const ask = (first: string) =>
    act(() =>
      confirm({
        ...{ title: 'Ban?', text: '', yes: 'Ban', onYes: (value) => answers.push(value) },
        choice: {
          label: 'Whom',
          options: [
            { value: first, label: first, hint: '' },
            { value: 'network', label: 'network', hint: '' },
          ],
        },
      }),
    );
  await show(h(ConfirmDialog, {}));
  await ask('one');
  await press(page().querySelectorAll('input')[1]);
  await press(named('Cancel'));
  await ask('two');
  await press(named('Ban'));
  expect(answers).toEqual(['two']);
});

test('a question is forgotten with the room in which it was asked', async () => {
  await show(h(ConfirmDialog, {}));
  await act(() => confirm({ title: 'Leave?', text: '', yes: 'Leave', onYes: () => undefined }));
  expect(named('Leave')).toBeDefined();
  // Browsers say that a dialog has closed in a task of its own: the next room may be there before.
  vi.spyOn(find('dialog') as HTMLDialogElement, 'close').mockReturnValue(undefined);
  await show(null);
  await show(h(ConfirmDialog, {}));
  expect(named('Leave')).toBeUndefined();
  // Another one may be asked there.
  await act(() => confirm({ title: 'Ban?', text: '', yes: 'Ban', onYes: () => undefined }));
  expect(named('Ban')).toBeDefined();
});

test.each([
  [true, 0],
  [false, 1],
])('whether a ban was lifted: %s; it stands in the list of the banned: %d', async (isLifted, left) => {
  const ban = { id: 'b', userName: 'Rude', network: false, createdAt: '2026-01-01T00:00:00Z' } as unknown as Ban;
  const actions = { readBans: async () => [ban], liftBan: async () => isLifted } as unknown as PeopleActions;
  await show([h(Banned, { actions, state: createStore({ banCount: 0 }) }), h(ConfirmDialog, {})]);
  await act(async () => {
    await vi.advanceTimersByTimeAsync(700);
  });
  await press(find('.banned button'));
  await press([...page().querySelectorAll<HTMLButtonElement>('dialog button')].at(-1));
  expect(page().querySelectorAll('.banned li')).toHaveLength(left);
});

test.each([
  ['right', 0, 0],
  ['two minutes fast', 120_000, 1],
  ['two minutes slow', -120_000, 1],
])('before a room opens, a device whose clock is %s is told so', async (_how, offMs, notes) => {
  goBy({ now: () => Date.now() - offMs });
  const refusal = shutBy('ROOM_NOT_OPEN', { opensAt: new Date(Date.now() + 600_000) });
  const ways = { onAgain: () => undefined, onWithout: () => undefined };
  await show(h(ShutScreen, { refusal, claims: readClaims(null), roomName: 'review', ...ways }));
  expect([page().querySelectorAll('[role=timer]').length, page().querySelectorAll('.note').length]).toEqual([1, notes]);
  goBy(Date);
});

test.each([
  ['STARTING', true],
  ['LIVE', true],
  ['STOPPING', false],
])('a live stream that is %s can be stopped: %s', async (status, may) => {
  const stream = { status, destinations: [], startedBy: null } as unknown as LiveStream;
  await show(h(LivePanel, { state: createStore({ liveStream: stream }), actions: {} as RoomActions }));
  expect(named(texts.live.stop) !== undefined).toBe(may);
});

test.each([
  ...[
    'rtmp://a.example/live',
    'rtmps://a.example:443/app/key',
    'srt://a.example:9000?streamid=1',
    'https://a.example/whip',
  ],
  ...['RTMPS://A.EXAMPLE/live', ' https://a.example/whip ', 'http://a.example', 'wss://a.example', 'ftp://a.example'],
  ...['a.example/live', 'rtmps://', 'rtmps:// a', 'nowhere', ''],
])('a live stream to “%s” is begun where the service takes that address', async (destination) => {
  const begun: string[] = [];
  const actions = { startLive: async (to: string) => begun.push(to) } as unknown as RoomActions;
  await show(h(LivePanel, { state: createStore({ liveStream: null }), actions }));
  await type(find('input'), destination);
  await press(find('button[type=submit]'));
  const isTaken = showDestination(destination.trim()) !== null;
  expect(begun).toEqual(isTaken ? [destination.trim()] : []);
  expect(page().textContent.includes(texts.live.bad)).toBe(!isTaken);
});

describe('whoever is asked to wait at the door', () => {
  const access = { level: 'LOBBY', ownerPresent: true, lobbyMessage: null } as unknown as Access;
  const door = (waitMs: number, answer: () => Promise<Problem | null> = async () => null) => {
    const asked: string[] = [];
    const ask = (what: string) => () => {
      asked.push(what);
      return answer();
    };
    const ways = { onDraft: () => undefined, onJoin: ask('join'), onKnock: ask('knock') };
    const shown = {
      access,
      hint: null,
      claims: readClaims(null),
      draft: { name: 'Nora', message: '' },
      waitMs,
      ...ways,
    };
    return { asked, form: h(DoorForm, shown) };
  };

  test.each([
    ['LOBBY', 'knock'],
    ['FULL', 'join'],
  ])('asks nothing by pressing (%s), and does once the time is over', async (level, what) => {
    for (const [waitMs, expected] of [
      [60_000, []],
      [1, []],
      [0, [what]],
    ] as const) {
      const { asked, form } = door(waitMs);
      Object.assign(access, { level });
      await show(form);
      await press(find('button[type=submit]'));
      expect(asked, String(waitMs)).toEqual(expected);
      await show(null);
    }
  });

  /** Shows a form that is refused each time that it is sent. */
  async function answered(problem: Problem): Promise<(meanwhile: () => void) => Promise<void>> {
    let answer = Promise.withResolvers<Problem>();
    await show(door(0, () => answer.promise).form);
    return async (meanwhile) => {
      answer = Promise.withResolvers();
      await press(find('button[type=submit]'));
      meanwhile();
      await act(async () => answer.resolve({ ...problem }));
    };
  }

  test.each([
    ['name', 'userName'],
    ['message', 'message'],
  ] as const)('is led to the %s that the service refuses, once that says so', async (field, name) => {
    Object.assign(access, { level: 'LOBBY' });
    const sendRefused = await answered({ code: 'INVALID_INPUT', field, retryAfterSeconds: null });
    const led: (string | null)[] = [];
    const input = find(`[name=${name}]`);
    input.addEventListener('focus', () => led.push(input.getAttribute('aria-describedby')));
    for (const _time of [1, 2]) {
      await sendRefused(() => find('button[type=submit]').focus());
      expect(document.activeElement).toBe(input);
    }
    const [first] = led;
    expect([led.length, document.getElementById(first ?? '')?.className]).toEqual([2, 'field-problem']);
  });

  test('hears what stands against it each time that it does', async () => {
    const sendRefused = await answered({ code: 'NETWORK', field: null, retryAfterSeconds: null });
    const said = new Set<Element | null>();
    for (const _time of [1, 2]) {
      // Until there is an answer nothing comes or goes that would move the button.
      await sendRefused(() => said.add(find('[role=alert]').firstElementChild));
      said.add(find('[role=alert]').firstElementChild);
    }
    // What is put there anew is read out.
    expect([said.size, said.has(null)]).toEqual([3, true]);
  });
});

describe('an answer that is being written', () => {
  test.each([
    ['is closed by Escape', { key: 'Escape' }, 1],
    ['stays open while a word is being composed', { key: 'Escape', isComposing: true }, 0],
    ['stays open at another key', { key: 'Enter' }, 0],
  ])('%s', async (_what, key, closed) => {
    const onClose = vi.fn();
    const isAsked = { current: false };
    const parts = { onTyping: () => undefined, onSend: async () => true };
    await show(h(ReplyForm, { label: 'Reply', draftOf: 'k', isAsked, onClose, ...parts }));
    const press = Object.assign(new Event('keydown', { bubbles: true, cancelable: true }), key);
    await act(() => {
      find('input').dispatchEvent(press);
    });
    expect(onClose).toHaveBeenCalledTimes(closed);
  });
});

/** Who looks, at whom, and whether there is anything that they may do. */
test.each([
  ['an owner', true, 'a guest', false, true],
  ['an owner', true, 'another owner', true, true],
  ['a co-host', false, 'a guest', false, true],
  ['a co-host', false, 'an owner', true, false],
])('%s (%s) is offered to manage %s (%s): %s', async (_who, isOwner, _whom, isOwned, isOffered) => {
  const state = { me: { ...owner, isOwner }, room, hasMedia: false } as unknown as StayState;
  const person = { ...guest, isOwner: isOwned };
  await show(h(PersonMenu, { state, person, actions: {} as PeopleActions }));
  expect(page().querySelectorAll('button').length > 0).toBe(isOffered);
  await show(h(PersonMenu, { state, person: state.me, actions: {} as PeopleActions }));
  expect(page().querySelectorAll('button')).toHaveLength(0);
});

test.each([
  ['an owner', true],
  ['a co-host', false],
])('%s may ask somebody to unmute: %s', async (_who, isOwner) => {
  const me = { ...owner, isOwner };
  const state = { me, room, hasMedia: true, participants: [me, guest] } as unknown as StayState;
  await show(h(PersonMenu, { state, person: { ...guest, audio: false }, actions: {} as PeopleActions }));
  await press(find('button'));
  const words = [...page().querySelectorAll('button')].map(({ textContent }) => textContent);
  expect([words.includes(texts.person.askUnmute), words.includes(texts.person.eject)]).toEqual([isOwner, true]);
});

describe('without a meeting on the page', () => {
  const state = (me = owner) => ({ me, room, hasMedia: false }) as unknown as StayState;
  const coHost = { ...guest, permissions: { ...guest.permissions, canAdmin: ['PARTICIPANTS'] } } as typeof guest;
  const item = (words: string) =>
    [...page().querySelectorAll<HTMLElement>('.menu-item')].find(({ textContent }) => textContent?.startsWith(words));

  test.each([
    ['an owner names a co-host', { me: owner, person: guest }, 'Make co-host'],
    ['an owner ends a co-host’s being one', { me: owner, person: coHost }, 'End co-host'],
    ['a co-host names nobody', { me: { ...coHost, id: 'me' }, person: guest }, null],
    ['an owner is no co-host of another', { me: owner, person: { ...guest, isOwner: true } }, null],
  ])('%s', async (_who, { me, person }, words) => {
    const setCoHost = vi.fn(async () => true);
    await show(h(PersonMenu, { state: state(me), person, actions: { setCoHost } as unknown as PeopleActions }));
    await press(find('button'));
    expect(item('Remove')).toBeDefined();
    const found = item('Make co-host') ?? item('End co-host');
    expect(found?.textContent?.startsWith(words ?? '')).toBe(words === null ? undefined : true);
    await press(found);
    expect(setCoHost.mock.calls).toEqual(words === null ? [] : [[person, words === 'Make co-host']]);
  });

  test('what was asked of somebody looks asked until it is so, and not where it was refused', async () => {
    asks.set([]);
    const asked = Promise.withResolvers<boolean>();
    const actions = { setCoHost: () => asked.promise, setMaySend: async () => false } as unknown as PeopleActions;
    const people = createStore({
      participants: [owner, guest],
      me: owner,
      room,
      hasMedia: false,
    } as unknown as StayState);
    await show(h(People, { state: people, actions }));
    const open = () => press(page().querySelectorAll<HTMLElement>('.person .menu > button')[0]);
    for (const words of ['Make co-host', 'Listen only']) {
      await open();
      await press(item(words));
    }
    await open();
    expect(item('Make co-host')?.textContent).toBe('Make co-hostAsked, not so yet');
    expect(item('Listen only')?.textContent).toBe('Listen only');
    asked.resolve(true);
    await act(() => people.set({ ...people.get(), participants: [owner, coHost] }));
    expect(item('End co-host')?.textContent).toBe('End co-host');
    expect([...page().querySelectorAll('.chip.host')].map(({ textContent }) => textContent)).toEqual([
      'Host',
      'Co-host',
    ]);
    // Somebody else ends it: that was not asked here.
    await act(() => people.set({ ...people.get(), participants: [owner, guest] }));
    expect(item('Make co-host')?.textContent).toBe('Make co-hostMay let in, mute and remove');
  });
});
