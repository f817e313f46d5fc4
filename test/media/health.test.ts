import { expect, test } from 'vitest';
import { createMediaHealth } from '../../src/media/health.ts';
import type { MediaOutcome } from '../../src/media/port.ts';
import type { MediaServerId } from '../../src/rules/ids.ts';

const id = '1' as MediaServerId;

/** A media server that is asked by a clock of the test's own. */
function asking() {
  let ms = 0;
  const health = createMediaHealth(() => ms);
  return {
    health,
    pass: (more: number) => {
      ms += more;
    },
    ask: (outcome: MediaOutcome['outcome'], isWanted = false) => {
      expect(health.enter(id, isWanted)).toBe(0);
      const isBack = health.answered(id, outcome);
      health.leave(id);
      return isBack;
    },
  };
}

test('a media server that answers is asked as often as it takes, by 25 rooms at once and no more', () => {
  const { health, ask } = asking();
  for (let count = 0; count < 60; count += 1) ask('DONE');
  for (let count = 0; count < 25; count += 1) expect(health.enter(id, false)).toBe(0);
  expect(health.enter(id, false)).toBe(100);
  health.leave(id);
  expect(health.enter(id, false)).toBe(0);
});

test('a media server that is away is asked every half second only while something that was decided waits', () => {
  const { health, pass, ask } = asking();
  ask('UNREACHABLE', true);
  expect(health.enter(id, false)).toBe(500);
  pass(500);
  expect(ask('DONE')).toBe(true);
  // What waited was carried out.
  ask('UNREACHABLE');
  expect(health.enter(id, false)).toBe(1_000);
  pass(1_000);
  ask('UNREACHABLE');
  expect(health.enter(id, false)).toBe(2_000);
});

test('a media server that refuses is asked twice a minute, whatever waits and however often it refused', () => {
  const { health, pass, ask } = asking();
  for (const isWanted of [false, true, true]) {
    ask('REFUSED', isWanted);
    expect(health.enter(id, isWanted)).toBe(30_000);
    pass(29_999);
    expect(health.enter(id, isWanted)).toBe(1);
    pass(1);
  }
  expect(ask('DONE')).toBe(true);
});
