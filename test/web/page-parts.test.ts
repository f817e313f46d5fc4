import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RoomEvent } from '../../packages/client/src/index.ts';
import { keepDraft, readDraft } from '../../web/console/drafts.ts';
import { readUndoMs, setUndoMs } from '../../web/console/queue/preferences.ts';
import { undoTimes } from '../../web/console/queue/queue.ts';
import { recordLine } from '../../web/console/record-line.ts';
import { notices, tell } from '../../web/notices.ts';
import { wholeEnglish } from '../../web/texts/en-whole.ts';
import { speakPart } from '../../web/texts/speak.ts';
import { formatClock, formatDuration, formatLeft, formatMoment } from '../../web/texts/times.ts';
import { readClaims } from '../../web/token-claims.ts';
import { afterEvent, type StayState } from '../../web/visit/stay-state.ts';
import { knockOf } from './meeting/scene.ts';

// Parts of the page that need no browser.

const texts = speakPart(wholeEnglish, {}, 'en');

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an event in a sentence', () => {
  const by = { kind: 'PARTICIPANT', name: 'Mara', userId: null };
  const changed = (knockStatus: string, knockReason: string | null) =>
    ({ __typename: 'KnockChanged', by, knockStatus, knockReason, knockRequest: knockOf('Gus', 0) }) as RoomEvent;

  test.each([
    ['ADMITTED', null, texts.record.ADMITTED('Mara', 'Gus')],
    ['ADMITTED', 'ROOM_OPENED', texts.record.ROOM_OPENED('Gus')],
    ['DENIED', null, texts.record.DENIED('Mara', 'Gus')],
    ['CANCELLED', 'WITHDRAWN', texts.record.CANCELLED('Gus')],
    ['CANCELLED', 'KNOCKER_LEFT', texts.record.KNOCKER_LEFT('Gus')],
    ['EXPIRED', 'RECALLED', texts.record.RECALLED('Gus')],
    ['EXPIRED', 'TIMEOUT', texts.record.EXPIRED('Gus')],
  ])('of a knock that is %s (%s): %s', (status, reason, sentence) => {
    expect(recordLine(changed(status, reason), texts)).toBe(sentence);
  });

  test.each([
    ['nobody answered', { kind: 'SERVICE', name: null, userId: null }, texts.record.EXPIRED('Gus')],
    ['an admission ended', by, texts.record.RECALLED('Gus')],
  ])('of time that is over, where %s: %s', (_what, decidedBy, sentence) => {
    const knockRequest = { ...knockOf('Gus', 0), status: 'EXPIRED', decidedBy };
    const event = { ...changed('EXPIRED', 'TIMED_OUT'), knockRequest } as RoomEvent;
    expect(recordLine(event, texts)).toBe(sentence);
  });
});

describe('the list of the banned is read anew', () => {
  const left = (leaveReason: string) => ({ __typename: 'ParticipantLeft', leaveReason }) as RoomEvent;
  const knock = (status: string) =>
    ({ __typename: 'KnockChanged', knockRequest: { ...knockOf('Gus', 0), status } }) as RoomEvent;

  test.each([
    ['somebody is banned', left('BANNED'), 1],
    ['a knock is denied, perhaps with a ban', knock('DENIED'), 1],
    ['and not when somebody is removed', left('EJECTED'), 0],
    ['and not when somebody is admitted', knock('ADMITTED'), 0],
  ])('when %s', (_when, event, more) => {
    expect(afterEvent({ banCount: 3 } as StayState, event).banCount).toBe(3 + more);
  });
});

describe('what a token says', () => {
  const tokenOf = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  const olga = { userName: 'Olga Ö.', isOwner: true, lang: 'de', exp: new Date(1_000_000) };

  test.each([
    ['long', { user_name: 'Olga Ö.', is_owner: true, lang: 'de', exp: 1000 }],
    ['short', { u: 'Olga Ö.', o: true, uil: 'de', exp: 1000 }],
  ])('by its %s names is shown', (_names, claims) => {
    expect(readClaims(tokenOf(claims))).toEqual(olga);
  });

  test('is nothing where it cannot be read, and nobody is an owner by a word', () => {
    const nothing = { userName: null, isOwner: false, lang: null, exp: null };
    for (const token of [null, '', 'a.b.c', tokenOf({ u: 7, o: 'true', exp: 'soon' })])
      expect(readClaims(token)).toEqual(nothing);
  });
});

test.each([
  [-1, '0:00'],
  [5_000, '0:05'],
  [275_000, '4:35'],
  [3_599_001, '1:00:00'],
  [3_875_000, '1:04:35'],
  [36_000_000, '10:00:00'],
])('%d ms run out as %s', (milliseconds, shown) => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  expect(formatLeft(milliseconds)).toBe(shown);
});

test.each([
  [-1, '0 sec'],
  [59_000, '59 sec'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [3_600_000, '1 hr'],
  [3_660_000, '1 hr 1 min'],
  [10_740_000, '2 hr 59 min'],
])('%d ms have lasted %s', (milliseconds, shown) => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  expect(formatDuration(milliseconds)).toBe(shown);
});

test('a format is made once for all that is written by it, and another for another language', () => {
  const made: string[] = [];
  class CountedNumbers extends Intl.NumberFormat {
    constructor(tag: string, how: Intl.NumberFormatOptions) {
      super(tag, how);
      made.push(`numbers ${tag}`);
    }
  }
  class CountedMoments extends Intl.DateTimeFormat {
    constructor(tag: string, how: Intl.DateTimeFormatOptions) {
      super(tag, how);
      made.push(`moments ${tag}`);
    }
  }
  const counted = { NumberFormat: CountedNumbers, DateTimeFormat: CountedMoments };
  vi.stubGlobal('Intl', Object.assign(Object.create(Intl), counted));
  const write = () => [formatLeft(275_000), formatMoment('2020-01-01T12:00:00Z'), formatClock('2020-01-01T12:00:00Z')];
  const writtenIn = (tag: string) => {
    vi.stubGlobal('navigator', { languages: [tag] });
    return [write(), write(), write()];
  };
  const [first, ...again] = writtenIn('en-ZA');
  expect(again).toEqual([first, first]);
  // Two of digits, and two of moments.
  const once = (tag: string) => ['numbers', 'numbers', 'moments', 'moments'].map((what) => `${what} ${tag}`);
  expect(made).toEqual(once('en-ZA'));
  writtenIn('en-NZ');
  expect(made.slice(4)).toEqual(once('en-NZ'));
});

describe('a notice', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    notices.set([]);
  });

  test.each(['quiet', 'good', 'bad'] as const)(
    'that is %s and comes again stands there once, as the newest',
    (tone) => {
      for (const text of ['It did not work.', 'Another.', 'It did not work.']) tell(text, tone);
      expect(notices.get().map(({ text }) => text)).toEqual(['Another.', 'It did not work.']);
    },
  );

  test('goes by itself, and its repetition stays its own time', () => {
    tell('Copied.');
    vi.advanceTimersByTime(4_000);
    tell('Copied.');
    vi.advanceTimersByTime(4_000);
    expect(notices.get()).toHaveLength(1);
    vi.advanceTimersByTime(3_000);
    expect(notices.get()).toEqual([]);
  });
});

test('how long a decision can be taken back is as this browser has chosen, and else the shortest', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
  });
  expect(readUndoMs()).toBe(undoTimes[0]);
  for (const time of undoTimes) {
    setUndoMs(time);
    expect(readUndoMs()).toBe(time);
  }
  setUndoMs(7_000);
  expect(readUndoMs()).toBe(undoTimes[0]);
});

test('a draft is kept for the one whom it is for, and an empty one is forgotten', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  });
  keepDraft('one', 'In a minu');
  expect([readDraft('one'), readDraft('two')]).toEqual(['In a minu', '']);
  keepDraft('one', '');
  expect([readDraft('one'), kept.size]).toEqual(['', 0]);
});
