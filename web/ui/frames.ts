import { options } from 'preact';

/** A tab that is behind has no frames, and yet its title and its list go on. Milliseconds. */
const withoutFramesMs = 100;

/** Before these nothing was entered that the page does not know yet: a draw at `input` or `click` would put back what was there before. */
const byHand = ['pointerdown', 'keydown', 'submit'] as const;

/**
 * From now on the page is drawn once for each frame, however much arrives between two: sixty who knock at once are not drawn sixty times.
 * Whatever somebody does meets the page as it is by then: what waits for its frame is drawn before, so that Enter sends the last letter too.
 */
export function drawByFrames(): void {
  let drawWaiting: (() => void) | null = null;
  options.debounceRendering = (draw) => {
    const once = () => {
      if (drawWaiting !== once) return;
      drawWaiting = null;
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      draw();
    };
    drawWaiting = once;
    const frame = requestAnimationFrame(once);
    const timer = setTimeout(once, withoutFramesMs);
  };
  for (const type of byHand) addEventListener(type, () => drawWaiting?.(), { capture: true });
}
