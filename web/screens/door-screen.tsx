import type { Access } from '../../packages/client/src/index.ts';
import { meetingTitle } from '../brand.ts';
import { pageData } from '../page-data.ts';
import { useNow, useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { Hall, Solo } from '../ui/hall.tsx';
import { ScreenTitle } from '../ui/page-frame.tsx';
import { DoorForm, type DoorProps } from './door-form.tsx';
import { MirrorPlace } from './mirror-place.tsx';
import { Quote } from './quote.tsx';

/** The meeting's name, a field for one's own, and a button to join or to knock. What changes at the door changes in its place. */
export function DoorScreen(props: DoorProps) {
  const { media } = useStore(pageData);
  const waitMs = useWaitToKnock(props.access);
  const words = useDoorWords(props, waitMs);
  // Where a media server is, one looks into the mirror before one goes in.
  return media === 'LIVEKIT' ? (
    <MirrorDoor {...props} waitMs={waitMs} words={words} />
  ) : (
    <PlainDoor {...props} waitMs={waitMs} words={words} />
  );
}

interface DoorParts extends DoorProps {
  readonly waitMs: number;
  readonly words: DoorWords;
}

function PlainDoor({ words, waitMs, ...props }: DoorParts) {
  const { access } = props;
  const isOpen = access.level === 'FULL';
  return (
    <Solo door={isOpen ? 'open' : waitMs > 0 ? 'shut' : 'ajar'}>
      <ScreenTitle>{words.title}</ScreenTitle>
      <p class="lead" role="status">
        {words.lead}
      </p>
      <HostWords access={access} />
      <DoorForm {...props} waitMs={waitMs} />
      {isOpen ? null : <Presence isThere={access.ownerPresent} />}
    </Solo>
  );
}

function MirrorDoor({ words, waitMs, ...props }: DoorParts) {
  const { door } = useTexts();
  const { access, hint } = props;
  const isOpen = access.level === 'FULL';
  const isSaid = isOpen || waitMs > 0 || hint !== null;
  return (
    <Hall hasTwo>
      <div class="title">
        <ScreenTitle>{words.title}</ScreenTitle>
        {isSaid ? (
          <p class="lead" role="status">
            {words.lead}
          </p>
        ) : (
          <Presence isThere={access.ownerPresent} isShort />
        )}
      </div>
      <MirrorPlace start={{ audio: !access.startAudioOff, video: !access.startVideoOff }} />
      <section class="card bare" aria-label={isOpen ? door.join : door.knock}>
        <HostWords access={access} />
        <DoorForm {...props} waitMs={waitMs} />
        <p class="note">{isOpen || access.ownerPresent ? door.unseen : door.ownerAbsent}</p>
      </section>
    </Hall>
  );
}

interface DoorWords {
  readonly title: string;
  readonly lead: string;
}

/** The meeting's own name is the heading, where it has one; else what one may do here. */
function useDoorWords({ access, hint, claims }: DoorProps, waitMs: number): DoorWords {
  const texts = useTexts();
  const title = useStore(meetingTitle);
  if (waitMs > 0) return { title: texts.askAgain.title, lead: texts.askAgain.text };
  const words = wordsFor(texts, access.level === 'FULL', claims.isOwner);
  return { title: title ?? words.title, lead: hint === null ? words.lead : texts.door[hint] };
}

function wordsFor({ door }: Texts, isOpen: boolean, isOwner: boolean): DoorWords {
  if (!isOpen) return { title: door.knockTitle, lead: door.knockText };
  return isOwner ? { title: door.hostTitle, lead: door.hostText } : { title: door.joinTitle, lead: door.joinText };
}

/** How long this person must wait before the next knock, in milliseconds. */
function useWaitToKnock({ knockAgainAt }: Access): number {
  const now = useNow(1000);
  return knockAgainAt === null ? 0 : Math.max(0, Date.parse(knockAgainAt) - now);
}

function HostWords({ access }: { readonly access: Access }) {
  const { door } = useTexts();
  if (access.lobbyMessage === null || access.level === 'FULL') return null;
  return <Quote label={door.lobbyMessage} text={access.lobbyMessage} />;
}

/** Is somebody in the room who can answer a knock? */
export function Presence({ isThere, isShort = false }: { readonly isThere: boolean; readonly isShort?: boolean }) {
  const { door } = useTexts();
  return (
    <p class={`presence${isShort ? ' grow' : ''}`} role="status">
      <i class={`dot${isThere ? ' on' : ''}`} aria-hidden="true" />
      <span>{isThere ? door.ownerPresent : isShort ? door.ownerAbsentShort : door.ownerAbsent}</span>
    </p>
  );
}
