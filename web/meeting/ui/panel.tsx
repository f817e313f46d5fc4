import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Banned } from '../../console/banned.tsx';
import { LivePanel } from '../../console/live-panel.tsx';
import { WaitingPanel } from '../../console/queue/panel.tsx';
import { RecordPanel } from '../../console/record-panel.tsx';
import { AlertSettings, RoomSettings } from '../../console/room-settings.tsx';
import { useTexts } from '../../texts/language.ts';
import { Icon } from '../../ui/icons.tsx';
import { leadFocus } from '../../ui/page-focus.ts';
import type { Stay } from '../../visit/stay.ts';
import type { StayState } from '../../visit/stay-state.ts';
import type { Call } from '../call.ts';
import { DeviceSettings } from './device-settings.tsx';
import { meetingKeys } from './keys.ts';
import type { PanelName } from './panel-name.ts';
import { PeoplePanel } from './people-panel.tsx';
import { useMeetingTexts } from './texts.ts';

interface PanelProps {
  readonly name: PanelName;
  readonly stay: Stay;
  readonly state: StayState;
  readonly call: Call;
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}

/** Beside the pictures; where there is no room beside them, a sheet from below. The focus goes in when it opens. */
export function Panel(props: PanelProps) {
  const { name, onClose } = props;
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another panel is opened in the same place.
  useEffect(() => {
    // Not onto somebody's button: the key that opened it may come a second time.
    leadFocus(box.current?.querySelector('h2'));
  }, [name]);
  return (
    <aside
      ref={box}
      class="side"
      data-region
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <Content {...props} close={<Close onClose={onClose} />} />
    </aside>
  );
}

function Close({ onClose }: { readonly onClose: () => void }) {
  const { common } = useTexts();
  return (
    <button type="button" class="button quiet only" aria-label={common.close} title={common.close} onClick={onClose}>
      <Icon name="cross" />
    </button>
  );
}

function Content(props: PanelProps & { readonly close: ComponentChildren }) {
  const { name, stay, state, call, close } = props;
  const meeting = useMeetingTexts();
  if (name === 'people') return <PeoplePanel {...{ stay, state, call, close }} />;
  if (name === 'waiting')
    return (
      <WaitingPanel state={stay.state} desk={stay.desk} actions={stay.queue} moreKeys={meetingKeys(meeting)}>
        {close}
      </WaitingPanel>
    );
  return <SettingsPanel {...props} />;
}

/** What is set once: devices and language for everybody; the room, the live stream and the record for who may. */
function SettingsPanel({ stay, state, call, isAdmin, close }: PanelProps & { readonly close: ComponentChildren }) {
  const { settings } = useMeetingTexts();
  const { me } = state;
  return (
    <section class="side-page" aria-labelledby="settings-panel-title">
      <header class="side-head">
        <h2 id="settings-panel-title" tabIndex={-1}>
          {settings}
        </h2>
        {close}
      </header>
      <div class="side-body">
        <DeviceSettings call={call} />
        {me.permissions.canAdmin.includes('STREAMING') ? (
          <LivePanel state={stay.state} actions={stay.controls} />
        ) : null}
        {me.isOwner ? (
          <RoomSettings state={stay.state} actions={stay.controls} onEnd={() => void stay.endForAll()} />
        ) : null}
        {isAdmin ? <AlertSettings /> : null}
        {isAdmin ? <Banned state={stay.state} actions={stay.people} /> : null}
        {isAdmin ? <RecordPanel record={stay.record} /> : null}
      </div>
    </section>
  );
}
