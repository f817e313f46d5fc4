import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { alerts } from '../../web/alerts.ts';
import { hostAlerts } from '../../web/console/host-alerts.ts';

/** What somebody at this page hears and sees, as the browser is told it. */
let page: {
  isHidden: boolean;
  readonly notes: number[];
  readonly shown: string[];
  /** What a press on the last notification does. */
  onclick: (() => void) | null;
  /** What was done to the window and to notifications. */
  readonly done: string[];
  readonly kept: Map<string, string>;
};
let browser: EventTarget;
let tab: EventTarget & { title: string };
/** Grows through all tests, as it does for a page: a crowd of one is over in the next. */
let now = 0;

beforeEach(() => {
  const mine: typeof page = { isHidden: true, notes: [], shown: [], onclick: null, done: [], kept: new Map() };
  page = mine;
  browser = new EventTarget();
  tab = Object.assign(new EventTarget(), { title: '', hasFocus: () => !mine.isHidden });
  Object.defineProperty(tab, 'hidden', { get: () => mine.isHidden });
  vi.useFakeTimers();
  now += 60_000;
  vi.advanceTimersByTime(now);
  vi.stubGlobal('document', tab);
  vi.stubGlobal('window', { focus: () => mine.done.push('focus') });
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => mine.kept.get(name) ?? null,
    setItem: (name: string, text: string) => mine.kept.set(name, text),
  });
  vi.stubGlobal('AudioContext', PlayedAudio);
  vi.stubGlobal('OscillatorNode', PlayedNote);
  vi.stubGlobal('GainNode', PlayedVolume);
  vi.stubGlobal('Notification', Shown);
  alerts.setTitle('Waiting room', 'Review');
  hostAlerts.countWaiting(0);
  alerts.listen();
  browser.dispatchEvent(new Event('keydown'));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

class PlayedAudio {
  /** The one that the page has: it keeps it. */
  static theOne: PlayedAudio | undefined;
  state = 'running';
  currentTime = 0;
  resumed = 0;
  constructor() {
    PlayedAudio.theOne = this;
  }
  resume = async () => {
    this.resumed += 1;
    this.state = 'running';
  };
}

class PlayedVolume {
  gain = {
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: () => undefined,
    exponentialRampToValueAtTime: () => undefined,
  };
  connect = () => this;
}

class PlayedNote {
  readonly #frequency: number;
  constructor(_audio: PlayedAudio, { frequency }: { readonly frequency: number }) {
    this.#frequency = frequency;
  }
  connect = () => new PlayedVolume();
  start = () => void page.notes.push(this.#frequency);
  stop = () => undefined;
}

class Shown {
  static permission = 'granted';
  constructor(title: string) {
    page.shown.push(title);
  }
  set onclick(press: () => void) {
    page.onclick = press;
  }
  close = () => void page.done.push('close');
}

test('a notification that is pressed brings the page back, and goes', () => {
  hostAlerts.knockCame('Gus');
  expect(page.done).toEqual([]);
  page.onclick?.();
  expect(page.done).toEqual(['focus', 'close']);
});

test.each(['pointerdown', 'keydown'])('sound that the browser has paused goes on with the next %s', (gesture) => {
  const audio = PlayedAudio.theOne ?? expect.unreachable('the page has touched its sound');
  const before = audio.resumed;
  audio.state = 'suspended';
  browser.dispatchEvent(new Event(gesture));
  expect(audio.resumed).toBeGreaterThan(before);
  const after = audio.resumed;
  browser.dispatchEvent(new Event(gesture));
  expect(audio.resumed).toBe(after);
});

test('a knock rings, and a page whose sound is off is silent whatever happens', () => {
  hostAlerts.knockCame('Gus');
  expect(page.notes).toEqual([659, 988]);
  vi.advanceTimersByTime(10_000);
  alerts.setSound(false);
  hostAlerts.knockCame('Gus');
  alerts.chime();
  alerts.letIn();
  expect(page.notes).toEqual([659, 988]);
});

test('a knock is a notification of the system to whoever does not look, unless they want none', () => {
  hostAlerts.knockCame('Gus');
  expect(page.shown).toEqual([expect.stringContaining('Gus')]);
  hostAlerts.setNotifying(false);
  hostAlerts.knockCame('Una');
  hostAlerts.setNotifying(true);
  page.isHidden = false;
  hostAlerts.knockCame('Una');
  expect(page.shown).toHaveLength(1);
});

const here = 'https://meet.example.com';

test.each([
  ['on a page by itself, before anybody was asked', true, 'default', here, true],
  ['where somebody was asked before', false, 'granted', here, true],
  ['where they said no', false, 'denied', here, true],
  ['where this browser was told to show none', false, 'default', here, false],
  ['in a frame of another site, where no browser asks', false, 'default', null, true],
])('whether notifications are asked for: %s', (_where, may, permission, top, isWanted) => {
  const seen = { location: { origin: top } };
  const hidden = {
    get location(): never {
      throw new DOMException('', 'SecurityError');
    },
  };
  vi.stubGlobal('location', { origin: here });
  vi.stubGlobal('top', top === null ? hidden : seen);
  vi.stubGlobal(
    'Notification',
    class extends Shown {
      static override permission = permission;
    },
  );
  hostAlerts.setNotifying(isWanted);
  expect(hostAlerts.mayAsk).toBe(may);
});

test('of many who come at once the title says the first, and a moment later how many there are', () => {
  vi.advanceTimersByTime(1_000);
  const said = [1, 2, 3, 60].map((count) => {
    hostAlerts.countWaiting(count);
    return tab.title.split(' ')[0];
  });
  expect(said).toEqual(['(1)', '(1)', '(1)', '(1)']);
  vi.advanceTimersByTime(100);
  expect(tab.title).toMatch(/^\(60\) /);
  hostAlerts.countWaiting(0);
  vi.advanceTimersByTime(100);
  expect(tab.title).toBe('Waiting room · Review');
});

test('each who writes is shown, and many at once are heard once', () => {
  for (const words of ['Ada: I am here.', 'Ben: So am I.']) hostAlerts.wordCame(words);
  expect(page.notes).toEqual([880]);
  expect(page.shown).toEqual(['Ada: I am here.', 'Ben: So am I.']);
});

test('a call stands in the title until somebody looks, and no longer', () => {
  alerts.call('The host has written');
  expect(tab.title).toBe('The host has written · Review');
  page.isHidden = false;
  tab.dispatchEvent(new Event('visibilitychange'));
  expect(tab.title).toBe('Waiting room · Review');
  page.isHidden = true;
  hostAlerts.countWaiting(2);
  expect(tab.title).toMatch(/^\(2\) .+ · Review$/);
});

// It is the last one here: the page remembers it.
test('a browser that shows none from a page is found out, and hears of everybody else all the same', () => {
  class Refused extends Shown {
    constructor(title: string) {
      super(title);
      throw new TypeError('Illegal constructor');
    }
  }
  vi.stubGlobal('Notification', Refused);
  expect([hostAlerts.isNotifying, hostAlerts.cannotNotify]).toEqual([true, false]);
  for (const name of ['Ada', 'Ben']) hostAlerts.knockCame(name);
  expect(page.shown).toHaveLength(1);
  expect([hostAlerts.isNotifying, hostAlerts.cannotNotify]).toEqual([false, true]);
});
