import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

type Ref = RefObject<HTMLElement | null>;

/**
 * Keeps the focus in a list with rows that change and disappear. If what has the focus goes away, its row gets the focus, and where the
 * row went too, the list's heading. Neither of them means anything to a key that was already on its way, as the next button would.
 * @param rows a value that changes when a row changes or goes away
 */
export function useKeptFocus(list: Ref, heading: Ref, rows: unknown): void {
  const last = useRef<Element | null>(null);
  const lastRow = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      last.current = target instanceof Element && list.current?.contains(target) ? target : null;
      lastRow.current = last.current?.closest('li') ?? null;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, [list]);
  // Before anything else can be pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows say when to look.
  useLayoutEffect(() => {
    if (last.current === null || last.current.isConnected) return;
    last.current = null;
    if (lastRow.current?.isConnected === true) lastRow.current.tabIndex = -1;
    const next = lastRow.current?.isConnected === true ? lastRow.current : heading.current;
    next?.focus({ preventScroll: true });
  }, [heading, rows]);
}
