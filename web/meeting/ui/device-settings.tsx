import { usePart } from '../../store.ts';
import { useTexts } from '../../texts/language.ts';
import { Tongue } from '../../ui/hall.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import { Choice } from './menu.tsx';
import { useMeetingTexts } from './texts.ts';

const kinds = [
  ['audioinput', 'mic', 'mic'],
  ['videoinput', 'camera', 'camera'],
  ['audiooutput', 'speaker', 'speaker'],
] as const;

/** Which devices are used, and the language. */
export function DeviceSettings({ call }: { readonly call: Call }) {
  const { devices: texts } = useTexts();
  const devices = usePart(call.state, (state) => state.devices);
  const isAudience = usePart(call.state, (state) => state.isAudience);
  return (
    <section class="panel" aria-label={texts.choose}>
      {kinds.map(([kind, icon, name]) => {
        const { found, chosen } = devices[kind];
        if (found.length === 0 || (isAudience && kind !== 'audiooutput')) return null;
        return (
          <label class="device" key={kind}>
            <Icon name={icon} />
            <span class="unseen">{texts[name]}</span>
            <span class="pick">
              <select
                class="input"
                value={chosen ?? ''}
                onChange={(event) => call.choose(kind, event.currentTarget.value)}
              >
                {chosen === null ? <option value="">{texts.system}</option> : null}
                {found.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </select>
            </span>
          </label>
        );
      })}
      <Tongue />
    </section>
  );
}

/** The same in a menu, beside the control that it belongs to. */
export function DeviceChoices({ call, kind }: { readonly call: Call; readonly kind: MediaDeviceKind }) {
  const { devices: texts } = useTexts();
  const { noneFound } = useMeetingTexts();
  const { found, chosen } = usePart(call.state, (state) => state.devices[kind]);
  if (found.length === 0) return <Choice label={noneFound} isOff onChoose={() => undefined} />;
  return (
    <>
      {chosen === null ? <Choice label={texts.system} isChosen onChoose={() => undefined} /> : null}
      {found.map(({ id, label }) => (
        <Choice
          key={id}
          icon={id === chosen ? <Icon name="check" /> : null}
          label={label}
          isChosen={id === chosen}
          onChoose={() => call.choose(kind, id)}
        />
      ))}
    </>
  );
}
