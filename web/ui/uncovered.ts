// Whatever lies over the page goes away at times: a menu, a dialog, a notice. A press that was on its way to it comes down on what stood
// beneath, where nothing has moved.

/** For how long a press may still mean what lay there, in milliseconds. */
const settleMs = 400;

interface Uncovered {
  readonly at: number;
  readonly area: DOMRectReadOnly;
}

let uncovered: readonly Uncovered[] = [];

/** This is about to go: until then it covers what lies beneath. */
export function noteUncovered(element: Element | null): void {
  const area = element?.getBoundingClientRect();
  if (area === undefined || area.width === 0) return;
  const at = performance.now();
  uncovered = [...uncovered.filter((one) => at - one.at < settleMs), { at, area }];
}

/** Did something else lie there a moment ago? */
export function wasCovered({ clientX: x, clientY: y }: MouseEvent): boolean {
  const now = performance.now();
  return uncovered.some(
    ({ at, area }) => now - at < settleMs && x >= area.left && x <= area.right && y >= area.top && y <= area.bottom,
  );
}
