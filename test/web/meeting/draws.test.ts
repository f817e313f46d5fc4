import { Window } from 'happy-dom';
import { h, options, render, type VNode } from 'preact';
// Before anything else, so that hooks have said how they are told.
import 'preact/hooks';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createStore,
  type KnockRequest,
  type Participant,
  type RoomEvent,
  type RoomView,
  type Session,
} from '../../../packages/client/src/index.ts';
import { hosted, knockOf, stage } from './scene.ts';

// What is drawn when something happens: how long it takes is up to the machine, and how much it is, to the page.

/** What hooks, too, are told by: a component is about to be drawn. `__e`: where it begins on the page, once it is drawn. */
type Drawn = VNode & { readonly __e?: Node | null };
type Told = { __r?: ((node: Drawn) => void) | undefined };

let page: HTMLElement;
let drawn: Drawn[] = [];
const hooks: Told = options as Told;
const { __r: before } = hooks;

class Idle {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** An `IntersectionObserver` that says what a test says. */
class Sight {
  static all: Sight[] = [];
  readonly watched = new Set<Element>();
  /** Does it look further than the screen? */
  readonly isWide: boolean;
  readonly #tell: (entries: readonly object[], observer: object) => void;
  constructor(tell: (entries: readonly object[], observer: object) => void, { rootMargin }: { rootMargin?: string }) {
    this.#tell = tell;
    this.isWide = rootMargin !== undefined;
    Sight.all.push(this);
  }
  observe = (row: Element) => void this.watched.add(row);
  unobserve = (row: Element) => void this.watched.delete(row);
  disconnect = () => this.watched.clear();
  comesTo(rows: readonly Element[]): void {
    this.#tell(
      rows.map((target) => ({ target, isIntersecting: true })),
      this,
    );
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  const window = new Window({ url: 'https://meet.example.com/acme/design-review' });
  for (const name of ['document', 'location', 'localStorage', 'sessionStorage', 'Element', 'HTMLElement'] as const)
    vi.stubGlobal(name, window[name]);
  for (const name of ['Event', 'MutationObserver', 'Node', 'navigator'] as const) vi.stubGlobal(name, window[name]);
  vi.stubGlobal('requestAnimationFrame', (tell: () => void) => setTimeout(tell, 16));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
  vi.stubGlobal('ResizeObserver', Idle);
  vi.stubGlobal('IntersectionObserver', Sight);
  Sight.all = [];
  vi.stubGlobal('window', window);
  vi.stubGlobal('scrollY', 0);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  page = document.createElement('div');
  document.body.append(page);
  hooks.__r = (node) => {
    before?.(node);
    drawn.push(node);
  };
});
afterEach(async () => {
  await act(() => render(null, page));
  hooks.__r = before;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const { room, participants } = stage({ people: hosted(12), room: { title: 'Design review' } });
const me = participants.at(-1) as Participant;
const people = Array.from({ length: 6 }, (_, place) => knockOf(`Guest ${place}`, place, 'I am here for the review.'));
const at = '2026-01-01T12:00:00.000Z';
const past = people.map((knockRequest, place) => eventOf(`0${place}`, { __typename: 'KnockRequested', knockRequest }));

function eventOf(cursor: string, said: object): RoomEvent {
  return { by: null, at, cursor, ...said } as unknown as RoomEvent;
}

/** A host inside, who has the record open, with all panels drawn as far as they are by frames and timers. */
async function open(waiting = people) {
  const { RoomScreen } = await import('../../../web/screens/room-screen.tsx');
  const { Stay } = await import('../../../web/visit/stay.ts');
  const { goBy } = await import('../../../web/store.ts');
  goBy({ now: () => Date.now() });
  const view = createStore<RoomView>({
    ...{ room, me, participants, waiting, liveStream: null, state: 'OPEN', hearsEvents: true },
    ...{ leaveReason: null, error: null },
  });
  const listeners = new Set<(event: RoomEvent, before: RoomView) => void>();
  const session = {
    view,
    meeting: createStore({ mediaGrant: '', media: null, meetingUrl: null }),
    onEvent: (listener: (event: RoomEvent, before: RoomView) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readBans: async () => [{ id: 'ban', userName: 'Rude', network: false, createdAt: at }],
    readRecord: async () => ({ events: past, hasMore: false }),
    // The test's stand-in for a service: of a session it has what a stay asks.
  } as unknown as Session;
  const stay = new Stay({
    ...{ session, isHidden: false, onOver: () => undefined, onConnection: () => undefined },
    loadMeeting: () => Promise.resolve(),
  });
  stay.start();
  await act(() => render(h(RoomScreen, { stay, isConnected: true }), page));
  await act(() => stay.record.read());
  // Bans are read, and each row gets its buttons.
  for (let times = 0; times < 20; times += 1) await act(async () => void (await vi.advanceTimersByTimeAsync(250)));
  const happen = async ({ change, event }: Pick<Case, 'change' | 'event'>) => {
    drawn = [];
    await act(() => {
      const was = view.get();
      view.set({ ...was, ...change });
      if (event !== undefined) for (const listener of listeners) listener(event, was);
    });
  };
  return { happen, stay };
}

interface Case {
  readonly what: string;
  readonly change: Partial<RoomView>;
  readonly event?: RoomEvent;
  /** The panels of which something is drawn, and how many of their items. */
  readonly draws: Readonly<Record<string, number>>;
}

const nora: KnockRequest = knockOf('Nora', 7);
const [first, ...others] = people as [KnockRequest, ...KnockRequest[]];
const away: KnockRequest = { ...first, connection: 'RECONNECTING' };
const [guest, ...rest] = participants as [Participant, ...Participant[]];
const silent: Participant = { ...guest, audio: !guest.audio };

const cases: readonly Case[] = [
  {
    what: 'somebody who knocks',
    change: { waiting: [...people, nora] },
    event: eventOf('1', { __typename: 'KnockRequested', knockRequest: nora }),
    draws: { 'waiting-title': 1, 'record-title': 1 },
  },
  {
    what: 'one who waits and loses the line',
    change: { waiting: [away, ...others] },
    event: eventOf('1', { __typename: 'KnockChanged', knockStatus: 'PENDING', knockReason: null, knockRequest: away }),
    draws: { 'waiting-title': 1, 'record-title': 0 },
  },
  {
    what: 'one inside who is silent now',
    change: { participants: [silent, ...rest] },
    event: eventOf('1', { __typename: 'ParticipantUpdated', participant: silent }),
    draws: { 'people-title': 1, 'record-title': 0 },
  },
  {
    what: 'a live stream that begins',
    change: {
      liveStream: {
        ...{ id: 'live', status: 'LIVE', destinations: [], endedAt: null, error: null, startedAt: at },
        startedBy: { kind: 'SERVICE', name: null },
      },
    },
    draws: { around: 0, 'live-title': 0 },
  },
  { what: 'a view that was read again, and says the same', change: {}, draws: {} },
];

test.each(cases)('$what draws what shows it, and of each list the items that say it', async (one) => {
  const { happen, stay } = await open();
  expect(page.querySelectorAll('[data-admit]')).toHaveLength(people.length);
  const panels = [...page.querySelectorAll('.panel')].map((panel) => panel.getAttribute('aria-labelledby'));
  expect(panels).toHaveLength(7);
  await happen(one);
  const elements = drawn.flatMap(({ __e: place }) => (place instanceof Element ? place : (place?.parentElement ?? [])));
  const items = new Set(elements.map((element) => element.closest('li, [role=listitem]')));
  const found = ['around', ...panels].flatMap((panel) => {
    const inside = elements.filter(
      (element) => panel === (element.closest('.panel')?.getAttribute('aria-labelledby') ?? 'around'),
    );
    const ofLists = [...page.querySelectorAll<HTMLElement>(`[aria-labelledby=${panel}] :is(li, [role=listitem])`)];
    return inside.length === 0 ? [] : [[panel, ofLists.filter((item) => items.has(item)).length]];
  });
  expect(Object.fromEntries(found)).toEqual(one.draws);
  stay.stop();
});

test('whoever follows the room is told of nobody who knocks', async () => {
  const { happen, stay } = await open();
  const told: unknown[] = [];
  stay.state.subscribe(() => told.push(stay.state.get()));
  const [knock] = cases;
  await happen(knock ?? expect.unreachable('somebody knocks'));
  expect(told).toEqual([]);
  stay.stop();
});

test('how long each has waited is drawn when it says something else, and all are told by one timer', async () => {
  const timers = vi.spyOn(globalThis, 'setInterval');
  const { stay } = await open();
  expect(timers.mock.calls.filter(([, everyMs]) => everyMs === 10_000)).toHaveLength(1);
  const drawnWithin = async (ms: number) => {
    drawn = [];
    await act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
    return drawn.length;
  };
  expect([await drawnWithin(30_000), await drawnWithin(30_000)]).toEqual([0, people.length]);
  stay.stop();
});

const crowd = Array.from({ length: 30 }, (_, place) => knockOf(`Guest ${place}`, place));
const rowsIn = () => [...page.querySelectorAll('[data-knock]')];
const countWhole = () => page.querySelectorAll('[data-admit]').length;

test('whoever is not on screen gets buttons whenever the browser has time, and at the latest within a second each time', async () => {
  const idle: { readonly run: () => void; readonly timeout: number | undefined }[] = [];
  vi.stubGlobal('requestIdleCallback', (run: () => void, { timeout }: IdleRequestOptions = {}) => {
    idle.push({ run, timeout });
    return idle.length;
  });
  const ended = vi.fn();
  vi.stubGlobal('cancelIdleCallback', ended);
  const { stay } = await open(crowd);
  // Those at the top, without being asked whether they are on screen.
  expect([rowsIn().length, countWhole()]).toEqual([crowd.length, 8]);
  let whole = 8;
  // Each is called once, as by a browser.
  for (let place = 0; whole < crowd.length; place += 1, whole = countWhole()) {
    const { run, timeout } = idle[place] ?? expect.unreachable('it is waited for again');
    expect(timeout).toBe(1_000);
    await act(run);
    expect(countWhole()).toBeGreaterThan(whole);
  }
  // Then nobody is waited for.
  expect(ended).toHaveBeenLastCalledWith(idle.length);
  stay.stop();
});

test('only whoever is near is looked at for whether they are seen', async () => {
  const { stay } = await open(crowd);
  // Rows stand in batches, of which each comes near as a whole.
  const near = rowsIn().slice(8, 16);
  const [wide, narrow] = [true, false].map((isWide) => Sight.all.filter((one) => one.isWide === isWide)) as [
    Sight[],
    Sight[],
  ];
  const watched = () => narrow.flatMap((one) => [...one.watched]);
  expect(watched()).toEqual([]);
  await act(() =>
    wide
      .find((one) => one.watched.size > 0)
      ?.comesTo([...new Set(near.map(({ parentElement }) => parentElement as Element))]),
  );
  expect(watched()).toEqual(near);
  stay.stop();
});

test('a row that is as it was is not even compared', async () => {
  const { QueueRow } = await import('../../../web/console/queue/row.tsx');
  const compared = vi.spyOn(QueueRow.prototype, 'shouldComponentUpdate');
  const { happen, stay } = await open();
  const comparedWith = async (waiting: readonly KnockRequest[]) => {
    compared.mockClear();
    await happen({ change: { waiting } });
    expect(rowsIn()).toHaveLength(waiting.length);
    return compared.mock.contexts.map((row) => (row instanceof QueueRow ? row.props.row.knock.userName : ''));
  };
  expect(await comparedWith([...people, nora])).toEqual([]);
  expect(await comparedWith([away, ...others, nora])).toEqual([first.userName]);
  stay.stop();
});

test('whoever comes on screen draws no row, and is counted by the button for all who were seen', async () => {
  const { stay } = await open();
  drawn = [];
  await act(() => void stay.desk.take({ is: 'SEEN', ids: people.slice(0, 3).map(({ id }) => id) }));
  expect(page.querySelector('.waiting-tools button')?.textContent).toContain('3');
  const places = drawn.flatMap(({ __e: place }) => (place instanceof Element ? place : []));
  expect(places.filter((place) => place.closest('.queue') !== null)).toEqual([]);
  stay.stop();
});
