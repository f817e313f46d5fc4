import type { Store } from '../../../packages/client/src/index.ts';
import { usePart, useStore } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Call, OwnMediumName } from '../call.ts';
import { MediumControl } from './control.tsx';
import { MeetingIcon } from './icons.tsx';
import { MenuButton } from './menu.tsx';
import type { PanelName } from './panel-name.ts';
import { useMeetingTexts } from './texts.ts';
import { useToldWhy, whyOffText } from './why-off.ts';

interface BarProps {
  readonly call: Call;
  readonly people: number;
  /** How many wait. */
  readonly waiting: Store<number>;
  /** May the viewer see who waits? */
  readonly isAdmin: boolean;
  readonly isBroadcast: boolean;
  /** Did this person come in unseen? Then they send nothing, whatever they may. */
  readonly isHidden: boolean;
  readonly panel: PanelName | null;
  readonly onPanel: (panel: PanelName) => void;
  readonly smallWindow: (() => void) | null;
  readonly onLeave: () => void;
}

/** What one can do, always in the same places. */
export function Bar(props: BarProps) {
  const { call } = props;
  const { controls, more } = useMeetingTexts();
  const { room } = useRoomTexts();
  const isAudience = usePart(call.state, (state) => state.isAudience);
  return (
    <section class={`bar${isAudience ? ' is-audience' : ''}`} aria-label={controls} data-region>
      {isAudience ? <Audience {...props} /> : <OwnControls call={call} />}
      {isAudience ? null : <i class="bar-gap" />}
      <PanelControls {...props} />
      <MenuButton name="more" class="control">
        <Icon name="more" />
        <span class="control-label">{more}</span>
      </MenuButton>
      <i class="bar-gap" />
      <button type="button" class="control leave" onClick={props.onLeave}>
        <Icon name="leave" />
        <span class="control-label">{room.leave}</span>
      </button>
    </section>
  );
}

const icons = {
  microphone: ['mic', 'micOff'],
  camera: ['camera', 'cameraOff'],
} as const;

function OwnControls({ call }: { readonly call: Call }) {
  const meeting = useMeetingTexts();
  const { room } = useRoomTexts();
  return (
    <>
      <Twin call={call} name="microphone" label={room.mic} choose={meeting.chooseMic} />
      <Twin call={call} name="camera" label={room.camera} choose={meeting.chooseCamera} />
      <ShareControl call={call} />
    </>
  );
}

interface TwinProps {
  readonly call: Call;
  readonly name: 'microphone' | 'camera';
  readonly label: string;
  readonly choose: string;
}

/** Switches a device, and beside it chooses among them. What may not be sent has no control that claims it. */
function Twin({ call, name, label, choose }: TwinProps) {
  const medium = usePart(call.state, (state) => state[name]);
  const why = useWhy(call, name);
  if (!medium.isAllowed) return null;
  const [on, off] = icons[name];
  return (
    <div class="twin">
      <MediumControl
        {...{ medium, label, why }}
        icon={<Icon name={medium.state === 'off' ? off : on} />}
        isRedWhenOff
        shortcut={name === 'microphone' ? 'm' : 'v'}
        onPress={() => call.toggle(name)}
      />
      <MenuButton name={name === 'microphone' ? 'mic' : 'camera'} class="control chev" label={choose}>
        <MeetingIcon name="up" />
      </MenuButton>
    </div>
  );
}

function useWhy(call: Call, name: OwnMediumName): string | null {
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const medium = usePart(call.state, (state) => state[name]);
  const why = whyOffText(name, medium, texts, meeting);
  useToldWhy(medium.whyOff, why);
  return why;
}

/** Not every browser can share a screen: phones cannot. */
export const canShare = typeof navigator.mediaDevices?.getDisplayMedia === 'function';

function ShareControl({ call }: { readonly call: Call }) {
  const { share } = useMeetingTexts();
  const screen = usePart(call.state, (state) => state.screen);
  const why = useWhy(call, 'screen');
  if (!screen.isAllowed || !canShare) return null;
  return (
    <MediumControl
      medium={screen}
      label={share}
      why={why}
      icon={<MeetingIcon name="share" />}
      class="wide-only"
      onPress={() => call.toggle('screen')}
    />
  );
}

function Audience({ call, isBroadcast, isHidden, smallWindow }: BarProps) {
  const meeting = useMeetingTexts();
  const speakers = usePart(call.state, (state) => state.devices.audiooutput);
  const others = isBroadcast ? meeting.watchHosts : meeting.watchOthers;
  return (
    <>
      <p class="hear">
        <Icon name="ear" />
        <span>
          <b>{meeting.watch}</b> {isHidden ? meeting.watchUnseen : others}
        </span>
      </p>
      {speakers.found.length === 0 ? null : (
        <MenuButton name="sound" class="control">
          <Icon name="speaker" />
          <span class="control-label">{meeting.sound}</span>
        </MenuButton>
      )}
      {smallWindow === null ? null : (
        <button type="button" class="control wide-only" onClick={smallWindow}>
          <MeetingIcon name="window" />
          <span class="control-label">{meeting.smallWindow}</span>
        </button>
      )}
    </>
  );
}

/** Hosts have the waiting list in the bar, at every width; where that is short of room, people are in the menu. */
function PanelControls({ isAdmin, people, waiting, panel, onPanel }: BarProps) {
  const { room, queue } = useRoomTexts();
  return (
    <>
      <PanelControl
        name="people"
        label={room.people}
        icon="people"
        count={people}
        {...{ panel, onPanel }}
        class={isAdmin ? 'wide-only' : ''}
      />
      {isAdmin ? <WaitingControl label={queue.title} {...{ waiting, panel, onPanel }} /> : null}
    </>
  );
}

/** By itself, so that whoever knocks draws nothing else of the bar. */
function WaitingControl({
  waiting,
  ...props
}: Pick<BarProps, 'waiting' | 'panel' | 'onPanel'> & { readonly label: string }) {
  return <PanelControl name="waiting" icon="door" count={useStore(waiting)} {...props} />;
}

interface PanelControlProps extends Pick<BarProps, 'panel' | 'onPanel'> {
  readonly name: PanelName;
  readonly label: string;
  readonly icon: 'people' | 'door';
  readonly count: number;
  readonly class?: string;
}

function PanelControl(props: PanelControlProps) {
  const { name, label, icon, count, panel, onPanel } = props;
  return (
    <button
      type="button"
      class={`control ${props.class ?? ''}`}
      aria-expanded={panel === name}
      data-panel={name}
      onClick={() => onPanel(name)}
    >
      <MeetingIcon name={icon} />
      <span class="control-label">{label}</span>
      {count === 0 ? null : (
        <>
          <span class="unseen">, </span>
          <span class={`count${name === 'people' ? ' quiet' : ''}`}>{count}</span>
        </>
      )}
    </button>
  );
}
