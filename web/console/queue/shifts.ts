import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Desk } from './desk.ts';
import type { Row } from './queue.ts';
import type { RowElements } from './row-elements.ts';

type ListRef = RefObject<HTMLElement | null>;

/** What differs by less did not move anything that somebody could tell. Pixels. */
const tolerance = 0.5;

/** What stands above and below the list, with the buttons for several. */
const tools = '.waiting-tools, .panel-foot';

/**
 * Tells the desk which rows have changed their height, and when the whole list, or the buttons for several, have moved, for whatever reason:
 * a longer sentence, a message that came, a form that opened, a line of the page above the list, a screen that was turned. Whoever stands
 * below is now under a pointer that meant somebody else.
 */
export function useShifts(list: ListRef, elements: RowElements, desk: Desk, shown: readonly Row[]): void {
  const isListed = shown.length > 0;
  useEffect(() => {
    const { current: element } = list;
    if (!isListed || element === null) return undefined;
    const heights = new WeakMap<Element, number>();
    const places = watchPlaces(element);
    const look = new ResizeObserver((entries) => {
      const moved = entries.flatMap(({ target }) =>
        target instanceof HTMLElement && isOtherHeight(heights, target) ? [target.dataset.knock ?? ''] : [],
      );
      const [first] = desk.queue.get().rows;
      const { isListMoved, areToolsMoved } = places.look();
      if (isListMoved && first !== undefined) moved.push(first.knock.id);
      if (moved.length > 0) desk.note({ is: 'SHIFTED', ids: moved });
      if (areToolsMoved) desk.note({ is: 'TOOLS_MOVED' });
    });
    for (const one of [...aroundOf(element), ...toolsOf(element)]) look.observe(one);
    const stop = elements.watch({
      onCame: (row) => look.observe(row, { box: 'border-box' }),
      onWent: (row) => look.unobserve(row),
    });
    return () => {
      stop();
      places.stop();
      look.disconnect();
    };
  }, [list, elements, desk, isListed]);
  useOrder(desk, shown);
}

/** Where others are listed now, as by a search that a message has come to match, everybody from there on has moved. */
function useOrder(desk: Desk, shown: readonly Row[]): void {
  const before = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const ids = shown.map(({ knock }) => knock.id);
    const from = before.current.findIndex((id, place) => ids[place] !== id);
    before.current = ids;
    if (from === -1) return;
    // A list that has become shorter may stand elsewhere altogether, as where it was scrolled to its end.
    const first = ids[from] ?? ids[0];
    if (first !== undefined) desk.note({ is: 'SHIFTED', ids: [first] });
  }, [desk, shown]);
}

/** Where the list and the buttons for several stand. What somebody scrolls moves nothing that they have not seen moving. */
function watchPlaces(list: HTMLElement) {
  const read = () => ({ list: topOf(list), tools: new Map(buttonsOf(list).map((one) => [one, topOf(one)])) });
  let before = read();
  let scrolled = [list.scrollTop, scrollY] as const;
  const note = () => {
    scrolled = [list.scrollTop, scrollY];
  };
  document.addEventListener('scroll', note, { capture: true, passive: true });
  return {
    look: () => {
      const [inList, inPage] = scrolled;
      const now = read();
      const isPageMoved = isOther(scrollY, inPage);
      const isListMoved = isPageMoved || isOther(now.list, before.list) || isOther(list.scrollTop, inList);
      // Whichever has come or gone is not one that has moved.
      const areToolsMoved =
        isPageMoved || [...now.tools].some(([one, top]) => isOther(top, before.tools.get(one) ?? top));
      before = now;
      note();
      return { isListMoved, areToolsMoved };
    },
    stop: () => document.removeEventListener('scroll', note, { capture: true }),
  };
}

/** The list, and whatever it is in: what grows above it makes one of them grow, be it beside something that is higher. */
function aroundOf(element: Element): readonly Element[] {
  const { parentElement } = element;
  return parentElement === null ? [element] : [element, ...aroundOf(parentElement)];
}

function toolsOf({ parentElement }: HTMLElement): readonly Element[] {
  return [...(parentElement?.children ?? [])].filter((one) => one.matches(tools));
}

/** Looked for where they are, and not among all that the rows have. */
function buttonsOf(list: HTMLElement): readonly Element[] {
  return toolsOf(list).flatMap((one) => [...one.querySelectorAll('.button')]);
}

function isOther(one: number, other: number): boolean {
  return Math.abs(one - other) > tolerance;
}

/** Where it begins on the page, however far the page is scrolled. */
function topOf(element: Element): number {
  return element.getBoundingClientRect().top + scrollY;
}

/** A row that the browser has not drawn, as it is not on screen, has no height yet that anybody has seen. */
function isOtherHeight(heights: WeakMap<Element, number>, row: HTMLElement): boolean {
  if (row.dataset.knock === undefined || !row.checkVisibility({ contentVisibilityAuto: true })) return false;
  const { height } = row.getBoundingClientRect();
  const before = heights.get(row);
  heights.set(row, height);
  return before !== undefined && isOther(height, before);
}
