import type { RefObject } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Row } from './queue.ts';
import { idOf, type RowElements } from './row-elements.ts';

// However many knock at once, the page goes on answering: with each frame a few more of them are listed, and a few of those on screen get
// their buttons. The others get them little by little, long before anybody is there by keyboard.

/** So many more rows are listed with one frame, each with a name and a message. */
const listedAtOnce = 8;

/** So many get all that can be done in them with one frame. */
const wholeAtOnce = 3;

/** Whoever is so far above gets it first, before the browser has said who is on screen. */
const topmost = 8;

/** How often some of those who are not on screen get it where the browser does not say when it has time. Milliseconds. */
const elsewhereMs = 250;

/** However much there is to do, some get it by then. Milliseconds. */
const atLatestMs = 1_000;

/** How far from what is on screen a row counts as on screen, for an `IntersectionObserver`. */
const nearMargin = '50% 0px';

type ListRef = RefObject<HTMLElement | null>;

interface Steps {
  /** The rows that are listed by now. */
  readonly listed: readonly Row[];
  /** Those that are drawn with all that can be done in them, and stay so. */
  readonly whole: ReadonlySet<string>;
}

/** Lists rows step by step, from above to below. */
export function useSteps(list: ListRef, elements: RowElements, rows: readonly Row[]): Steps {
  const drawn = useRef<ReadonlySet<string>>(new Set());
  const isElsewhereDue = useRef(false);
  const [count, setCount] = useState(listedAtOnce);
  const [, redraw] = useState({});
  const drawAgain = useCallback(() => redraw({}), []);
  const listed = useMemo(() => rows.slice(0, count), [rows, count]);
  const near = useNear(list, elements, listed.length > 0, drawAgain);
  const ids = listed.map(({ knock }) => knock.id);
  const bare = ids.filter((id) => !drawn.current.has(id));
  const top = new Set(ids.slice(0, topmost));
  const seen = bare.filter((id) => near.has(id) || top.has(id));
  const next = (seen.length > 0 ? seen : isElsewhereDue.current ? bare : []).slice(0, wholeAtOnce);
  isElsewhereDue.current = false;
  // Another set where it has others: by that it is told that there is something to draw.
  if (next.length > 0) drawn.current = new Set([...drawn.current, ...next]);
  useEffect(() => {
    if (listed.length < rows.length) setCount(count + listedAtOnce);
    // The next crowd is listed step by step too.
    else if (count > rows.length + 2 * listedAtOnce) setCount(rows.length + listedAtOnce);
    else if (seen.length > next.length) drawAgain();
  });
  const isMore = bare.length > next.length;
  useEffect(() => {
    if (!isMore) return undefined;
    return whenIdle(() => {
      isElsewhereDue.current = true;
      drawAgain();
    });
  }, [isMore, drawAgain]);
  return { listed, whole: drawn.current };
}

/** Calls back whenever the browser has nothing better to do, again and again until the answer is called. Not every browser tells. */
function whenIdle(act: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setInterval(act, elsewhereMs);
    return () => clearInterval(timer);
  }
  const wait = () => requestIdleCallback(run, { timeout: atLatestMs });
  const run = () => {
    next = wait();
    act();
  };
  let next = wait();
  return () => cancelIdleCallback(next);
}

/** The rows that were on screen, or close to it, before they had buttons. Tells when there are more of them. */
function useNear(list: ListRef, elements: RowElements, isListed: boolean, onMore: () => void): ReadonlySet<string> {
  const { current: near } = useRef(new Set<string>());
  useEffect(() => {
    if (!isListed) return undefined;
    const look = new IntersectionObserver(
      (entries) => {
        const before = near.size;
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting || !(target instanceof HTMLElement)) continue;
          look.unobserve(target);
          elements.noteNear(target);
          if (target.matches('.is-bare')) near.add(idOf(target));
        }
        if (near.size > before) onMore();
      },
      { root: list.current, rootMargin: nearMargin },
    );
    const stop = elements.watch({ onCame: (row) => look.observe(row), onWent: (row) => look.unobserve(row) });
    return () => {
      stop();
      look.disconnect();
    };
  }, [list, elements, near, isListed, onMore]);
  return near;
}
