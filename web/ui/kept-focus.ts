import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { leadFocus } from './page-focus.ts';

type Ref = RefObject<HTMLElement | null>;

/**
 * Keeps the focus in a list with rows that change and disappear. If what has the focus goes away, its row gets the focus, and where the
 * row went too, the list's heading. Neither of them means anything to a key that was already on its way, as the next button would.
 * Nobody loses the focus to it who has gone elsewhere meanwhile, as into a frame within the page, or to the page around this frame.
 * @param rows a value that changes when a row changes or goes away
 */
export function useKeptFocus(list: Ref, heading: Ref, rows: unknown): void {
  const last = useRef<Element | null>(null);
  const lastRow = useRef<HTMLElement | null>(null);
  const putBack = useRef(() => {
    if (last.current === null || last.current.isConnected || !isFocusNowhere()) return;
    last.current = null;
    const row = lastRow.current?.isConnected === true ? lastRow.current : null;
    // The whole list may go with its last row.
    const next = row ?? heading.current ?? document.querySelector('main');
    if (next?.hasAttribute('tabindex') === false) next.tabIndex = -1;
    leadFocus(next);
  }).current;
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      // What is asked over the list does not take its place: whoever answers comes back to it.
      if (target instanceof Element && target.closest('dialog[open]') !== null && !list.current?.contains(target))
        return;
      last.current = target instanceof Element && list.current?.contains(target) ? target : null;
      lastRow.current = last.current?.closest<HTMLElement>('li, [role=listitem]') ?? null;
    };
    // A frame that takes the focus tells nothing more here. Only who has left this window altogether comes back to the same place.
    const leave = ({ target, relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) return;
      setTimeout(() => {
        const isHere = target === document.activeElement || !document.hasFocus();
        if (target === last.current && last.current?.isConnected === true && !isHere) last.current = null;
      });
    };
    const stop = new AbortController();
    const options = { signal: stop.signal };
    document.addEventListener('focusin', note, options);
    document.addEventListener('focusout', leave, options);
    addEventListener('focus', putBack, options);
    // What had the focus may have gone while the question stood there.
    document.addEventListener('close', putBack, { ...options, capture: true });
    return () => stop.abort();
  }, [list, putBack]);
  // Before anything else can be pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows say when to look.
  useLayoutEffect(putBack, [rows]);
}

/**
 * Is this window in use, and nothing in it? Where a frame within the page is in use, that frame has the focus. What stood in a dialog that
 * has closed has it until the next frame, where there is nothing to give it back to.
 */
function isFocusNowhere(): boolean {
  const { activeElement, body } = document;
  const isNowhere =
    activeElement === null || activeElement === body || activeElement.closest('dialog:not([open])') !== null;
  return document.hasFocus() && isNowhere;
}
