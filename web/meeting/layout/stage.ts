import { areaOf, bestGrid, type Place, placesIn, type Size } from './grid.ts';

// What of a meeting is on the stage, and where. Whoever is on no page that is shown is not subscribed.

/** Sizes of the stage's parts, in CSS pixels. On a phone everything is closer. */
export interface Measures {
  readonly gap: number;
  /** No tile is smaller: then there are pages. */
  readonly least: Size;
  /** The pager, below a grid or at the end of a strip. */
  readonly pager: number;
  readonly isPhone: boolean;
}

const roomy: Measures = { gap: 12, least: { width: 160, height: 120 }, pager: 44, isPhone: false };
const close: Measures = { gap: 8, least: { width: 132, height: 99 }, pager: 44, isPhone: true };

/** The strip beside a shared screen: as many people as there are places of the least height, and each as high as there is room. */
const strip = { width: 216, leastHeight: 120, height: 144 } as const;
/** No page shows more, however large the wall is. */
const mostOnPage = 49;

export function measuresFor(pageWidth: number): Measures {
  return pageWidth <= 640 ? close : roomy;
}

/** One page of those who are shown: from the person at `from` on, so many as there are places. */
export interface Plan {
  readonly places: readonly Place[];
  readonly from: number;
  readonly perPage: number;
  readonly page: number;
  readonly pages: number;
  /** Null: everybody is in sight. */
  readonly pager: Place | null;
  /** Where the shared screen stands. Null: there is none. */
  readonly front: Place | null;
}

/** @param page the page that was asked for; there may be fewer by now */
export function planGrid(count: number, stage: Size, page: number, measures: Measures): Plan {
  const whole = fitting(count, stage, measures);
  if (whole >= count) return pageOf(count, count, stage, 0, measures, null);
  const { gap, pager } = measures;
  const above = { width: stage.width, height: Math.max(0, stage.height - pager - gap) };
  const perPage = fitting(count, above, measures);
  const below = { x: 0, y: above.height + gap, width: stage.width, height: pager };
  return pageOf(count, perPage, above, page, measures, below);
}

function pageOf(
  count: number,
  perPage: number,
  stage: Size,
  asked: number,
  { gap, least }: Measures,
  pager: Place | null,
): Plan {
  const { from, shown, page, pages } = turnTo(count, perPage, asked);
  const places = placesIn(bestGrid(shown, stage, gap, least), shown, stage, gap);
  return { places, from, perPage, page, pages, pager, front: null };
}

/** The most people, of so many, whose tiles are all large enough; one is always shown. */
function fitting(count: number, stage: Size, { gap, least }: Measures): number {
  const across = Math.floor((stage.width + gap) / (least.width + gap));
  const down = Math.floor((stage.height + gap) / (least.height + gap));
  return Math.max(1, Math.min(count, mostOnPage, across * down));
}

function turnTo(count: number, perPage: number, asked: number) {
  const pages = Math.max(1, Math.ceil(count / perPage));
  const page = Math.min(Math.max(0, asked), pages - 1);
  const from = page * perPage;
  return { page, pages, from, shown: Math.max(0, Math.min(perPage, count - from)) };
}

/** A shared screen, and the people in a strip at its end side; on a phone below it. */
export function planScreen(count: number, stage: Size, page: number, measures: Measures): Plan {
  const isBelow = measures.isPhone || stage.width < 2 * strip.width + measures.gap;
  return isBelow ? screenAbove(count, stage, page, measures) : screenBeside(count, stage, page, measures);
}

function screenBeside(count: number, stage: Size, asked: number, { gap, pager }: Measures): Plan {
  const along = (length: number) => Math.max(1, Math.floor((length + gap) / (strip.leastHeight + gap)));
  const room = count > along(stage.height) ? stage.height - pager - gap : stage.height;
  const perPage = Math.min(count, along(room));
  const { from, shown, page, pages } = turnTo(count, Math.max(1, perPage), asked);
  const x = stage.width - strip.width;
  const height = Math.max(0, Math.min(strip.height, Math.floor((room - gap * (perPage - 1)) / perPage)));
  const places = Array.from({ length: shown }, (_, index) => ({
    x,
    y: index * (height + gap),
    width: strip.width,
    height,
  }));
  const hasPager = pages > 1;
  return {
    ...{ places, from, perPage, page, pages },
    pager: hasPager ? { x, y: perPage * (height + gap), width: strip.width, height: pager } : null,
    front: { x: 0, y: 0, width: Math.max(0, x - gap), height: stage.height },
  };
}

function screenAbove(count: number, stage: Size, asked: number, { gap, pager, least }: Measures): Plan {
  const along = (length: number) => Math.max(1, Math.floor((length + gap) / (least.width + gap)));
  const room = count > along(stage.width) ? stage.width - pager - gap : stage.width;
  const perPage = Math.min(count, along(room));
  const { from, shown, page, pages } = turnTo(count, Math.max(1, perPage), asked);
  // What is low keeps its screen: the people have a third of it at most.
  const height = Math.floor(Math.min(least.height, stage.height / 3));
  const y = stage.height - height;
  const width = Math.floor(Math.max(0, Math.min(least.width, room)));
  const places = Array.from({ length: shown }, (_, index) => ({ x: index * (width + gap), y, width, height }));
  return {
    ...{ places, from, perPage, page, pages },
    pager: pages > 1 ? { x: stage.width - pager, y, width: pager, height } : null,
    front: { x: 0, y: 0, width: stage.width, height: Math.max(0, y - gap) },
  };
}

/** One or two who are watched by many fill the stage, the first with more of it; of more there is a grid. */
export function planAudience(count: number, stage: Size, page: number, measures: Measures): Plan {
  if (count === 0 || count > 2) return planGrid(count, stage, page, measures);
  const places = count === 1 ? [{ x: 0, y: 0, ...stage }] : sideBySide(stage, measures.gap);
  return { places, from: 0, perPage: count, page: 0, pages: 1, pager: null, front: null };
}

/** In the golden section, and one above the other where that is larger. */
function sideBySide({ width, height }: Size, gap: number): readonly Place[] {
  if (width >= height) {
    const first = Math.floor((width - gap) * 0.618);
    return [
      { x: 0, y: 0, width: first, height },
      { x: first + gap, y: 0, width: width - gap - first, height },
    ];
  }
  const first = Math.floor((height - gap) * 0.583);
  return [
    { x: 0, y: 0, width, height: first },
    { x: 0, y: first + gap, width, height: height - gap - first },
  ];
}

/** Is there anything to lay out on? */
export function hasRoom(stage: Size): boolean {
  return areaOf(stage) > 0;
}
