import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Ref = RefObject<HTMLElement | null>;

/**
 * Keeps the focus in a list with rows that disappear. If the row with the focus goes away, the list's heading gets the focus.
 * @param rows a value that changes when a row goes away
 */
export function useKeptFocus(list: Ref, heading: Ref, rows: unknown): void {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    const note = (event: FocusEvent) => {
      last.current = event.target instanceof Element && list.current?.contains(event.target) ? event.target : null;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows say when to look.
  useEffect(() => {
    if (last.current === null || last.current.isConnected) return;
    last.current = null;
    heading.current?.focus({ preventScroll: true });
  }, [heading, rows]);
}
