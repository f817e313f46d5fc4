import type { Kind } from '../devices/capture.ts';
import { type DevicesView, devices } from '../devices/devices.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';

const icons = { audio: ['mic', 'micOff'], video: ['camera', 'cameraOff'] } as const;

/** The same words on and off: what one goes in with. */
export function Toggle(props: {
  readonly kind: Kind;
  readonly view: DevicesView;
  readonly look: 'round' | 'button only';
}) {
  const { devices: texts } = useTexts();
  const { kind, view, look } = props;
  const { isWanted, isStarting } = view[kind];
  const [on, off] = icons[kind];
  const label = kind === 'audio' ? texts.mic : texts.camera;
  return (
    <button
      type="button"
      class={look}
      aria-pressed={isWanted}
      aria-busy={isStarting}
      aria-label={label}
      title={label}
      onClick={() => devices.toggle(kind)}
    >
      <Icon name={isWanted ? on : off} />
    </button>
  );
}
