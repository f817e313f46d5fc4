import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Desk } from './desk.ts';
import type { Row } from './queue.ts';

type ListRef = RefObject<HTMLElement | null>;

/** What differs by less did not move anything that somebody could tell. Pixels. */
const tolerance = 0.5;

/**
 * Tells the desk which rows have changed their height, and when the whole list has moved, for whatever reason: a longer sentence, a message
 * that came, a form that opened, a line of the page above the list, a screen that was turned. Whoever stands below is now under a pointer
 * that meant somebody else.
 */
export function useShifts(list: ListRef, desk: Desk, shown: readonly Row[]): void {
  const watch = useRef<() => void>(() => undefined);
  const isListed = shown.length > 0;
  useEffect(() => {
    const { current: element } = list;
    if (!isListed || element === null) return undefined;
    const heights = new WeakMap<Element, number>();
    let top = topOf(element);
    const look = new ResizeObserver((entries) => {
      const moved = entries.flatMap(({ target }) =>
        target instanceof HTMLElement && isOtherHeight(heights, target) ? [target.dataset.knock ?? ''] : [],
      );
      const [first] = desk.queue.get().rows;
      const isMoved = Math.abs(topOf(element) - top) > tolerance;
      top = topOf(element);
      if (isMoved && first !== undefined) moved.push(first.knock.id);
      if (moved.length > 0) desk.take({ is: 'SHIFTED', ids: moved });
    });
    look.observe(document.body);
    look.observe(element);
    // Whoever is observed a second time is told of a second time.
    const watched = new WeakSet<Element>();
    watch.current = () => {
      for (const row of element.querySelectorAll('[data-knock]')) {
        if (watched.has(row)) continue;
        watched.add(row);
        look.observe(row, { box: 'border-box' });
      }
    };
    return () => look.disconnect();
  }, [list, desk, isListed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listed says which rows are there.
  useEffect(() => watch.current(), [shown, isListed]);
}

/** Where the list begins on the page, however far the page is scrolled. */
function topOf(element: HTMLElement): number {
  return element.getBoundingClientRect().top + scrollY;
}

/** A row that the browser has not drawn, as it is not on screen, has no height yet that anybody has seen. */
function isOtherHeight(heights: WeakMap<Element, number>, row: HTMLElement): boolean {
  if (row.dataset.knock === undefined || !row.checkVisibility({ contentVisibilityAuto: true })) return false;
  const { height } = row.getBoundingClientRect();
  const before = heights.get(row);
  heights.set(row, height);
  return before !== undefined && Math.abs(height - before) > tolerance;
}
