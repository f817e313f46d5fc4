import { useEffect, useState } from 'preact/hooks';
import { alerts } from '../alerts.ts';
import { hostAlerts } from '../console/host-alerts.ts';
import { WaitingPanel } from '../console/queue/panel.tsx';
import { useSettingsTexts } from '../console/settings-texts.ts';
import { usePart } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';
import { ConnectionBanner, ScreenTitle } from '../ui/page-frame.tsx';
import type { Stay } from '../visit/stay.ts';

interface ConsoleProps {
  readonly stay: Stay;
  readonly isConnected: boolean;
}

/** The list of who waits by itself, from 360 px on: for a host who is in another meeting, or whom nobody sees here. */
export function ConsoleScreen({ stay, isConnected }: ConsoleProps) {
  const { room } = useTexts();
  const title = usePart(stay.state, (state) => state.room.title ?? state.room.name);
  // Whatever the width of the window, the list fills it, and what comes and goes has a line of its own above it.
  useEffect(() => {
    document.documentElement.classList.add('is-console');
    return () => document.documentElement.classList.remove('is-console');
  }, []);
  return (
    <main class="console">
      <ConnectionBanner isConnected={isConnected} />
      <ScreenTitle class="console-title">{title}</ScreenTitle>
      <WaitingPanel state={stay.state} desk={stay.desk} actions={stay.queue}>
        <Bell />
        <button
          type="button"
          class="button quiet only"
          aria-label={room.leave}
          title={room.leave}
          onClick={() => stay.own.leave()}
        >
          <Icon name="leave" />
        </button>
      </WaitingPanel>
    </main>
  );
}

/** Its first press asks for notifications, where nobody has been asked yet. After that it is the switch of the chime. */
function Bell() {
  const settings = useSettingsTexts();
  const { common } = useTexts();
  const [isOn, setOn] = useState(alerts.isSoundOn);
  const [isAsking, setAsking] = useState(hostAlerts.mayAsk);
  const label = common.pair(settings.alerts, isAsking ? settings.notify : settings.sound);
  const ask = () => {
    setAsking(false);
    void hostAlerts.ask();
  };
  const ring = () => {
    alerts.setSound(!isOn);
    setOn(!isOn);
    if (!isOn) alerts.chime();
  };
  return (
    <button
      type="button"
      class="button quiet only"
      aria-pressed={isAsking ? undefined : isOn}
      aria-label={label}
      title={label}
      onClick={isAsking ? ask : ring}
    >
      <Icon name="bell" />
    </button>
  );
}
