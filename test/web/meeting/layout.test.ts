import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestGrid, type Place, placesIn, type Size } from '../../../web/meeting/layout/grid.ts';
import { placeMenu } from '../../../web/meeting/layout/menu-place.ts';
import { measuresFor, type Plan, planAudience, planGrid, planScreen } from '../../../web/meeting/layout/stage.ts';

const roomy = measuresFor(1280);
const phone = measuresFor(390);

/** Stages from the smallest page on which somebody reads, to a wall. */
const stages = fc.record({ width: fc.integer({ min: 300, max: 3840 }), height: fc.integer({ min: 256, max: 2160 }) });
const counts = fc.integer({ min: 1, max: 60 });

const layouts = [
  ['a grid', planGrid],
  ['a shared screen', planScreen],
  ['an audience', planAudience],
] as const;

/** What the rule says, tried in every way: no number of columns has a larger tile. */
function largestArea(count: number, { width, height }: Size, gap: number): number {
  const narrowest = width < height ? 3 / 4 : 4 / 3;
  const areas = Array.from({ length: count }, (_, index) => {
    const columns = index + 1;
    const rows = Math.ceil(count / columns);
    const cell = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
    const wide = Math.min(cell.width, (cell.height * 16) / 9);
    return wide <= 0 ? 0 : Math.floor(wide) * Math.floor(Math.min(cell.height, wide / narrowest));
  });
  return Math.max(...areas);
}

describe('the best grid', () => {
  test('has the largest tile, between 16:9 and as narrow as a face needs', () => {
    fc.assert(
      fc.property(counts, stages, (count, stage) => {
        const { tile, columns, rows } = bestGrid(count, stage, 12);
        expect(tile.width * tile.height).toBe(largestArea(count, stage, 12));
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * (rows - 1)).toBeLessThan(count);
        // Rounded to whole pixels on both sides.
        expect(tile.width / (tile.height + 1)).toBeLessThanOrEqual(16 / 9);
        expect((tile.width + 1) / tile.height).toBeGreaterThanOrEqual(stage.width < stage.height ? 3 / 4 : 4 / 3);
      }),
    );
  });

  test.each([
    [1, 1, 1],
    [2, 2, 1],
    [5, 3, 2],
    [12, 4, 3],
    [30, 6, 5],
    [49, 7, 7],
  ])('of %i on a desktop has %i columns and %i rows', (count, columns, rows) => {
    expect(bestGrid(count, { width: 1576, height: 856 }, 12)).toMatchObject({ columns, rows });
  });

  test.each([
    [2, 1, 2],
    [5, 2, 3],
    [12, 2, 6],
  ])('of %i on a phone has %i columns and %i rows', (count, columns, rows) => {
    expect(bestGrid(count, { width: 374, height: 702 }, 8)).toMatchObject({ columns, rows });
  });

  test('has its last row in the middle', () => {
    const stage = { width: 1576, height: 856 };
    const places = placesIn(bestGrid(5, stage, 12), 5, stage, 12);
    const last = places.slice(3);
    const before = Math.min(...last.map(({ x }) => x));
    const after = stage.width - Math.max(...last.map(({ x, width }) => x + width));
    expect(Math.abs(before - after)).toBeLessThanOrEqual(1);
    expect(before).toBeGreaterThan(100);
  });
});

function isWithin(place: Place, stage: Size): boolean {
  const { x, y, width, height } = place;
  return x >= 0 && y >= 0 && x + width <= stage.width + 1 && y + height <= stage.height + 1;
}

function doOverlap(one: Place, other: Place): boolean {
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  const isAbove = one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !isBeside && !isAbove;
}

function partsOf({ places, front, pager }: Plan): readonly Place[] {
  return [...places, ...(front === null ? [] : [front]), ...(pager === null ? [] : [pager])];
}

describe.each(layouts)('%s', (_what, plan) => {
  test('stays on its stage, and nothing stands over anything else', () => {
    fc.assert(
      fc.property(counts, stages, fc.nat(12), fc.constantFrom(roomy, phone), (count, stage, page, measures) => {
        const parts = partsOf(plan(count, stage, page, measures));
        for (const [index, part] of parts.entries()) {
          expect(isWithin(part, stage)).toBe(true);
          expect(parts.slice(index + 1).some((other) => doOverlap(part, other))).toBe(false);
        }
      }),
    );
  });

  test('shows everybody once, page by page, and somebody on each page', () => {
    fc.assert(
      fc.property(counts, stages, fc.constantFrom(roomy, phone), (count, stage, measures) => {
        const { pages } = plan(count, stage, 0, measures);
        const shown = Array.from({ length: pages }, (_, page) => plan(count, stage, page, measures));
        expect(shown.flatMap(({ from, places }) => places.map((_, index) => from + index))).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
        expect(shown.every(({ places }) => places.length > 0)).toBe(true);
        expect(shown.every(({ pager }) => (pager === null) === (pages === 1))).toBe(true);
      }),
      // The largest tile is too low there, and a smaller one is not.
      { examples: [[19, { width: 1708, height: 337 }, roomy]] },
    );
  });

  test('goes to the last page where the one that was asked for is not there any more', () => {
    fc.assert(
      fc.property(counts, stages, fc.integer({ min: -3, max: 99 }), (count, stage, page) => {
        const { page: shown, pages } = plan(count, stage, page, roomy);
        expect(shown).toBe(Math.min(Math.max(0, page), pages - 1));
      }),
    );
  });

  test('is the same for the same people on the same stage', () => {
    fc.assert(
      fc.property(counts, stages, (count, stage) => {
        expect(plan(count, stage, 0, roomy)).toEqual(plan(count, stage, 0, roomy));
      }),
    );
  });
});

describe('a grid with pages', () => {
  test('has no tile below what a name and a face need, on any stage that has room for one', () => {
    fc.assert(
      fc.property(counts, stages, fc.constantFrom(roomy, phone), (count, stage, measures) => {
        for (const { width, height } of planGrid(count, stage, 0, measures).places) {
          expect(width).toBeGreaterThanOrEqual(measures.least.width);
          expect(height).toBeGreaterThanOrEqual(measures.least.height);
        }
      }),
    );
  });

  test.each([
    [49, 3840, 2160, 1],
    [30, 1256, 660, 2],
    [49, 304, 520, 7],
    [60, 3840, 2160, 2],
  ])('of %i on %i × %i has %i pages or fewer', (count, width, height, pages) => {
    expect(planGrid(count, { width, height }, 0, measuresFor(width)).pages).toBeLessThanOrEqual(pages);
  });
});

describe('a screen that somebody shares', () => {
  test('has most of the stage, with a strip of people at its end side, and below it on a phone', () => {
    const beside = planScreen(7, { width: 1576, height: 856 }, 0, roomy);
    expect(beside.front).toEqual({ x: 0, y: 0, width: 1576 - 216 - 12, height: 856 });
    expect(new Set(beside.places.map(({ x, width }) => `${x} ${width}`))).toEqual(new Set(['1360 216']));
    // Where another one has room if all are lower, they are.
    expect(planScreen(7, { width: 1256, height: 656 }, 0, roomy).places.map(({ height }) => height)).toEqual([
      141, 141, 141, 141,
    ]);
    const below = planScreen(7, { width: 374, height: 702 }, 0, phone);
    expect(below.front).toEqual({ x: 0, y: 0, width: 374, height: 702 - 99 - 8 });
    expect(below.places.map(({ y, height }) => [y, height])).toEqual([
      [603, 99],
      [603, 99],
    ]);
  });

  test('has more of the stage than the people beside it', () => {
    fc.assert(
      fc.property(counts, stages, fc.constantFrom(roomy, phone), (count, stage, measures) => {
        const { front } = planScreen(count, stage, 0, measures);
        const share = ((front?.width ?? 0) * (front?.height ?? 0)) / (stage.width * stage.height);
        expect(share).toBeGreaterThan(0.4);
      }),
    );
  });
});

test('one or two who are watched fill the stage; of more there is a grid', () => {
  const stage = { width: 1576, height: 856 };
  const filled = (places: readonly Place[]) => places.reduce((sum, { width, height }) => sum + width * height, 0);
  expect(filled(planAudience(1, stage, 0, roomy).places)).toBe(1576 * 856);
  expect(filled(planAudience(2, stage, 0, roomy).places)).toBe((1576 - 12) * 856);
  expect(planAudience(3, stage, 0, roomy)).toEqual(planGrid(3, stage, 0, roomy));
  const { places } = planAudience(0, stage, 0, roomy);
  expect(places).toEqual([]);
});

test('a menu is on the page and never over its button, wherever that is', () => {
  const window = { width: 1280, height: 800 };
  const button = fc.record({ left: fc.integer({ min: 0, max: 1236 }), top: fc.integer({ min: 0, max: 756 }) });
  const menus = fc.record({ width: fc.integer({ min: 100, max: 300 }), height: fc.integer({ min: 40, max: 900 }) });
  fc.assert(
    fc.property(button, menus, fc.boolean(), ({ left, top }, menu, isMirrored) => {
      const rect = { left, top, right: left + 44, bottom: top + 44, width: 44, height: 44 };
      const place = placeMenu(rect, menu, window, isMirrored);
      expect(isWithin(place, window)).toBe(true);
      expect(doOverlap(place, { x: left, y: top, width: 44, height: 44 })).toBe(false);
      // Long ones scroll, in the larger half.
      expect(place.height).toBeGreaterThanOrEqual(Math.min(menu.height, 340));
    }),
  );
});
