import { useTexts } from '../../texts/language.ts';
import type { Call } from '../call.ts';
import type { CallLine } from '../call-state.ts';
import { useMeetingTexts } from './texts.ts';

type Lost = Extract<CallLine, { readonly at: 'lost' }>;

/** In the place of the pictures: why there are none, and the way on. Whoever waits can be let in meanwhile, and one can leave. */
export function LostCard({ call, lost }: { readonly call: Call; readonly lost: Lost }) {
  const { common } = useTexts();
  const meeting = useMeetingTexts();
  const { why, isTrying } = lost;
  // Out by the media server's own word: if it is the service's too, its page comes; else the call is made again.
  if (why === 'removed' || why === 'closed' || why === 'takenOver')
    return (
      <p class="stage-empty" role="status">
        {meeting.connecting}
      </p>
    );
  const { title, text } = meeting.lost[why];
  return (
    <section class="lost-card" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {why === 'unsupported' ? null : (
        <button type="button" class="button main" onClick={() => call.rejoin()}>
          {isTrying ? meeting.tryNow : common.tryAgain}
        </button>
      )}
    </section>
  );
}
