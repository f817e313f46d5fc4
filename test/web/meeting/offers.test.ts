import { h } from 'preact';
import { describe, expect, test, vi } from 'vitest';
import { createStore } from '../../../packages/client/src/index.ts';
import type { Call } from '../../../web/meeting/call.ts';
import { type CallLoss, callLosses } from '../../../web/meeting/call-state.ts';
import { Head } from '../../../web/meeting/ui/head.tsx';
import { Lines } from '../../../web/meeting/ui/lines.tsx';
import { LostCard } from '../../../web/meeting/ui/lost-card.tsx';
import { Panel } from '../../../web/meeting/ui/panel.tsx';
import { PeoplePanel } from '../../../web/meeting/ui/people-panel.tsx';
import { hasDeeds, PersonDeeds } from '../../../web/meeting/ui/person-deeds.tsx';
import { enMeeting } from '../../../web/texts/en-meeting.ts';
import { enRecord } from '../../../web/texts/en-record.ts';
import { enSettings } from '../../../web/texts/en-settings.ts';
import { roomTextsNow } from '../../../web/texts/room-texts.ts';
import { speakPart } from '../../../web/texts/speak.ts';
import type { PeopleActions } from '../../../web/visit/actions/people-actions.ts';
import type { Stay } from '../../../web/visit/stay.ts';
import type { StayState } from '../../../web/visit/stay-state.ts';
import { openMemoryPage } from './memory-page.ts';
import { callOf, crowd, lostBy, stage } from './scene.ts';

// What the meeting offers to whom, and what it says of whom, in a document in memory.

const { page, show, find, named, press } = openMemoryPage();
const texts = roomTextsNow();
const meeting = speakPart(enMeeting, enMeeting, 'en');

const roles = { 'another owner': 0, 'a guest': 1, 'a listener': 2, 'a co-host': 3 } as const;
type Role = keyof typeof roles;
const people = crowd(5, {
  1: { isHeard: false },
  2: { isListener: true, isHeard: false },
  3: { isCoHost: true, isHeard: false },
});
const { room, participants } = stage({ people });
type Someone = StayState['me'];
const [, , , , me] = participants as readonly Someone[] as readonly [Someone, Someone, Someone, Someone, Someone];

const rights = {
  owner: ['PARTICIPANTS', 'STREAMING'],
  'co-host': ['PARTICIPANTS'],
  streamer: ['STREAMING'],
  guest: [],
} as const;
/** The room as one of these sees it. */
const seenBy = (viewer: keyof typeof rights, inRoom: Partial<StayState['room']> = {}): StayState => {
  const permissions = { ...me.permissions, canAdmin: [...rights[viewer]] };
  const own = { ...me, isOwner: viewer === 'owner', permissions };
  const all = { me: own, room: { ...room, ...inRoom }, participants: [...participants.slice(0, -1), own] };
  return { ...all, liveStream: null, hasMedia: true, banCount: 0 } as unknown as StayState;
};
const personOf = (role: Role) => people[roles[role]] as (typeof people)[number];
const participantOf = (role: Role) => participants[roles[role]] as Someone;
const callWith = (state: Parameters<typeof callOf>[1] = {}, there = people) =>
  ({ state: createStore(callOf(there, state)) }) as unknown as Call;

const choices = () => [...page().querySelectorAll<HTMLElement>('.choose')];
const labelOf = (one: HTMLElement) => one.querySelector('span:last-child')?.firstChild?.textContent ?? '';
const { askUnmute, cameraOff, screenOff, maySend, receiveOnly, toLobby, eject, ban } = texts.person;
const leaving = [`${eject}…`, `${ban}…`];

describe('in the menu of a person', () => {
  const { coHost, endCoHost } = meeting.person;
  test.each([
    ['owner', 'another owner', {}, [askUnmute, cameraOff, screenOff, receiveOnly, ...leaving]],
    ['owner', 'a guest', {}, [askUnmute, cameraOff, screenOff, receiveOnly, coHost, `${toLobby}…`, ...leaving]],
    ['owner', 'a co-host', {}, [askUnmute, cameraOff, screenOff, receiveOnly, endCoHost, `${toLobby}…`, ...leaving]],
    ['owner', 'a listener', {}, [cameraOff, screenOff, maySend, coHost, `${toLobby}…`, ...leaving]],
    ['owner', 'a listener', { ownerOnlyBroadcast: true }, [cameraOff, screenOff, coHost, `${toLobby}…`, ...leaving]],
    ['co-host', 'a guest', {}, [cameraOff, screenOff, receiveOnly, `${toLobby}…`, ...leaving]],
    ['co-host', 'a listener', {}, [cameraOff, screenOff, maySend, `${toLobby}…`, ...leaving]],
  ] as const)(
    'a viewer who is %s is offered of %s, in the room %o, what they may do',
    async (viewer, whom, inRoom, offered) => {
      const state = seenBy(viewer, inRoom);
      await show(h(PersonDeeds, { state, person: personOf(whom), actions: {} as PeopleActions }));
      expect(choices().map(labelOf)).toEqual(offered);
    },
  );

  test.each([
    ['a guest', coHost, ['setCoHost', true]],
    ['a co-host', endCoHost, ['setCoHost', false]],
    ['a guest', receiveOnly, ['setMaySend', false]],
    ['a listener', maySend, ['setMaySend', true]],
  ] as const)('of %s “%s” asks for just that: %o', async (whom, words, asked) => {
    const calls: unknown[] = [];
    const noting = (name: string) => async (of: Someone, to: boolean) => calls.push([of.id, name, to]) > 0;
    const actions = Object.fromEntries(['setCoHost', 'setMaySend'].map((name) => [name, noting(name)]));
    const state = seenBy('owner');
    await show(h(PersonDeeds, { state, person: personOf(whom), actions: actions as unknown as PeopleActions }));
    await press(choices().find((one) => labelOf(one) === words));
    expect(calls).toEqual([[participantOf(whom).id, ...asked]]);
  });

  test.each([
    ['owner', ['another owner', 'a guest', 'a listener', 'a co-host']],
    ['co-host', ['a guest', 'a listener', 'a co-host']],
    ['streamer', []],
    ['guest', []],
  ] as const)('a viewer who is %s has choices for %o', (viewer, ofWhom) => {
    const state = seenBy(viewer);
    expect(Object.keys(roles).filter((role) => hasDeeds(state, personOf(role as Role)))).toEqual(ofWhom);
    expect(hasDeeds(state, { isMe: true, isHost: false })).toBe(false);
  });
});

describe('beside the meeting', () => {
  const stay = (state: StayState) =>
    ({
      state: createStore(state),
      record: { state: createStore(null) },
      people: { readBans: async () => [] },
    }) as unknown as Stay;

  test.each([
    ['owner', [texts.live.title, enSettings.title, enSettings.alerts, enRecord.title]],
    ['co-host', [enSettings.alerts, enRecord.title]],
    ['streamer', [texts.live.title]],
    ['guest', []],
  ] as const)('the settings of a viewer who is %s have %o', async (viewer, parts) => {
    const state = seenBy(viewer);
    const isAdmin = ['owner', 'co-host'].includes(viewer);
    const props = { stay: stay(state), state, call: callWith(), isAdmin, onClose: () => undefined };
    await show(h(Panel, { name: 'settings', ...props }));
    const titles = [...page().querySelectorAll('.panel h2')].map(({ textContent }) => textContent);
    expect(titles).toEqual(parts);
  });

  test.each([
    ['owner', true, true],
    ['co-host', true, true],
    ['guest', true, false],
    ['streamer', true, false],
    ['owner', false, false],
  ] as const)(
    'a viewer who is %s, where a guest is heard (%s), may mute all guests: %s',
    async (viewer, isHeard, may) => {
      const state = seenBy(viewer);
      const there = people.map((one) => ({ ...one, isHeard: one.isHost || (isHeard && one.id === 'p1') }));
      await show(h(PeoplePanel, { stay: stay(state), state, call: callWith({}, there), close: null }));
      expect(named(texts.person.muteAll) !== undefined).toBe(may);
    },
  );

  test.each([
    [false, false, null],
    [true, false, texts.room.reconnecting],
    [false, true, meeting.noMedia],
    [true, true, texts.room.reconnecting],
  ])(
    'of whoever is away (%s) and not on the media server (%s) stands in the list: %s',
    async (isAway, isOffMedia, says) => {
      const state = seenBy('guest');
      const there = people.map((one) => (one.id === 'p1' ? { ...one, isAway, isOffMedia } : one));
      await show(h(PeoplePanel, { stay: stay(state), state, call: callWith({}, there), close: null }));
      const said = [...page().querySelectorAll('.member')].map(
        (one) => one.querySelector('.is-away')?.textContent ?? null,
      );
      expect(said).toEqual(people.map(({ id }) => (id === 'p1' ? says : null)));
    },
  );
});

test.each([
  [true, true, false, meeting.asksBoth('Olga')],
  [true, false, false, meeting.asksMic('Olga')],
  [false, true, false, meeting.asksCamera('Olga')],
  [false, false, true, meeting.asksScreen('Olga')],
])(
  'whoever is asked for microphone (%s), camera (%s) or screen (%s) reads just that',
  async (audio, video, screenShare, says) => {
    const request = { audio, video, screenShare, by: 'Olga' };
    await show(h(Lines, { call: callWith({ request }), isLost: false, goesOn: true }));
    expect(find('.sayline > span').textContent).toBe(says);
  },
);

test.each([
  [true, [], meeting.sharesMe],
  [true, [1], meeting.sharesMe],
  [false, [1], meeting.shares('Jonas Weber')],
  [false, [], texts.room.privacyKnock],
])('where one shares (%s), and so do those at %o, stands at the top: %s', async (isMine, others, says) => {
  const there = crowd(5, Object.fromEntries(others.map((place) => [place, { screen: true }])));
  const screen = { state: isMine ? 'on' : 'off', isAllowed: true, whyOff: null } as const;
  const parts = {
    isHidden: false,
    sharing: { sharers: others.map((place) => `p${place}`), chosen: null },
    listening: 0,
  };
  await show(h(Head, { ...parts, call: callWith({ screen }, there), state: seenBy('owner') }));
  expect(find('.head-matters').textContent).toBe(says);
});

/** Out by a word that the service's page answers, by one's own wish, or where the browser cannot: no press brings anything. */
const withoutWay: readonly CallLoss[] = ['removed', 'closed', 'takenOver', 'left', 'unsupported'];
test.each(callLosses)(
  'without picture and sound (%s) one is offered to try again only where that helps',
  async (why) => {
    const rejoin = vi.fn();
    await show(h(LostCard, { call: { rejoin } as unknown as Call, lost: lostBy(why) }));
    expect(page().querySelectorAll('button')).toHaveLength(withoutWay.includes(why) ? 0 : 1);
  },
);
