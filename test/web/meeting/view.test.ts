import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pendingOf, settle } from '../../../web/console/asks.ts';
import { bringToFront, frontMs, inStrip, lookAgainAt, nobodyInFront } from '../../../web/meeting/layout/strip.ts';
import {
  afterSharers,
  countListening,
  heldStill,
  picturesOf,
  speakerAmong,
  viewOf,
} from '../../../web/meeting/layout/view.ts';
import { crowd, someone } from './scene.ts';

const plain = { isBroadcast: false, sharers: [], chosen: null };
const idsOf = (people: readonly { readonly id: string }[]) => people.map(({ id }) => id);

describe('who has a tile', () => {
  test('is everybody, in the order in which they came, whoever speaks', () => {
    const people = crowd(6, { 4: { isSpeaking: true } });
    expect(viewOf(people, plain).people).toEqual(people);
  });

  test('is only who is seen and heard, where only hosts are; the others are counted', () => {
    const people = crowd(5, { 1: { isListener: true }, 2: { isListener: true }, 4: { isListener: true } });
    const view = viewOf(people, { ...plain, isBroadcast: true });
    expect(idsOf(view.people)).toEqual(['p0', 'p3']);
    expect([countListening(people, true), countListening(people, false)]).toEqual([3, 0]);
  });

  test('is not oneself, where one only listens; others who listen have one', () => {
    const people = crowd(3, { 1: { isListener: true }, 2: { isListener: true, isMe: true } });
    expect(idsOf(viewOf(people, plain).people)).toEqual(['p0', 'p1']);
  });

  test('whoever stays keeps their place among those who stay, whoever comes or goes', () => {
    const some = fc.subarray([...Array(30).keys()], { minLength: 1 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const shown = (places: readonly number[]) =>
          idsOf(
            viewOf(
              places.map((place) => someone(place)),
              plain,
            ).people,
          );
        const stayed = new Set(shown(before).filter((id) => shown(after).includes(id)));
        expect(shown(before).filter((id) => stayed.has(id))).toEqual(shown(after).filter((id) => stayed.has(id)));
      }),
    );
  });

  test('nothing moves while something of somebody’s is chosen: who came waits, who went keeps a place without a picture', () => {
    const held = crowd(3);
    const now = [someone(0), someone(2, { isMe: true }), someone(3)];
    const people = heldStill(now, held);
    expect(idsOf(people)).toEqual(['p0', 'p1', 'p2']);
    expect(people[1]?.camera).toBeNull();
    expect(heldStill(now, null)).toBe(now);
  });
});

describe('whose screen is in front', () => {
  const people = crowd(5, { 1: { screen: true }, 3: { screen: true } });

  test('is that of whoever began last, unless somebody has asked for another', () => {
    const shown = (chosen: string | null) => viewOf(people, { ...plain, sharers: ['p3', 'p1'], chosen });
    expect(shown(null).front?.id).toBe('p1');
    expect(shown('p3').front?.id).toBe('p3');
    expect(idsOf(shown('p3').otherScreens)).toEqual(['p1']);
    expect(shown('gone').front?.id).toBe('p1');
  });

  test('is the same before anybody has looked: of somebody who has just begun', () => {
    expect(viewOf(people, plain).front?.id).toBe('p3');
    expect(viewOf(people, { ...plain, sharers: ['p3'] }).front?.id).toBe('p1');
  });

  test('is never one’s own, which would show itself in itself', () => {
    const own = crowd(2, { 1: { screen: true, isMe: true } });
    expect(viewOf(own, { ...plain, sharers: ['p1'] }).front).toBeNull();
  });

  test('those who go on sharing stay in their order, and new ones come after them', () => {
    const before = afterSharers(['p3', 'p0'], people);
    expect(before).toEqual(['p3', 'p1']);
    expect(afterSharers(before, people)).toBe(before);
  });

  test('what is received is the screen in front, and the cameras of who is on the page', () => {
    const view = viewOf(people, { ...plain, sharers: ['p1', 'p3'] });
    expect(picturesOf(people.slice(0, 2), view.front)).toEqual(['p3/screen', 'p0/camera', 'p1/camera']);
    expect(picturesOf([someone(0, { camera: false })], null)).toEqual([]);
  });
});

describe('the first place beside a screen', () => {
  test('goes to the speaker, and to the next one not before four seconds are over', () => {
    const first = bringToFront(nobodyInFront, 'p2', 1_000, false);
    expect(first).toEqual({ id: 'p2', at: 1_000 });
    expect(bringToFront(first, 'p3', 1_000 + frontMs - 1, false)).toBe(first);
    expect(lookAgainAt(first, 'p3')).toBe(1_000 + frontMs);
    expect(bringToFront(first, 'p3', 1_000 + frontMs, false).id).toBe('p3');
  });

  test('stays with whoever has it while nobody else speaks, and while the pointer is there', () => {
    const first = bringToFront(nobodyInFront, 'p2', 1_000, false);
    expect(bringToFront(first, null, 99_000, false)).toBe(first);
    expect(lookAgainAt(first, null)).toBeNull();
    expect(bringToFront(first, 'p3', 99_000, true)).toBe(first);
  });

  test('leaves all others in their order', () => {
    const people = crowd(5);
    expect(idsOf(inStrip(people, { id: 'p3', at: 0 }))).toEqual(['p3', 'p0', 'p1', 'p2', 'p4']);
    expect(inStrip(people, nobodyInFront)).toBe(people);
    expect(inStrip(people, { id: 'gone', at: 0 })).toBe(people);
  });
});

test('the speaker is the loudest of the others', () => {
  const people = crowd(4);
  expect(speakerAmong(['p3', 'p1', 'p0'], people)?.id).toBe('p1');
  expect(speakerAmong(['p3'], people)).toBeNull();
});

test('what was asked of somebody is pending until it is so', () => {
  const asked = [
    { person: 'p0', kind: 'mute' },
    { person: 'p0', kind: 'camera' },
    { person: 'p1', kind: 'unmute' },
  ] as const;
  expect(pendingOf(asked, someone(0, { isHeard: true }))).toEqual(['mute', 'camera']);
  expect(pendingOf(asked, someone(0, { isHeard: false, camera: false }))).toEqual([]);
  expect(pendingOf(asked, someone(1, { isHeard: false }))).toEqual(['unmute']);
  expect(pendingOf(asked, someone(1, { isHeard: true }))).toEqual([]);
});

test('what was asked and became so is over, and does not come back when somebody changes it by themselves', () => {
  const kinds = {
    ...{ mute: { isHeard: false }, unmute: { isHeard: true }, camera: { camera: false }, screen: {} },
    ...{ listen: { isListener: true }, speak: {}, coHost: { isCoHost: true }, noCoHost: {} },
  } as const;
  const before = {
    ...{ mute: { isHeard: true }, unmute: { isHeard: false }, camera: {}, screen: { screen: true } },
    ...{ listen: {}, speak: { isListener: true }, coHost: {}, noCoHost: { isCoHost: true } },
  } as const;
  for (const kind of ['mute', 'unmute', 'camera', 'screen', 'listen', 'speak', 'coHost', 'noCoHost'] as const) {
    const asked = [{ person: 'p1', kind }];
    const pending = settle(asked, crowd(2, { 1: before[kind] }));
    expect(pending, kind).toBe(asked);
    const over = settle(pending, crowd(2, { 1: kinds[kind] }));
    expect(settle(over, crowd(2, { 1: before[kind] })), kind).toEqual([]);
    expect(settle(asked, crowd(1)), kind).toEqual([]);
  }
});
