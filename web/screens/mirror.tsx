import { useEffect, useRef, useState } from 'preact/hooks';
import { type DevicesView, devices, type Wishes } from '../devices/devices.ts';
import { followLevel, playTest } from '../devices/sound.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';
import { Toggle } from './toggle.tsx';

/** The mirror in the hall: one's own picture in the doorway, and the devices that one goes in with. */
export function Mirror({ start }: { readonly start: Wishes }) {
  const texts = useTexts();
  const view = useStore(devices.view);
  const [isOpen, setOpen] = useState(false);
  const { audio, video } = start;
  useEffect(() => {
    devices.begin({ audio, video });
    return devices.take();
  }, [audio, video]);
  const says = view.video.isStarting ? texts.devices.starting : view.video.isWanted ? null : texts.devices.cameraOff;
  return (
    <section class="doorway glass" aria-label={texts.devices.picture}>
      <div class="frame">
        <div class="mirror">
          <Picture track={view.video.track} />
          <p class={`says${says === null ? ' unseen' : ''}`} role="status">
            {says}
          </p>
          <div class="toggles">
            <Toggle kind="audio" view={view} look="round" />
            <Toggle kind="video" view={view} look="round" />
          </div>
        </div>
      </div>
      <div class="under-mirror">
        <Troubles view={view} />
        <div class="short-devices">
          <Icon name="mic" />
          <Level track={view.audio.track} />
          <button type="button" class="button quiet link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {texts.devices.choose}
          </button>
        </div>
        <div class={`devices${isOpen ? ' is-open' : ''}`}>
          <Choice view={view} device="audioinput" />
          <Choice view={view} device="videoinput" />
          <Choice view={view} device="audiooutput" />
        </div>
      </div>
    </section>
  );
}

function Picture({ track }: { readonly track: MediaStreamTrack | null }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = track === null ? null : new MediaStream([track]);
  }, [track]);
  return <video ref={video} hidden={track === null} autoplay muted playsInline tabIndex={-1} />;
}

/** Each trouble once, and that one may come in all the same. */
function Troubles({ view }: { readonly view: DevicesView }) {
  const texts = useTexts();
  const troubles = new Set([view.audio.trouble, view.video.trouble]);
  return (
    <div role="status" class="troubles">
      {[...troubles].map((trouble) =>
        trouble === null ? null : (
          <p key={trouble} class="quote mine">
            {texts.devices[trouble]}
          </p>
        ),
      )}
    </div>
  );
}

const kinds = {
  audioinput: { icon: 'mic', label: 'mic' },
  videoinput: { icon: 'camera', label: 'camera' },
  audiooutput: { icon: 'speaker', label: 'speaker' },
} as const;

/** Where the browser names no devices, there is nothing to choose. */
function Choice({ view, device }: { readonly view: DevicesView; readonly device: keyof typeof kinds }) {
  const { devices: texts } = useTexts();
  const { icon, label } = kinds[device];
  const found = view.devices.filter(({ kind }) => kind === device);
  if (found.length === 0) return null;
  // What the system has chosen is named where the browser tells.
  const used = view.chosen[device] ?? usedNow(view, device);
  const value = found.some(({ deviceId }) => deviceId === used) ? used : '';
  return (
    <div class="device">
      <Icon name={icon} />
      <span class="pick">
        <select
          class="input"
          aria-label={texts[label]}
          value={value}
          onChange={(event) => devices.choose(device, event.currentTarget.value)}
        >
          {value === '' ? <option value="">{texts.system}</option> : null}
          {found.map(({ deviceId, label: name }) => (
            <option key={deviceId} value={deviceId}>
              {name}
            </option>
          ))}
        </select>
      </span>
      {device === 'audioinput' ? <Level track={view.audio.track} /> : null}
      {device === 'audiooutput' ? (
        <button type="button" class="button quiet link" onClick={() => void playTest(view.chosen[device])}>
          {texts.test}
        </button>
      ) : null}
      {device === 'videoinput' ? <span /> : null}
    </div>
  );
}

function usedNow({ audio, video }: DevicesView, device: keyof typeof kinds): string | undefined {
  if (device === 'audiooutput') return 'default';
  return (device === 'audioinput' ? audio : video).track?.getSettings().deviceId;
}

const bars = [1, 2, 3, 4, 5, 6, 7, 8] as const;

function Level({ track }: { readonly track: MediaStreamTrack | null }) {
  const { devices: texts } = useTexts();
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    return track === null ? undefined : followLevel(track, setLevel);
  }, [track]);
  return (
    <span class="meter" role="img" aria-label={texts.level}>
      {bars.map((bar) => (
        <i key={bar} class={level * bars.length >= bar ? 'on' : undefined} />
      ))}
    </span>
  );
}
