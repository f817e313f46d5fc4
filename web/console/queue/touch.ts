import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { leadFocus } from '../../ui/page-focus.ts';
import type { Desk } from './desk.ts';
import { idOf, type RowElements } from './row-elements.ts';

type Ref = RefObject<HTMLElement | null>;

/** A finger has left the screen before anybody could tell where it will come down: the list waits for it this long, in milliseconds. */
const fingerMs = 2_000;

/** So much of a row has to be on screen for its host to have seen it. */
const seenPart = 0.6;
const seenSteps = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, seenPart];

/** Tells the desk while somebody is about to choose: the pointer or the focus is in the panel, or a finger was there a moment ago. */
export function useHold(panel: Ref, desk: Desk): void {
  useEffect(() => {
    const element = panel.current;
    if (element === null) return undefined;
    let isPointed = false;
    let finger: ReturnType<typeof setTimeout> | undefined;
    let isHeld = false;
    const look = () => {
      // A click leaves the focus behind; only where the focus is shown somebody goes by it, and nobody chooses from the title.
      const isFocused = element.querySelector(':focus-visible:not(h2)') !== null;
      const shouldHold = isPointed || isFocused || finger !== undefined;
      if (shouldHold === isHeld) return;
      isHeld = shouldHold;
      desk.take({ is: isHeld ? 'HELD' : 'LET_GO' });
    };
    const point = (event: PointerEvent) => {
      if (event.pointerType === 'touch') {
        clearTimeout(finger);
        finger = setTimeout(() => {
          finger = undefined;
          look();
        }, fingerMs);
      } else {
        isPointed = event.type !== 'pointerleave';
      }
      look();
    };
    // What has just lost the focus, or was taken away with it, is looked at once the next has it.
    const focus = () => setTimeout(look);
    const stop = new AbortController();
    const options = { signal: stop.signal };
    for (const name of ['pointerenter', 'pointermove', 'pointerdown', 'pointerleave'] as const)
      element.addEventListener(name, point, options);
    for (const name of ['focusin', 'focusout'] as const) element.addEventListener(name, focus, options);
    return () => {
      stop.abort();
      clearTimeout(finger);
      if (isHeld) desk.take({ is: 'LET_GO' });
    };
  }, [panel, desk]);
}

/** Tells the desk whom the host has had on screen, in a tab that is looked at. */
export function useSeen(elements: RowElements, desk: Desk): void {
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (document.hidden) return;
        const rows = entries.flatMap((entry) =>
          isOnScreen(entry) && entry.target instanceof HTMLElement ? [entry.target] : [],
        );
        for (const row of rows) observer.unobserve(row);
        if (rows.length > 0) desk.take({ is: 'SEEN', ids: rows.map(idOf) });
      },
      { threshold: seenSteps },
    );
    const look = () =>
      elements.watch({
        // Of a thousand a few are near: for each that is observed the browser works at each frame.
        onNear: (row) => {
          if (!desk.queue.get().seen.has(idOf(row))) observer.observe(row);
        },
        onWent: (row) => observer.unobserve(row),
      });
    let stop = look();
    // What came while the tab was behind is told anew, now that somebody looks.
    const lookAgain = () => {
      stop();
      observer.disconnect();
      stop = look();
    };
    document.addEventListener('visibilitychange', lookAgain);
    return () => {
      document.removeEventListener('visibilitychange', lookAgain);
      stop();
      observer.disconnect();
    };
  }, [elements, desk]);
}

/** A row that is higher than the list is on screen once it fills most of that. */
function isOnScreen({ isIntersecting, intersectionRect, boundingClientRect, target }: IntersectionObserverEntry) {
  const { height } = boundingClientRect;
  const most = seenPart * Math.min(height, target.closest('.queue')?.clientHeight ?? height);
  return isIntersecting && intersectionRect.height >= most;
}

/** The focus goes on to the next person's Admit, and after the last one to the panel's title. */
export function focusAfter(element: HTMLElement): void {
  const row = element.closest('[data-knock]');
  // The button may be one that is not shown, and was pressed by a key of its row.
  if (row?.contains(document.activeElement) !== true) return;
  const panel = element.closest('section');
  const admits = [...(panel?.querySelectorAll<HTMLElement>('[data-admit]') ?? [])];
  const isAfter = (one: HTMLElement) =>
    (row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) > 0 && !row.contains(one);
  const next = admits.find(isAfter) ?? panel?.querySelector<HTMLElement>('h2');
  // A pointer stays where it is; whoever goes by keys must see whom they decide next.
  leadFocus(next, { preventScroll: row.querySelector(':focus-visible') === null });
}
