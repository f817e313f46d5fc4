import { useEffect, useState } from 'preact/hooks';
import { ArrivingScreen, TroubleScreen } from '../screens/plain-screens.tsx';
import { loadMeetingPart, type MeetingPart } from './meeting-part.ts';
import type { MeetingProps } from './ui/meeting-screen.tsx';

/** The page holds it once it has come, so that whoever comes back sees the meeting at once. */
let kept: MeetingPart | null = null;

/** Where the meeting is shown. What shows it comes now, when somebody is in: nobody at the door loads it. */
export function MeetingPlace(props: MeetingProps) {
  const [part, setPart] = useState<MeetingPart | 'missing' | null>(kept);
  useEffect(() => {
    loadMeetingPart().then(
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
