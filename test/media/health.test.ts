import { expect, test } from 'vitest';
import { createMediaHealth } from '../../src/media/health.ts';
import type { MediaOutcome } from '../../src/media/port.ts';
import type { DomainId, MediaServerId } from '../../src/rules/ids.ts';
import { dueWithinMs } from '../../src/storage/media-room.ts';

const place = { domainId: 'd' as DomainId, mediaServerId: '1' as MediaServerId };
const ofDomain = (name: string) => ({ domainId: name as DomainId, mediaServerId: name as MediaServerId });

/** A media server that is asked by a clock of the test's own. */
function asking() {
  let ms = 0;
  const health = createMediaHealth(100, () => ms);
  return {
    health,
    pass: (more: number) => {
      ms += more;
    },
    ask: (outcome: MediaOutcome['outcome'], isWanted = false) => {
      expect(health.enter(place, isWanted)).toBe(0);
      const isBack = health.answered(place.mediaServerId, outcome);
      health.leave(place);
      return isBack;
    },
  };
}

test('a media server that answers is asked as often as it takes, by 25 rooms at once and no more', () => {
  const { health, ask } = asking();
  for (let count = 0; count < 60; count += 1) ask('DONE');
  for (let count = 0; count < 25; count += 1) expect(health.enter(place, false)).toBe(0);
  expect(health.enter(place, false)).toBe(500);
  health.leave(place);
  expect(health.enter(place, false)).toBe(0);
});

test.each([true, false])('a room that gets no place is not claimed again at once, wanted or not: %s', (isWanted) => {
  const { health } = asking();
  while (health.enter(place, isWanted) === 0);
  expect(health.enter(place, isWanted)).toBeGreaterThan(3 * dueWithinMs);
});

test('however many domains have slow media servers, the next one has a place, and no domain has more by having several', () => {
  const { health } = asking();
  const fill = (name: string, servers: number) => {
    const places = Array.from({ length: 100 }, (_, index) => ({
      ...ofDomain(name),
      mediaServerId: `${name}-${index % servers}` as MediaServerId,
    }));
    return places.filter((one) => health.enter(one, true) === 0);
  };
  const taken = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => fill(name, index + 1));
  expect(taken.map(({ length }) => length)).toEqual([25, 18, 14, 10, 8, 6]);
  expect(health.enter(ofDomain('quiet'), true)).toBe(0);
  // What somebody gives back is there for whoever has least.
  for (const one of taken[0] ?? []) health.leave(one);
  expect(fill('late', 1)).toHaveLength(10);
});

test('a media server that is away is asked every half second only while something that was decided waits', () => {
  const { health, pass, ask } = asking();
  ask('UNREACHABLE', true);
  expect(health.enter(place, false)).toBe(500);
  pass(500);
  expect(ask('DONE')).toBe(true);
  // What waited was carried out.
  ask('UNREACHABLE');
  expect(health.enter(place, false)).toBe(1_000);
  pass(1_000);
  ask('UNREACHABLE');
  expect(health.enter(place, false)).toBe(2_000);
});

test('a media server that refuses is asked twice a minute, whatever waits and however often it refused', () => {
  const { health, pass, ask } = asking();
  for (const isWanted of [false, true, true]) {
    ask('REFUSED', isWanted);
    expect(health.enter(place, isWanted)).toBe(30_000);
    pass(29_999);
    expect(health.enter(place, isWanted)).toBe(1);
    pass(1);
  }
  expect(ask('DONE')).toBe(true);
});
