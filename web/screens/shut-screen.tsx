import type { KnockRequest } from '../../packages/client/src/index.ts';
import { serviceNow, useNow } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { formatLeft, formatMoment, isToday } from '../texts/times.ts';
import type { ShownClaims } from '../token-claims.ts';
import { Solo } from '../ui/hall.tsx';
import { ScreenTitle } from '../ui/page-frame.tsx';
import { isDeadToken, type Shut } from '../visit/phase.ts';
import { Quote } from './quote.tsx';
import { endingTexts, refusalTexts } from './refusal-texts.ts';

interface ShutProps {
  readonly refusal: Shut;
  readonly claims: ShownClaims;
  readonly roomName: string;
  readonly onAgain: () => void;
  /** Goes on as somebody without an invitation. */
  readonly onWithout: () => void;
}

/** Not now: why, and one way on. */
export function ShutScreen(props: ShutProps) {
  const texts = useTexts();
  const { refusal, claims } = props;
  const isUnknown = refusal.code === 'ENTRY_NOT_ALLOWED';
  const { title, text } = refusalTexts(texts, refusal.code);
  const isExpired = refusal.code === 'TOKEN_EXPIRED' && claims.exp !== null;
  return (
    <Solo door="shut" aside={isUnknown ? texts.wayOn.lookedFor(props.roomName) : undefined}>
      <ScreenTitle>{refusal.opensAt === null ? title : openingTitle(texts, refusal)}</ScreenTitle>
      <p class="lead">
        {isExpired && claims.exp !== null ? `${texts.wayOn.goodUntil(formatMoment(claims.exp))} ` : null}
        {text}
      </p>
      {refusal.opensAt === null ? <WayOn {...props} /> : <Opening at={refusal.opensAt} />}
    </Solo>
  );
}

function openingTitle({ waitFor, refusals }: Texts, { code, opensAt }: Shut): string {
  if (code === 'TOKEN_NOT_YET_VALID' || opensAt === null) return refusals.TOKEN_NOT_YET_VALID.title;
  const moment = formatMoment(opensAt);
  return isToday(opensAt) ? waitFor.opensAt(moment) : waitFor.opensOn(moment);
}

function WayOn({ refusal, onAgain, onWithout }: ShutProps) {
  const { wayOn, common } = useTexts();
  if (isDeadToken(refusal.code)) return <Way label={wayOn.without} note={wayOn.withoutNote} isMain onGo={onWithout} />;
  switch (refusal.code) {
    case 'ROOM_FULL':
      return <p class="note">{wayOn.wakes}</p>;
    case 'ENTRY_NOT_ALLOWED':
    case 'BANNED':
    case 'ROOM_EXPIRED':
      return <Way label={wayOn.lookAgain} onGo={onAgain} />;
    case 'BANNED_NETWORK':
      return (
        <>
          <p class="quote mine">{wayOn.network}</p>
          <Way label={wayOn.lookAgain} onGo={onAgain} />
        </>
      );
    default:
      return <Way label={common.tryAgain} onGo={onAgain} />;
  }
}

/** One button, and what comes of it. */
export function Way(props: {
  readonly label: string;
  readonly note?: string | undefined;
  readonly isMain?: boolean;
  readonly onGo: () => void;
}) {
  return (
    <>
      <div class="stack">
        <button type="button" class={`button wide${props.isMain ? ' main' : ''}`} onClick={props.onGo}>
          {props.label}
        </button>
      </div>
      {props.note === undefined ? null : <p class="note">{props.note}</p>}
    </>
  );
}

/** With this difference somebody would look at the wrong clock. Milliseconds. */
const clockIsOffMs = 60_000;

function Opening({ at }: { readonly at: Date }) {
  const { waitFor } = useTexts();
  const now = useNow(1000);
  const isOff = Math.abs(serviceNow() - Date.now()) > clockIsOffMs;
  return (
    <>
      <p class="countdown" role="timer">
        {formatLeft(at.getTime() - now)}
      </p>
      {isOff ? <p class="note">{waitFor.clock(formatMoment(new Date()), formatMoment(new Date(now)))}</p> : null}
    </>
  );
}

interface TurnedAwayProps {
  readonly knock: KnockRequest;
  readonly onAgain: () => void;
  /** Goes where the domain wants people to go, where it says so. */
  readonly onGo: (() => void) | null;
}

/** A knock that let nobody in: the reason, and when the visitor may knock again. */
export function TurnedAwayScreen({ knock, onAgain, onGo }: TurnedAwayProps) {
  const texts = useTexts();
  const { title, text } = endingTexts(texts, knock);
  return (
    <Solo door="shut">
      <ScreenTitle>{title}</ScreenTitle>
      <p class="lead">{text}</p>
      {knock.reply === null ? null : <Quote label={texts.waiting.tabWrites} text={knock.reply} />}
      {onGo === null ? (
        <AskAgain knock={knock} onAgain={onAgain} />
      ) : (
        <Way label={texts.afterwards.goOn} isMain onGo={onGo} />
      )}
    </Solo>
  );
}

function AskAgain({ knock, onAgain }: { readonly knock: KnockRequest; readonly onAgain: () => void }) {
  const { askAgain, wayOn } = useTexts();
  const now = useNow(1000);
  const isNever = knock.status === 'DENIED' && knock.knockAgainAt === null;
  if (isNever) return <Way label={wayOn.lookAgain} note={askAgain.never} onGo={onAgain} />;
  if (knock.reason === 'ROOM_CLOSED') return <Way label={wayOn.lookAgain} onGo={onAgain} />;
  const leftMs = knock.knockAgainAt === null ? 0 : Date.parse(knock.knockAgainAt) - now;
  if (leftMs <= 0) return <Way label={askAgain.again} isMain onGo={onAgain} />;
  return (
    <>
      <div class="stack">
        <button type="button" class="button wide num" aria-disabled="true">
          {askAgain.againIn(formatLeft(leftMs))}
        </button>
      </div>
      <p class="note">{askAgain.wakes}</p>
    </>
  );
}
