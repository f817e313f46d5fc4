import { useEffect, useState } from 'preact/hooks';
import { ArrivingScreen, TroubleScreen } from '../screens/plain-screens.tsx';
import type { MeetingProps } from './ui/meeting-screen.tsx';

type Part = typeof import('./ui/meeting-screen.tsx');

/** By itself: what is chained to an import does not hear that the style of the part did not come. */
const load = async (): Promise<Part> => import('./ui/meeting-screen.tsx');

/** The page holds it once it has come, so that whoever comes back sees the meeting at once. */
let kept: Part | null = null;

/** Where the meeting is shown. What shows it comes now, when somebody is in: nobody at the door loads it. */
export function MeetingPlace(props: MeetingProps) {
  const [part, setPart] = useState<Part | 'missing' | null>(kept);
  useEffect(() => {
    load().then(
      (loaded) => {
        kept = loaded;
        setPart(loaded);
      },
      () => setPart('missing'),
    );
  }, []);
  if (part === null) return <ArrivingScreen />;
  // A browser may remember that a part did not come. Whoever is in stays in when the page is loaded again.
  if (part === 'missing') return <TroubleScreen onAgain={() => location.reload()} />;
  return <part.MeetingScreen {...props} />;
}
