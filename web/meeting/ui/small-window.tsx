import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useStore } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import type { CallPerson, CallPicture, CallState, PictureKey } from '../call-state.ts';
import { type Sharing, screensOf, speakerAmong } from '../layout/view.ts';
import { MediumControl } from './control.tsx';
import { holdBack } from './keys.ts';
import { lineSays } from './line-says.ts';
import { useMeetingTexts } from './texts.ts';
import { Picture } from './tile.tsx';
import { whyOffText } from './why-off.ts';

/** What browsers with a window of the page's own offer; TypeScript does not know it yet. */
interface DocumentPictureInPicture {
  readonly requestWindow: (size: { readonly width: number; readonly height: number }) => Promise<Window>;
}

declare global {
  interface Window {
    readonly documentPictureInPicture?: DocumentPictureInPicture;
  }
}

export interface SmallWindow {
  /** Null: this browser has none. */
  readonly open: (() => void) | null;
  /** What it shows now, which is received although it is nowhere else on screen. */
  readonly shows: readonly PictureKey[];
}

/** The meeting over other windows: a small page of its own where the browser has that, else the picture in front alone. */
export function useSmallWindow(call: Call, sharing: Sharing): SmallWindow {
  const [opened, setOpened] = useState<Window | null>(null);
  const [shows, setShows] = useState<readonly PictureKey[]>([]);
  useEffect(() => {
    if (opened !== null) render(<Small {...{ call, sharing }} onShow={setShows} />, opened.document.body);
  }, [opened, call, sharing]);
  useEffect(() => {
    if (opened === null) return undefined;
    const { body } = opened.document;
    const end = () => setOpened(null);
    opened.addEventListener('pagehide', end);
    return () => {
      opened.removeEventListener('pagehide', end);
      render(null, body);
      opened.close();
      setShows([]);
    };
  }, [opened]);
  const own = window.documentPictureInPicture;
  if (own !== undefined) return { open: () => void openWindow(own).then(setOpened, () => undefined), shows };
  return { open: document.pictureInPictureEnabled ? openPicture : null, shows };
}

async function openWindow(own: DocumentPictureInPicture): Promise<Window> {
  const small = await own.requestWindow({ width: 384, height: 264 });
  const { documentElement } = small.document;
  documentElement.lang = document.documentElement.lang;
  documentElement.dir = document.documentElement.dir;
  documentElement.style.cssText = document.documentElement.style.cssText;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) {
    small.document.head.append(sheet.cloneNode());
  }
  small.document.title = document.title;
  return small;
}

/** The largest picture that plays. */
function openPicture(): void {
  const playing = [...document.querySelectorAll<HTMLVideoElement>('.stage-box video')].filter(
    ({ readyState }) => readyState > HTMLMediaElement.HAVE_METADATA,
  );
  const [largest] = playing.toSorted((one, other) => other.clientWidth - one.clientWidth);
  largest?.requestPictureInPicture().catch(() => undefined);
}

interface InFront {
  readonly person: CallPerson;
  readonly picture: CallPicture | null;
}

/** A shared screen; else whoever spoke last; else somebody. */
function inFrontOf({ people, speaking }: CallState, sharing: Sharing, last: string | null): InFront | null {
  const { front } = screensOf(people, sharing);
  if (front !== null) return { person: front, picture: front.screen };
  const others = people.filter(({ isMe }) => !isMe);
  const person =
    speakerAmong(speaking, people) ??
    others.find(({ id }) => id === last) ??
    others.find(({ camera }) => camera !== null) ??
    others[0];
  return person === undefined ? null : { person, picture: person.camera };
}

interface SmallProps {
  readonly call: Call;
  readonly sharing: Sharing;
  readonly onShow: (keys: readonly PictureKey[]) => void;
}

function Small({ call, sharing, onShow }: SmallProps) {
  const texts = useTexts();
  const meeting = useMeetingTexts();
  const now = useStore(call.state);
  const [last, setLast] = useState<string | null>(null);
  const front = inFrontOf(now, sharing, last);
  const key = front?.picture?.key ?? null;
  useEffect(() => onShow(key === null ? [] : [key]), [key, onShow]);
  useEffect(() => setLast(front?.person.id ?? null), [front?.person.id]);
  const { microphone, camera } = now;
  const says = lineSays(now.line, texts, meeting);
  return (
    <main class="small" onKeyDown={holdBack}>
      <div class="small-picture">
        {front === null ? null : (
          <>
            {front.picture?.isShown ? null : <Avatar name={front.person.name} />}
            {front.picture === null ? null : <Picture key={front.picture.key} call={call} picture={front.picture} />}
            <p class="plate">
              <bdi class="clip">{front.person.name}</bdi>
            </p>
          </>
        )}
      </div>
      {says === null ? null : (
        <p class="small-says" role="status">
          {says}
        </p>
      )}
      <div class="small-bar">
        {microphone.isAllowed ? (
          <MediumControl
            medium={microphone}
            label={texts.room.mic}
            why={whyOffText('microphone', microphone, texts, meeting)}
            isRedWhenOff
            icon={<Icon name={microphone.state === 'off' ? 'micOff' : 'mic'} />}
            onPress={() => call.toggle('microphone')}
          />
        ) : null}
        {camera.isAllowed ? (
          <MediumControl
            medium={camera}
            label={texts.room.camera}
            why={whyOffText('camera', camera, texts, meeting)}
            isRedWhenOff
            icon={<Icon name={camera.state === 'off' ? 'cameraOff' : 'camera'} />}
            onPress={() => call.toggle('camera')}
          />
        ) : null}
      </div>
    </main>
  );
}
