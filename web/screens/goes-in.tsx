import { type DevicesView, devices } from '../devices/devices.ts';
import { pageData } from '../page-data.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import type { Texts } from '../texts/speak.ts';
import { Toggle } from './toggle.tsx';

/** With what one goes in. While one waits nothing is on yet: the camera's light is out. */
export function GoesIn() {
  const texts = useTexts();
  const { media } = useStore(pageData);
  const view = useStore(devices.view);
  if (media !== 'LIVEKIT') return null;
  return (
    <div class="row keep">
      <span class="grow note" role="status">
        {goesIn(texts, view)}
      </span>
      <Toggle kind="audio" view={view} look="button only" />
      <Toggle kind="video" view={view} look="button only" />
    </div>
  );
}

function goesIn({ devices: texts }: Texts, { audio, video }: DevicesView): string {
  if (audio.isWanted) return video.isWanted ? texts.bothOn : texts.videoOff;
  return video.isWanted ? texts.micOff : texts.bothOff;
}
