import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Store } from '../../packages/client/src/index.ts';
import { alerts } from '../alerts.ts';
import { tell } from '../notices.ts';
import { usePart } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { confirm } from '../ui/confirm.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Switch } from '../ui/switch.tsx';
import { unitsFor } from '../ui/units.ts';
import type { RoomActions } from '../visit/actions/room-actions.ts';
import type { StayState } from '../visit/stay-state.ts';
import { hostAlerts } from './host-alerts.ts';
import { type SettingsTexts, useSettingsTexts } from './settings-texts.ts';

interface RoomSettingsProps {
  readonly state: Store<Pick<StayState, 'room'>>;
  readonly actions: RoomActions;
  readonly onEnd: () => void;
}

/** The room's switches, for owners. */
export function RoomSettings({ state, actions, onEnd }: RoomSettingsProps) {
  const settings = useSettingsTexts();
  const room = usePart(state, (now) => now.room);
  const isPrivate = room.privacy === 'PRIVATE';
  return (
    <section class="panel" aria-labelledby="settings-title">
      <h2 id="settings-title">{settings.title}</h2>
      <RoomLink url={room.url} />
      <Switch
        label={settings.private}
        hint={settings.privateHint}
        isOn={isPrivate}
        onChange={(isOn) => actions.setPrivacy(isOn ? 'PRIVATE' : 'PUBLIC')}
      />
      {isPrivate ? (
        <Switch
          label={settings.knocking}
          hint={settings.knockingHint}
          isOn={room.enableKnocking}
          onChange={(isOn) => actions.setKnocking(isOn)}
        />
      ) : null}
      <Switch
        label={settings.broadcast}
        hint={settings.broadcastHint}
        isOn={room.ownerOnlyBroadcast}
        onChange={(isOn) => actions.setBroadcast(isOn)}
      />
      {isPrivate && room.enableKnocking ? <LobbyMessage text={room.lobbyMessage ?? ''} actions={actions} /> : null}
      <button type="button" class="button grave" onClick={() => askToEnd(settings, onEnd)}>
        {settings.end}
      </button>
    </section>
  );
}

function askToEnd({ end, endText }: SettingsTexts, onYes: () => void): void {
  confirm({ title: end, text: endText, onYes });
}

function RoomLink({ url }: { readonly url: string }) {
  const { told } = useTexts();
  const settings = useSettingsTexts();
  const field = useRef<HTMLInputElement>(null);
  // Over http there is no clipboard, and a browser may refuse it: then one copies by hand.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      tell(told.copied, 'good');
    } catch {
      field.current?.select();
      tell(settings.copyByHand);
    }
  };
  return (
    <Field label={settings.link}>
      {(attributes) => (
        <div class="row">
          <input
            {...attributes}
            ref={field}
            class="input input-quiet"
            readOnly
            value={url}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" class="button" onClick={() => void copy()}>
            <Icon name="copy" />
            {settings.copy}
          </button>
        </div>
      )}
    </Field>
  );
}

function LobbyMessage({ text, actions }: { readonly text: string; readonly actions: RoomActions }) {
  const settings = useSettingsTexts();
  const [draft, setDraft] = useState(text);
  const before = useRef(text);
  // Somebody else may save one meanwhile: what is being written here stays.
  useLayoutEffect(() => {
    const was = before.current;
    before.current = text;
    setDraft((now) => (now === was ? text : now));
  }, [text]);
  const save = async (event: Event) => {
    event.preventDefault();
    if (await actions.setLobbyMessage(draft)) tell(settings.saved, 'good');
  };
  return (
    <form class="lobby-message" onSubmit={save}>
      <Field label={settings.lobbyMessage}>
        {(attributes) => (
          <textarea
            {...attributes}
            class="input"
            rows={2}
            maxLength={unitsFor(draft, 500)}
            value={draft}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        )}
      </Field>
      {draft === text ? null : (
        <button type="submit" class="button">
          {settings.save}
        </button>
      )}
    </form>
  );
}

/** The switches for the alerts that call a host back. */
export function AlertSettings() {
  const settings = useSettingsTexts();
  const [isSoundOn, setSoundOn] = useState(alerts.isSoundOn);
  const [permission, setPermission] = useState('Notification' in globalThis ? Notification.permission : 'denied');
  const isBlocked = permission === 'denied' || hostAlerts.cannotNotify;
  return (
    <section class="panel" aria-labelledby="alerts-title">
      <h2 id="alerts-title">{settings.alerts}</h2>
      <Switch
        label={settings.sound}
        isOn={isSoundOn}
        onChange={(isOn) => {
          alerts.setSound(isOn);
          setSoundOn(isOn);
          if (isOn) alerts.chime();
        }}
      />
      <Switch
        label={settings.notify}
        {...(isBlocked ? { hint: settings.notifyBlocked } : {})}
        isOn={permission === 'granted' && hostAlerts.isNotifying}
        isDisabled={isBlocked}
        onChange={async (isOn) => {
          hostAlerts.setNotifying(isOn);
          setPermission(isOn ? await hostAlerts.ask() : Notification.permission);
        }}
      />
    </section>
  );
}
