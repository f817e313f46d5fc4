import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../texts/language.ts';
import { Doorway } from '../ui/doorway.tsx';
import { Hall, Solo } from '../ui/hall.tsx';
import { Icon } from '../ui/icons.tsx';
import { ScreenTitle } from '../ui/page-frame.tsx';
import { Way } from './shut-screen.tsx';
import { WaitingTitle } from './waiting-screen.tsx';

/** What was done, with a tick. */
function Ticked({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div class="place" role="status">
      <b aria-hidden="true">
        <Icon name="check" />
      </b>
      <strong>{title}</strong>
      <span>{text}</span>
    </div>
  );
}

/** Let in, or inside until the line was lost, and there is no place: the visitor comes in by themselves as soon as somebody leaves. */
export function FullScreen({ isLetIn, onLeave }: { readonly isLetIn: boolean; readonly onLeave: () => void }) {
  const { waiting, refusals, room } = useTexts();
  return (
    <Solo door="ajar">
      <ScreenTitle>{isLetIn ? waiting.fullTitle : refusals.ROOM_FULL.title}</ScreenTitle>
      <p class="lead">{isLetIn ? waiting.fullText : waiting.fullAgain}</p>
      {isLetIn ? <Ticked title={waiting.hasLetIn} text={waiting.looks} /> : <p class="note">{waiting.looks}</p>}
      <Way label={room.leave} onGo={onLeave} />
    </Solo>
  );
}

/** Let in: the doors open, and the visitor is inside a moment later. `onGo` goes there at once, where the meeting is elsewhere. */
export function LetInScreen({ onGo }: { readonly onGo: (() => void) | null }) {
  const { waiting } = useTexts();
  return (
    <Hall hasTwo>
      <WaitingTitle title={waiting.admitted}>{waiting.opens}</WaitingTitle>
      <Doorway state="open" />
      <section class="card bare" aria-label={waiting.request}>
        <Ticked title={waiting.letsIn} text={waiting.onWay} />
        {onGo === null ? null : <GoIn onGo={onGo} />}
      </section>
    </Hall>
  );
}

/** On the way through a door that was open. */
export function EnteringScreen({ onGo }: { readonly onGo: (() => void) | null }) {
  const { waiting, common } = useTexts();
  const isLong = useLater();
  return (
    <Solo door="open">
      {/* If joining is quick, no words appear that would be gone before anybody could read them. */}
      {isLong || onGo !== null ? <ScreenTitle>{common.loading}</ScreenTitle> : <p class="lead">{'\u00a0'}</p>}
      {onGo === null ? null : <p class="lead">{waiting.onWay}</p>}
      {onGo === null ? null : <GoIn onGo={onGo} />}
    </Solo>
  );
}

/** For a browser that does not go by itself. */
function GoIn({ onGo }: { readonly onGo: () => void }) {
  const { waiting } = useTexts();
  return (
    <div class="stack">
      <button type="button" class="button main tall wide" onClick={onGo}>
        {waiting.goIn}
      </button>
    </div>
  );
}

function useLater(): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return isLong;
}
