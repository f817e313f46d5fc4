import type { RefObject } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Pace } from '../../ui/pace.ts';
import { batchSize } from './batches.ts';
import type { Row } from './queue.ts';
import { batchOf, type RowElements } from './row-elements.ts';

// However many knock at once, the page goes on answering: with each frame a few more of them are listed, and a few of those on screen get
// their buttons. The others get them little by little, long before anybody is there by keyboard.

/** So many rows are listed for each that gets all that can be done in it. */
const listedForWhole = 3;

/** Whoever is so far above gets it first, before the browser has said who is on screen. */
const topmost = 8;

/** How often some of those who are not on screen get it where the browser does not say when it has time. Milliseconds. */
const elsewhereMs = 250;

/** However much there is to do, some get it by then. Milliseconds. */
const atLatestMs = 1_000;

/** So many more rows are listed with one frame, each with a name and a message: at least, and at most. */
const listedAtLeast = 1;
const listedAtMost = batchSize;

/** Where so few are left that this many frames list them one by one, the page takes the time that it needs. */
const calmSteps = 32;

/** How far from what is on screen a row counts as on screen, for an `IntersectionObserver`. */
const nearMargin = '50% 0px';

type ListRef = RefObject<HTMLElement | null>;

interface Steps {
  /** The rows that are listed by now. */
  readonly listed: readonly Row[];
  /** Those that are drawn with all that can be done in them, and stay so. It is the same set with more of them: `count` tells. */
  readonly whole: { readonly ids: ReadonlySet<string>; readonly count: number };
}

/** Lists rows step by step, from above to below. */
export function useSteps(list: ListRef, elements: RowElements, rows: readonly Row[]): Steps {
  const { current: whole } = useRef(new Set<string>());
  const isElsewhereDue = useRef(false);
  const pace = useMemo(() => new Pace(listedAtLeast, listedAtMost), []);
  const [count, setCount] = useState(listedAtLeast);
  const [, redraw] = useState({});
  const drawAgain = useCallback(() => redraw({}), []);
  const listed = useMemo(() => rows.slice(0, count), [rows, count]);
  useNear(list, elements, listed.length > 0, drawAgain);
  const bare = listed.filter(({ knock }) => !whole.has(knock.id));
  const top = new Set(listed.slice(0, topmost));
  const seen = bare.filter((row) => top.has(row) || elements.isNear(row.knock.id));
  const due = seen.length > 0 ? seen : isElsewhereDue.current ? bare : [];
  const next = due.slice(0, Math.ceil(pace.count / listedForWhole));
  isElsewhereDue.current = false;
  for (const { knock } of next) whole.add(knock.id);
  if (next.length > 0 || listed.length < rows.length) pace.take();
  useEffect(() => {
    if (listed.length < rows.length) setCount(count + stepOf(rows.length - count, pace));
    // The next crowd is listed step by step too.
    else if (count > rows.length + 2 * listedAtMost) setCount(rows.length + listedAtLeast);
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
  return { listed, whole: { ids: whole, count: whole.size } };
}

/** Of a long list as many as a batch has, for it would never end else; and of what is left of it as many as the page can draw with a frame. */
function stepOf(left: number, pace: Pace): number {
  return Math.min(listedAtMost, Math.max(pace.count, Math.ceil(left / calmSteps)));
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

/** Has it noted which rows are on screen, or close to it, and tells when there are more of them that have no buttons yet. */
function useNear(list: ListRef, elements: RowElements, isListed: boolean, onMore: () => void): void {
  useEffect(() => {
    if (!isListed) return undefined;
    // Of a thousand rows there are a hundred batches: for each that is observed the browser works at each frame.
    const look = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting || !(target instanceof HTMLElement)) continue;
          look.unobserve(target);
          elements.noteNear(target);
        }
      },
      { root: list.current, rootMargin: nearMargin },
    );
    const stop = elements.watch({
      onCame: (row) => {
        const batch = batchOf(row);
        if (batch !== null && !elements.isBatchNear(batch)) look.observe(batch);
      },
      onNear: (row) => {
        if (row.matches('.is-bare')) onMore();
      },
    });
    return () => {
      stop();
      look.disconnect();
    };
  }, [list, elements, isListed, onMore]);
}
