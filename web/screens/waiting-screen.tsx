import { useEffect, useState } from 'preact/hooks';
import type { KnockRequest } from '../../packages/client/src/index.ts';
import { tell } from '../notices.ts';
import { useNow } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { formatDuration } from '../texts/times.ts';
import { Arch } from '../ui/arch.tsx';
import { ConnectionBanner, ScreenTitle, Stage } from '../ui/page-frame.tsx';
import type { Problem } from '../visit/phase.ts';
import { OwnerThere } from './door-screen.tsx';
import { Quote } from './quote.tsx';

/** Waiting to be let in: the place in the queue, the host's words, and a button to cancel. */
export function WaitingScreen(props: {
  readonly knock: KnockRequest;
  readonly isConnected: boolean;
  readonly onWithdraw: () => Promise<Problem | null>;
}) {
  const { knock } = props;
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const withdraw = async () => {
    setBusy(true);
    const problem = await props.onWithdraw();
    setBusy(false);
    if (problem !== null) tell(texts.refusedActions.NETWORK, 'bad');
  };
  return (
    <Stage>
      <ConnectionBanner isConnected={props.isConnected} />
      <Arch state="ajar" />
      <section class="card card-text">
        <ScreenTitle>{texts.waiting.title}</ScreenTitle>
        <p class="lead">
          {knock.ownerPresent ? texts.waiting.seen(knock.userName) : texts.waiting.unseen(knock.userName)}
        </p>
        <Place position={knock.position} requestedAt={knock.requestedAt} />
        <div role="status" class="messages">
          {knock.reply === null ? null : <Quote label={texts.waiting.reply} text={knock.reply} />}
        </div>
        {knock.lobbyMessage === null ? null : <Quote label={texts.door.lobbyMessage} text={knock.lobbyMessage} />}
        <button type="button" class="button button-quiet" aria-disabled={isBusy} onClick={withdraw}>
          {texts.waiting.withdraw}
        </button>
      </section>
      <OwnerThere isThere={knock.ownerPresent} absent={texts.waiting.ownerAbsent} />
    </Stage>
  );
}

function Place({ position, requestedAt }: { readonly position: number | null; readonly requestedAt: string }) {
  const texts = useTexts();
  const waitedMs = useNow(1000) - Date.parse(requestedAt);
  return (
    <div class="place">
      <p class="place-position" role="status">
        {position === null ? null : position === 1 ? texts.waiting.next : texts.waiting.position(position)}
      </p>
      <p class="place-since">{texts.waiting.since(formatDuration(waitedMs))}</p>
    </div>
  );
}

/** Admitted: the visitor is inside a moment later, or as soon as the room has a place. */
export function EnteringScreen({ isFull }: { readonly isFull: boolean }) {
  const texts = useTexts();
  const [isLong, setLong] = useState(false);
  // If joining is quick, no screen appears that would be gone before anybody could read it.
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 400);
    return () => clearTimeout(timer);
  }, []);
  if (!isFull && !isLong) {
    return (
      <Stage>
        <Arch state="open" />
      </Stage>
    );
  }
  return (
    <Stage>
      <Arch state="open" />
      <section class="card card-text">
        <ScreenTitle>{isFull ? texts.waiting.fullTitle : texts.common.loading}</ScreenTitle>
        {isFull ? <p class="lead">{texts.waiting.fullText}</p> : null}
      </section>
    </Stage>
  );
}
