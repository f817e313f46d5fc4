import type { KnockRequest } from '../../packages/client/src/index.ts';
import { meetingTitle } from '../brand.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { formatMoment } from '../texts/times.ts';
import { Doorway } from '../ui/doorway.tsx';
import { Hall } from '../ui/hall.tsx';
import { ConnectionBanner, ScreenTitle } from '../ui/page-frame.tsx';
import type { Problem } from '../visit/phase.ts';
import { Presence } from './door-screen.tsx';
import { GoesIn } from './goes-in.tsx';
import { OwnMessage } from './own-message.tsx';
import { Quote } from './quote.tsx';
import { Withdraw } from './withdraw.tsx';

export interface WaitingProps {
  readonly knock: KnockRequest;
  readonly isConnected: boolean;
  readonly onMessage: (message: string) => Promise<Problem | null>;
  readonly onWithdraw: () => Promise<Problem | null>;
}

/** Waiting to be let in: the place in line, words both ways, and a button to withdraw. */
export function WaitingScreen({ knock, isConnected, onMessage, onWithdraw }: WaitingProps) {
  const texts = useTexts();
  return (
    <Hall hasTwo>
      <ConnectionBanner isConnected={isConnected} />
      <WaitingTitle title={placeTitle(texts, knock.position)}>
        {knock.ownerPresent ? texts.waiting.seen : texts.waiting.unseen}
      </WaitingTitle>
      <Doorway state="ajar" />
      <section class="card bare" aria-label={texts.waiting.request}>
        <Place knock={knock} />
        <div class="stack words" role="log" aria-label={texts.waiting.words}>
          {knock.lobbyMessage === null ? null : <Quote label={texts.door.lobbyMessage} text={knock.lobbyMessage} />}
          {knock.reply === null ? null : <Quote label={texts.waiting.reply} text={knock.reply} />}
        </div>
        <OwnMessage message={knock.message ?? ''} onMessage={onMessage} />
        <GoesIn />
        <div class="row ends">
          <Presence isThere={knock.ownerPresent} isShort />
          <Withdraw onWithdraw={onWithdraw} />
        </div>
      </section>
    </Hall>
  );
}

/** The heading of whoever has asked, with the meeting's name above it. */
export function WaitingTitle({ title, children }: { readonly title: string; readonly children: string }) {
  const meeting = useStore(meetingTitle);
  return (
    <div class="title">
      {meeting === null ? null : (
        <p class="eyebrow">
          <bdi>{meeting}</bdi>
        </p>
      )}
      <ScreenTitle>{title}</ScreenTitle>
      <p class="lead">{children}</p>
    </div>
  );
}

function placeTitle({ waiting }: Texts, position: number | null): string {
  if (position === null) return waiting.title;
  return [waiting.next, waiting.second, waiting.third][position - 1] ?? waiting.position(position);
}

function Place({ knock: { position, requestedAt } }: { readonly knock: KnockRequest }) {
  const { waiting } = useTexts();
  const before = (position ?? 1) - 1;
  const others = before === 0 ? waiting.beforeNobody : before === 2 ? waiting.beforeTwo : waiting.before(before);
  return (
    <div class="place" role="status">
      <b aria-hidden="true">{position}</b>
      <strong>{position === null ? waiting.title : others}</strong>
      <span>{waiting.since(formatMoment(requestedAt))}</span>
    </div>
  );
}
