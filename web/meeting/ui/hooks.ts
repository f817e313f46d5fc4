import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Store } from '../../../packages/client/src/index.ts';
import type { Size } from '../layout/grid.ts';

/** A part of what a store holds: what draws it is drawn again when that part is another, and not for each voice that is heard. */
export function usePart<Value, Part>(store: Store<Value>, partOf: (value: Value) => Part): Part {
  const [, redraw] = useState({});
  const part = partOf(store.get());
  const drawn = useRef({ part, partOf });
  drawn.current = { part, partOf };
  useEffect(() => {
    const look = () => {
      if (drawn.current.partOf(store.get()) !== drawn.current.part) redraw({});
    };
    look();
    return store.subscribe(look);
  }, [store]);
  return part;
}

const nothing: Size = { width: 0, height: 0 };

/** The size of an element's content, measured before it is drawn and again whenever it changes. */
export function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState(nothing);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const look = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** Does this hold for the page's window now? */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => setHolds(list.matches);
    look();
    list.addEventListener('change', look);
    return () => list.removeEventListener('change', look);
  }, [query]);
  return holds;
}

/** True once something has lasted this long. Milliseconds. */
export function useLasting(holds: boolean, forMs: number): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    setLasted(false);
    if (!holds) return undefined;
    const timer = setTimeout(() => setLasted(true), forMs);
    return () => clearTimeout(timer);
  }, [holds, forMs]);
  return holds && hasLasted;
}
