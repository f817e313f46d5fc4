import type { Place, Size } from './grid.ts';

interface Rect extends Size {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Between the button and its menu, and between the menu and the edge. */
const gap = 6;
const edge = 8;

/**
 * Where a menu stands: below its button where it has room there, else above; where neither is high enough, on the side with more room,
 * lower than it would be. It never covers the button, and never runs over the edge.
 * @param isMirrored the page runs from right to left: the menu ends where the button begins
 */
export function placeMenu(button: Rect, menu: Size, window: Size, isMirrored: boolean): Place {
  const below = window.height - button.bottom - gap - edge;
  const above = button.top - gap - edge;
  const isBelow = menu.height <= below || below >= above;
  const height = Math.max(0, Math.min(menu.height, isBelow ? below : above));
  const width = Math.min(menu.width, window.width - 2 * edge);
  const wanted = isMirrored ? button.left : button.right - width;
  const x = Math.max(edge, Math.min(wanted, window.width - width - edge));
  return { x, y: isBelow ? button.bottom + gap : button.top - gap - height, width, height };
}
