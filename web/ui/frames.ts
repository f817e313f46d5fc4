import { options } from 'preact';

/** A tab that is behind has no frames, and yet its title and its list go on. Milliseconds. */
const withoutFramesMs = 100;

/** From now on the page is drawn once for each frame, however much arrives between two: sixty who knock at once are not drawn sixty times. */
export function drawByFrames(): void {
  options.debounceRendering = (draw) => {
    let isDrawn = false;
    const once = () => {
      if (isDrawn) return;
      isDrawn = true;
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      draw();
    };
    const frame = requestAnimationFrame(once);
    const timer = setTimeout(once, withoutFramesMs);
  };
}
