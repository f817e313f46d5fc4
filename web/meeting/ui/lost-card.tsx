import { useNow } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import type { Call } from '../call.ts';
import type { LostLine } from '../call-state.ts';
import { useMeetingTexts } from './texts.ts';

/** In the place of the pictures: why there are none, and the way on. Whoever waits can be let in meanwhile, and one can leave. */
export function LostCard({ call, lost }: { readonly call: Call; readonly lost: LostLine }) {
  const { common, room } = useTexts();
  const meeting = useMeetingTexts();
  const { why, isTrying, nextAt } = lost;
  // Out by the media server's own word: if it is the service's too, its page comes; else the call is made again.
  if (why === 'removed' || why === 'closed' || why === 'takenOver')
    return (
      <p class="stage-empty" role="status">
        {meeting.connecting}
      </p>
    );
  const { title, text } = why === 'left' ? room.going : meeting.lost[why];
  // A browser may remember that a part did not come. Whoever is in stays in when the page is loaded again.
  const tryAgain = () => (why === 'notLoaded' ? location.reload() : call.rejoin());
  return (
    <section class="lost-card">
      <div role="alert">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      {isTrying ? <NextTry at={nextAt} /> : null}
      {why === 'unsupported' || why === 'left' ? null : (
        <button type="button" class="button main" onClick={tryAgain}>
          {isTrying ? meeting.tryNow : common.tryAgain}
        </button>
      )}
    </section>
  );
}

/** Counts down to the next attempt; not read out with each second. */
function NextTry({ at }: { readonly at: number | null }) {
  const { trying, tryingIn } = useMeetingTexts();
  const now = useNow(250);
  const seconds = at === null ? 0 : Math.ceil((at - now) / 1000);
  return <p role="timer">{seconds > 0 ? tryingIn(seconds) : trying}</p>;
}
