/** Whoever presses a key this soon meant what had the focus before, in milliseconds: nobody reads a name faster. */
const readMs = 250;

let led: HTMLElement | null = null;
let ledAt = Number.NEGATIVE_INFINITY;

/** The page takes the focus elsewhere by itself: a key that is on its way does not mean what has it now. */
export function leadFocus(
  element: HTMLElement | null | undefined,
  options: FocusOptions = { preventScroll: true },
): void {
  if (element === null || element === undefined) return;
  led = element;
  ledAt = performance.now();
  element.focus(options);
}

/** Has the page just taken the focus to where it is? */
export function isFocusFresh(): boolean {
  return document.activeElement === led && performance.now() - ledAt < readMs;
}
