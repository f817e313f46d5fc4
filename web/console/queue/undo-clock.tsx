import { pageNow, usePart } from '../../store.ts';
import { clockOf } from '../../ui/shared-clock.ts';

/** So often the ring is a little emptier, in milliseconds. */
const stepMs = 250;

/** However many can be taken back. */
const clock = clockOf(stepMs, pageNow);

/** The seconds in which something can be taken back: a ring that empties, and their number. */
export function UndoClock({ until, undoMs }: { readonly until: number; readonly undoMs: number }) {
  // Its time is a little older than the decision at first.
  const leftMs = usePart(clock, (now) => Math.min(undoMs, Math.max(0, Math.ceil((until - now) / stepMs) * stepMs)));
  return (
    <svg class="undo-clock" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <circle cx="18" cy="18" r="15.9" />
      <circle cx="18" cy="18" r="15.9" pathLength="100" stroke-dashoffset={100 - (leftMs / undoMs) * 100} />
      <text x="18" y="22">
        {Math.ceil(leftMs / 1000)}
      </text>
    </svg>
  );
}
