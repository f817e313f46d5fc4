import { isFocusFresh } from '../../ui/page-focus.ts';
import { wasCovered } from '../../ui/uncovered.ts';
import { type Queue, type Row, settleMs } from './queue.ts';

/**
 * How a button was pressed. POINTER: where a row was, so the row must have stood still. KEY: on purpose, whatever moved.
 * TOGETHER, KEY_TOGETHER: the same on a button for several. A pointer finds it where another one stood before the last decision,
 * and neither means somebody who has only just come. STRAY: it meant what lay over the button a moment ago, or what had the focus before
 * the page took it elsewhere, and so nobody.
 */
export type Press = 'POINTER' | 'TOGETHER' | 'KEY' | 'KEY_TOGETHER' | 'STRAY';

/** How a click on somebody's button came about: keys and screen readers click without a pointer. */
export function pressOf(event: MouseEvent): Press {
  if (isStray(event)) return 'STRAY';
  return isByPointer(event) ? 'POINTER' : 'KEY';
}

/** How a click on a button for several came about. */
export function pressForSeveral(event: MouseEvent): Press {
  if (isStray(event)) return 'STRAY';
  return isByPointer(event) ? 'TOGETHER' : 'KEY_TOGETHER';
}

function isStray(event: MouseEvent): boolean {
  return isByPointer(event) ? wasCovered(event) : isFocusFresh();
}

function isByPointer({ detail }: MouseEvent): boolean {
  return detail > 0;
}

interface Pressing {
  readonly is: 'ADMIT' | 'DENY' | 'UNDO';
  readonly ids: readonly string[];
  readonly press: Press;
}

/** Those of the pressed rows that can be meant: in this state, and not come or moved just before a pointer came down on them. */
export function pressable(
  { rows, seen, decidedAt }: Queue,
  { is, ids, press }: Pressing,
  isRight: (row: Row) => boolean,
  now: number,
): readonly string[] {
  if (press === 'STRAY' || (press === 'TOGETHER' && now - decidedAt < settleMs)) return [];
  const named = new Set(ids);
  const isMeant = press === 'POINTER' || press === 'KEY' ? isMeantAlone(press, now) : isMeantWithOthers(is, seen, now);
  return rows.filter((row) => named.has(row.knock.id) && isRight(row) && isMeant(row)).map(({ knock }) => knock.id);
}

/** May somebody's own button, or tick, be pressed now? */
export function isMeantAlone(press: Press, now: number): (row: Row) => boolean {
  return ({ movedAt }) => press === 'KEY' || (press === 'POINTER' && now - movedAt >= settleMs);
}

/** The number on the button did not count whoever came a moment ago, nor, among those who were seen, whoever came on screen then. */
function isMeantWithOthers(is: Pressing['is'], seen: Queue['seen'], now: number): (row: Row) => boolean {
  return ({ knock, isSelected, openSince }) =>
    isSelected || now - Math.max(openSince, is === 'ADMIT' ? (seen.get(knock.id) ?? 0) : 0) >= settleMs;
}
