import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Ref = RefObject<HTMLElement | null>;

/**
 * For a list whose rows go away, with whatever in them has the focus: it then goes to the list's heading, and not to nowhere.
 * @param rows what changes when a row goes
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
