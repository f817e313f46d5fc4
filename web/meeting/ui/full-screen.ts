import { useEffect, useState } from 'preact/hooks';

/** Null: this browser has none for pages. */
export function useFullScreen(): { readonly isOn: boolean; readonly toggle: () => void } | null {
  const [isOn, setOn] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const look = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  if (!document.fullscreenEnabled) return null;
  const toggle = () => {
    // A browser that says no leaves the page as it is, which the button shows.
    const done = isOn ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => undefined);
  };
  return { isOn, toggle };
}
