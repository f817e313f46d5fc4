import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from '../../web/ui/pace.ts';

let now = 0;
let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => frames.push(act));
  vi.stubGlobal('document', { hidden: false });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Draws a frame, with some of what is to come, that takes so long. */
function draw(pace: Pace, tookMs: number): number {
  pace.take();
  now += tookMs;
  for (const act of frames.splice(0)) act();
  return pace.count;
}

test('it begins with the least, and takes one more after each frame that was easy, up to the most', () => {
  const pace = new Pace(1, 3);
  expect(pace.count).toBe(1);
  expect([16, 16, 16, 16].map((tookMs) => draw(pace, tookMs))).toEqual([2, 3, 3, 3]);
});

test('it takes half as many after a frame that took long, and never fewer than the least', () => {
  const pace = new Pace(1, 8);
  for (let frame = 0; frame < 7; frame += 1) draw(pace, 16);
  expect([51, 51, 51, 51].map((tookMs) => draw(pace, tookMs))).toEqual([4, 2, 1, 1]);
});

test('it stays as it is where frames are neither', () => {
  const pace = new Pace(1, 8);
  draw(pace, 16);
  expect([36, 50].map((tookMs) => draw(pace, tookMs))).toEqual([2, 2]);
});

test('a screen that has thirty frames a second is given more', () => {
  expect(draw(new Pace(1, 8), 33)).toBe(2);
});

test('where nobody looks it takes the most, and the pause until somebody looks again says nothing of frames', () => {
  const pace = new Pace(1, 8);
  draw(pace, 16);
  vi.stubGlobal('document', { hidden: true });
  expect(pace.count).toBe(8);
  pace.take();
  now += 60_000;
  vi.stubGlobal('document', { hidden: false });
  for (const act of frames.splice(0)) act();
  expect(pace.count).toBe(2);
});
