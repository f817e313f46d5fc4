import type { KnockRequest, LeaveReason } from '../../packages/client/src/index.ts';
import { useNow } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { formatCountdown, formatMoment } from '../texts/times.ts';
import { Arch } from '../ui/arch.tsx';
import { ScreenTitle, Stage } from '../ui/page-frame.tsx';
import type { Shut } from '../visit/phase.ts';
import { Quote } from './quote.tsx';
import { endingTexts, refusalTexts } from './refusal-texts.ts';

// Screens with a message and one button.

export function ArrivingScreen() {
  const texts = useTexts();
  return (
    <Stage>
      <Arch state="ajar" />
      <p class="lead" role="status">
        {texts.common.loading}
      </p>
    </Stage>
  );
}

export function TroubleScreen() {
  const texts = useTexts();
  return (
    <Stage>
      <Arch state="shut" />
      <section class="card card-text">
        <ScreenTitle>{texts.connection.troubleTitle}</ScreenTitle>
        <p class="lead">{texts.connection.troubleText}</p>
      </section>
    </Stage>
  );
}

export function ShutScreen({ refusal, onAgain }: { readonly refusal: Shut; readonly onAgain: () => void }) {
  const texts = useTexts();
  const { title, text } = refusalTexts(texts, refusal.code);
  const opensBySelf = refusal.code === 'ROOM_FULL' || refusal.opensAt !== null;
  return (
    <Stage>
      <Arch state="shut" />
      <section class="card card-text">
        <ScreenTitle>{title}</ScreenTitle>
        {refusal.opensAt === null ? null : <Opening at={refusal.opensAt} />}
        <p class="lead">{text}</p>
        {opensBySelf || refusal.code.startsWith('BANNED') ? null : (
          <button type="button" class="button" onClick={onAgain}>
            {texts.common.tryAgain}
          </button>
        )}
      </section>
    </Stage>
  );
}

function Opening({ at }: { readonly at: Date }) {
  const texts = useTexts();
  const left = at.getTime() - useNow(1000);
  return (
    <>
      <p class="strong">{texts.waitFor.opensAt(formatMoment(at))}</p>
      <p class="countdown" aria-hidden="true">
        {formatCountdown(left)}
      </p>
    </>
  );
}

/** A knock that let nobody in: the reason, and when the visitor may knock again. */
export function TurnedAwayScreen({ knock, onAgain }: { readonly knock: KnockRequest; readonly onAgain: () => void }) {
  const texts = useTexts();
  const now = useNow(1000);
  const { title, text } = endingTexts(texts, knock);
  const isDenied = knock.status === 'DENIED';
  const isOver = knock.reason === 'ROOM_CLOSED';
  const leftMs = knock.knockAgainAt === null ? 0 : Date.parse(knock.knockAgainAt) - now;
  const isNever = isDenied && knock.knockAgainAt === null;
  return (
    <Stage>
      <Arch state="shut" />
      <section class="card card-text">
        <ScreenTitle>{title}</ScreenTitle>
        <p class="lead">{text}</p>
        {knock.reply === null ? null : <Quote label={texts.waiting.reply} text={knock.reply} />}
        {isNever ? <p class="strong">{texts.askAgain.never}</p> : null}
        {leftMs > 0 ? <p class="strong">{texts.askAgain.againIn(formatCountdown(leftMs))}</p> : null}
        {isNever || isOver || leftMs > 0 ? null : (
          <button type="button" class="button button-main" onClick={onAgain}>
            {texts.askAgain.again}
          </button>
        )}
      </section>
    </Stage>
  );
}

const finalReasons: readonly LeaveReason[] = ['BANNED', 'ROOM_EXPIRED', 'ROOM_DELETED'];

export function GoneScreen(props: {
  readonly reason: LeaveReason;
  readonly by: string | null;
  readonly onAgain: () => void;
}) {
  const texts = useTexts();
  const { title, text } = texts.gone[props.reason];
  return (
    <Stage>
      <Arch state={props.reason === 'LEFT' ? 'ajar' : 'shut'} />
      <section class="card card-text">
        <ScreenTitle>{title}</ScreenTitle>
        <p class="lead">
          {text} {props.by === null ? null : texts.afterwards.by(props.by)}
        </p>
        {finalReasons.includes(props.reason) ? null : (
          <button type="button" class="button button-main" onClick={props.onAgain}>
            {texts.afterwards.again}
          </button>
        )}
      </section>
    </Stage>
  );
}
