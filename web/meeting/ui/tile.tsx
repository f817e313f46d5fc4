import { useEffect, useRef } from 'preact/hooks';
import type { AskKind } from '../../console/asks.ts';
import { type RoomTexts, useRoomTexts } from '../../texts/room-texts.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import type { CallPerson, CallPicture } from '../call-state.ts';
import type { Place } from '../layout/grid.ts';
import { MenuButton } from './menu.tsx';
import { type MeetingTexts, useMeetingTexts } from './texts.ts';

interface TileProps {
  readonly call: Call;
  readonly person: CallPerson;
  readonly place: Place;
  /** May the viewer do something to this person? Then there is a menu. */
  readonly hasMenu: boolean;
  readonly pending: readonly AskKind[];
  /** The line is lost: what is seen stands still. */
  readonly isStill: boolean;
}

/** Somebody in the meeting: their picture or their initials, and who they are. */
export function Tile({ call, person, place, hasMenu, pending, isStill }: TileProps) {
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const { camera, isMe, isSpeaking } = person;
  const marks = [
    isMe ? 'is-me' : '',
    isSpeaking && !isStill ? 'speaks' : '',
    camera === null ? 'is-dark' : '',
    isStill ? 'is-still' : '',
  ];
  const says = isStill ? (isMe ? meeting.placeKept : null) : absenceOf(person, texts, meeting);
  return (
    <figure class={`tile ${marks.filter(Boolean).join(' ')}`} style={standAt(place)} data-person={person.id}>
      {camera?.isShown ? null : <Avatar name={person.name} />}
      {camera === null ? null : <Picture call={call} picture={camera} />}
      {says === null ? null : <p class="tile-says">{says}</p>}
      <Signal quality={isStill ? 'unknown' : person.quality} />
      {hasMenu ? (
        <MenuButton name="person" personId={person.id} class="dots" label={texts.person.more(person.name)}>
          <Icon name="more" />
        </MenuButton>
      ) : null}
      {pending.includes('unmute') ? <p class="tile-asked">{meeting.person.asked}</p> : null}
      <Plate person={person} pending={pending} />
    </figure>
  );
}

/** By properties that a style sheet reads, which mirrors them where the page runs from right to left. */
export function standAt({ x, y, width, height }: Place): Record<string, string> {
  return { '--x': `${x}px`, '--y': `${y}px`, '--w': `${width}px`, '--h': `${height}px` };
}

export function Picture({ call, picture }: { readonly call: Call; readonly picture: CallPicture }) {
  const video = useRef<HTMLVideoElement>(null);
  const { key } = picture;
  useEffect(() => (video.current === null ? undefined : call.attach(key, video.current)), [call, key]);
  return (
    <video
      ref={video}
      class={picture.isUpright ? 'is-upright' : undefined}
      hidden={!picture.isShown}
      data-picture={key}
      autoplay
      muted
      playsInline
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}

/** Who is not to be seen or heard, and whose picture and sound are not only switched off. */
export function absenceOf(
  { isAway, isOffMedia }: CallPerson,
  { room }: RoomTexts,
  { noMedia }: MeetingTexts,
): string | null {
  if (isAway) return room.reconnecting;
  return isOffMedia ? noMedia : null;
}

/** Only what somebody notices is marked: a line that is merely not the best says nothing. */
export function weaknessOf(quality: CallPerson['quality'], { weak, veryWeak }: MeetingTexts): string | null {
  if (quality === 'lost') return veryWeak;
  return quality === 'poor' ? weak : null;
}

function Signal({ quality }: { readonly quality: CallPerson['quality'] }) {
  const weakness = weaknessOf(quality, useMeetingTexts());
  if (weakness === null) return null;
  return (
    <span class={`signal ${quality === 'lost' ? 'one' : 'two'}`} role="img" aria-label={weakness}>
      <i />
      <i />
      <i />
    </span>
  );
}

/** Who it is: verified or not, host or not is said of everybody, all the time. */
function Plate({ person, pending }: { readonly person: CallPerson; readonly pending: readonly AskKind[] }) {
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const { name, isMe, isHost, isHeard, isListener, isSpeaking } = person;
  return (
    <figcaption class="plate">
      {isListener ? <Mark icon="ear" class="listens" text={texts.person.listenOnly} /> : null}
      {isListener || isHeard ? null : <Mark icon="micOff" class="muted" text={meeting.muted} />}
      {isHeard && pending.includes('mute') ? (
        <Mark icon="micOff" class="is-asked" text={meeting.person.asking} />
      ) : null}
      {isHeard && isSpeaking ? (
        <span class="says-level" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      ) : null}
      <bdi class="clip">{isMe ? meeting.me(name) : name}</bdi>
      {isHost ? <span class="host">{texts.common.host}</span> : <Vouched isVerified={person.isVerified} />}
    </figcaption>
  );
}

function Mark(props: { readonly icon: 'ear' | 'micOff'; readonly class: string; readonly text: string }) {
  return (
    <span class={`mark ${props.class}`} title={props.text}>
      <Icon name={props.icon} />
      <span class="unseen">{props.text}</span>
    </span>
  );
}

function Vouched({ isVerified }: { readonly isVerified: boolean }) {
  const { common } = useRoomTexts();
  const { verified, unverified } = useMeetingTexts();
  return (
    <span
      class={`vouched ${isVerified ? 'ok' : 'anon'}`}
      title={isVerified ? common.verifiedHint : common.unverifiedHint}
    >
      <Icon name={isVerified ? 'shield' : 'doubt'} />
      <span class="unseen">{isVerified ? verified : unverified}</span>
    </span>
  );
}
