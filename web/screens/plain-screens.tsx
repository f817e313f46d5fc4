import type { LeaveReason } from '../../packages/client/src/index.ts';
import { meetingTitle } from '../brand.ts';
import { pageData } from '../page-data.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { Solo } from '../ui/hall.tsx';
import { ScreenTitle } from '../ui/page-frame.tsx';
import { Way } from './shut-screen.tsx';

// Screens with a message, and one way on.

export function ArrivingScreen() {
  const { common } = useTexts();
  return (
    <Solo door="ajar">
      <p class="lead" role="status">
        {common.loading}
      </p>
    </Solo>
  );
}

export function TroubleScreen({ onAgain }: { readonly onAgain: () => void }) {
  const { connection, common } = useTexts();
  return (
    <Solo door="shut">
      <ScreenTitle>{connection.troubleTitle}</ScreenTitle>
      <p class="lead">{connection.troubleText}</p>
      <Way label={common.tryAgain} onGo={onAgain} />
    </Solo>
  );
}

interface OtherTabProps {
  readonly isFree: boolean;
  readonly onUse: () => void;
}

/** Another copy of this tab is inside, or was. */
export function OtherTabScreen({ isFree, onUse }: OtherTabProps) {
  const { otherTab } = useTexts();
  return (
    <Solo door="open">
      <ScreenTitle>{isFree ? otherTab.free : otherTab.title}</ScreenTitle>
      {isFree ? null : <p class="lead">{otherTab.text}</p>}
      <div class="stack">
        <button type="button" class="button main tall wide" onClick={onUse}>
          {otherTab.use}
        </button>
      </div>
      {isFree ? null : <p class="note">{otherTab.note}</p>}
    </Solo>
  );
}

/** What somebody was sent to has a name that no room can have. */
export function MisnamedScreen({ lookedFor }: { readonly lookedFor: string }) {
  const { misnamed } = useTexts();
  return (
    <Solo door="shut">
      <ScreenTitle>{misnamed.title}</ScreenTitle>
      <p class="lead">{misnamed.text(lookedFor)}</p>
    </Solo>
  );
}

/** Nobody comes back from these, unless the door opens again. */
const finalReasons: readonly LeaveReason[] = ['BANNED', 'ROOM_EXPIRED', 'ROOM_DELETED'];

interface GoneProps {
  readonly reason: LeaveReason;
  readonly by: string | null;
  readonly onAgain: () => void;
}

export function GoneScreen({ reason, by, onAgain }: GoneProps) {
  const texts = useTexts();
  const meeting = useStore(meetingTitle);
  const { media } = useStore(pageData);
  const { title, text } = texts.gone[reason];
  return (
    <Solo door={reason === 'LEFT' ? 'ajar' : 'shut'}>
      <ScreenTitle>{title}</ScreenTitle>
      <p class="lead">{by !== null && reason === 'EJECTED' ? removedBy(texts, by, meeting) : text}</p>
      <Way
        label={wayBack(texts, reason)}
        isMain={reason === 'LEFT'}
        note={media === null ? undefined : texts.afterwards.mediaOff}
        onGo={onAgain}
      />
    </Solo>
  );
}

function removedBy({ afterwards }: Texts, name: string, meeting: string | null): string {
  return meeting === null ? afterwards.by(name) : afterwards.byFrom(name, meeting);
}

function wayBack({ afterwards, wayOn }: Texts, reason: LeaveReason): string {
  if (finalReasons.includes(reason)) return wayOn.lookAgain;
  return reason === 'EJECTED' ? afterwards.askBack : afterwards.again;
}
