import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Wishes } from '../devices/devices.ts';
import { useTexts } from '../texts/language.ts';

type Glass = FunctionComponent<{ readonly start: Wishes }>;

const load = async () => import('./mirror.tsx');

/** Where the mirror hangs. What is in it comes a moment later, so that a door without one need not carry it. */
export function MirrorPlace({ start }: { readonly start: Wishes }) {
  const { devices } = useTexts();
  const [glass, setGlass] = useState<{ readonly Mirror: Glass } | null>(null);
  useEffect(() => {
    // Without it one comes in all the same.
    load().then(setGlass, () => undefined);
  }, []);
  if (glass !== null) return <glass.Mirror start={start} />;
  return (
    <section class="doorway glass" aria-label={devices.picture}>
      <div class="frame">
        <div class="mirror" />
      </div>
      <div class="under-mirror" />
    </section>
  );
}
