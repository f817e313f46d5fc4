import '../../styles/meeting.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { answersKnocks } from '../../../packages/client/src/index.ts';
import { useAsks } from '../../console/asks.ts';
import { Shortcuts } from '../../console/queue/shortcuts.tsx';
import { OtherTabScreen } from '../../screens/plain-screens.tsx';
import { usePart, useStore } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import type { Stay } from '../../visit/stay.ts';
import type { StayState } from '../../visit/stay-state.ts';
import type { Call } from '../call.ts';
import type { CallState } from '../call-state.ts';
import { countListening } from '../layout/view.ts';
import { Bar } from './bar.tsx';
import { DeviceChoices } from './device-settings.tsx';
import { Head } from './head.tsx';
import { useMedia } from './hooks.ts';
import { meetingKeys, useMeetingKeys } from './keys.ts';
import { Lines } from './lines.tsx';
import { LostCard } from './lost-card.tsx';
import { MenuContext, MenuLayer, type OpenMenu } from './menu.tsx';
import { MoreChoices } from './more-choices.tsx';
import { Panel } from './panel.tsx';
import type { PanelName } from './panel-name.ts';
import { hasDeeds, PersonDeeds } from './person-deeds.tsx';
import { type ChosenSharing, useSharing } from './sharing.ts';
import { useSmallWindow } from './small-window.tsx';
import { Stage } from './stage.tsx';
import { useMeetingTexts } from './texts.ts';

export interface MeetingProps {
  readonly stay: Stay;
  readonly call: Call;
  /** Is the service heard? */
  readonly isConnected: boolean;
}

/** The panel stands beside the pictures from here on; below, it is a sheet over them. */
const sheetQuery = '(max-width: 55.99rem)';

const peopleIn = ({ people }: CallState) => people;

/** The meeting: pictures, what one can do, and beside them who is here or who waits. */
export function MeetingScreen(props: MeetingProps) {
  const { call } = props;
  const isTakenOver = usePart(call.state, ({ line }) => line.at === 'lost' && line.why === 'takenOver');
  // Sound and picture are where the same person came in last.
  if (isTakenOver) return <OtherTabScreen isFree={false} onUse={() => call.rejoin()} />;
  return <Meeting {...props} />;
}

function Meeting({ stay, call, isConnected }: MeetingProps) {
  const state = useStore(stay.state);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [isHelping, setHelping] = useState(false);
  const isAdmin = answersKnocks(state.me);
  const { panel, showPanel, closePanel } = usePanel(isAdmin);
  const isSheet = useMedia(sheetQuery) && panel !== null;
  const sharing = useSharing(call);
  const small = useSmallWindow(call, sharing);
  useAsks(call.state, peopleIn);
  const help = useCallback(() => setHelping(true), []);
  useMeetingKeys({ call, isAdmin, panel, onPanel: showPanel, onHelp: help });
  const menus = useMemo(() => ({ open: menu, setOpen: setMenu }), [menu]);
  const closeMenu = useCallback(() => setMenu(null), []);
  const view = { stay, state, call, isConnected, isAdmin, panel, onPanel: showPanel, sharing, small };
  return (
    <MenuContext.Provider value={menus}>
      <div class={`meet${panel === null ? '' : ' has-side'}`}>
        <div class="meet-main" inert={isSheet}>
          <Main {...view} />
        </div>
        {isSheet ? <button type="button" class="veil" tabIndex={-1} aria-hidden="true" onClick={closePanel} /> : null}
        {panel === null ? null : <Panel name={panel} {...{ stay, state, call, isAdmin }} onClose={closePanel} />}
        {menu === null ? null : <OpenedMenu {...{ ...view, menu }} onClose={closeMenu} onHelp={help} />}
        {panel === 'waiting' ? null : (
          <HelpDialog {...{ stay, isAdmin }} isOpen={isHelping} onClose={() => setHelping(false)} />
        )}
      </div>
    </MenuContext.Provider>
  );
}

/**
 * The focus goes back to where it was when a panel opened.
 * @param isAdmin whoever may not see any more who waits has no list of them
 */
function usePanel(isAdmin: boolean) {
  const [panel, setPanel] = useState<PanelName | null>(null);
  const from = useRef<Element | null>(null);
  const closePanel = useCallback(() => {
    setPanel(null);
    const { current } = from;
    // Once what was set aside under a sheet can be reached again.
    requestAnimationFrame(() => {
      const isThere = current instanceof HTMLElement && current.isConnected;
      (isThere ? current : document.querySelector('main'))?.focus({ preventScroll: true });
    });
  }, []);
  const isOver = panel === 'waiting' && !isAdmin;
  useEffect(() => {
    if (!isOver) return;
    const { activeElement, body } = document;
    const isElsewhere = activeElement !== null && activeElement !== body && activeElement.closest('.side') === null;
    if (isElsewhere) setPanel(null);
    else closePanel();
  }, [isOver, closePanel]);
  const showPanel = useCallback(
    (name: PanelName) => {
      if (panel === name) closePanel();
      else {
        if (panel === null) from.current = document.activeElement;
        setPanel(name);
      }
    },
    [panel, closePanel],
  );
  return { panel: isOver ? null : panel, showPanel, closePanel };
}

interface ViewProps extends MeetingProps {
  readonly state: StayState;
  readonly isAdmin: boolean;
  readonly panel: PanelName | null;
  readonly onPanel: (panel: PanelName) => void;
  readonly sharing: ChosenSharing;
  readonly small: ReturnType<typeof useSmallWindow>;
}

function Main({ stay, state, call, isConnected, isAdmin, panel, onPanel, sharing, small }: ViewProps) {
  const meeting = useMeetingTexts();
  const line = usePart(call.state, (now) => now.line);
  const isBroadcast = state.room.ownerOnlyBroadcast;
  const listening = usePart(call.state, (now) => countListening(now.people, isBroadcast));
  const people = usePart(call.state, (now) => now.people.length);
  const isStill = line.at === 'reconnecting';
  return (
    <>
      <Head {...{ call, state, sharing, listening }} isHidden={stay.isHidden} />
      <main class="stage" aria-label={meeting.people} data-region tabIndex={-1}>
        <Lines call={call} isLost={isStill || !isConnected} goesOn={line.at === 'connected'} />
        {line.at === 'lost' ? (
          <LostCard call={call} lost={line} />
        ) : (
          <Stage {...{ call, state, isStill, sharing }} elsewhere={small.shows} />
        )}
      </main>
      <Bar
        {...{ call, isAdmin, isBroadcast, panel, onPanel }}
        people={people}
        waiting={stay.waiting}
        isHidden={stay.isHidden}
        smallWindow={small.open}
        onLeave={() => stay.own.leave()}
      />
    </>
  );
}

type OpenedProps = ViewProps & {
  readonly menu: OpenMenu;
  readonly onClose: () => void;
  readonly onHelp: () => void;
};

function OpenedMenu(props: OpenedProps) {
  const { menu, call, state, stay, onClose, onHelp } = props;
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const person = usePart(call.state, ({ people }) => people.find(({ id }) => id === menu.personId));
  // Or nothing may be done to them any more.
  const isGone = menu.name === 'person' && (person === undefined || !hasDeeds(state, person));
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  const labels = {
    mic: meeting.chooseMic,
    camera: meeting.chooseCamera,
    sound: meeting.sound,
    more: meeting.more,
    person: texts.person.more(person?.name ?? ''),
  };
  return (
    <MenuLayer menu={menu} label={labels[menu.name]} onClose={onClose}>
      {menu.name === 'mic' ? <DeviceChoices call={call} kind="audioinput" /> : null}
      {menu.name === 'camera' ? <DeviceChoices call={call} kind="videoinput" /> : null}
      {menu.name === 'sound' ? <DeviceChoices call={call} kind="audiooutput" /> : null}
      {menu.name === 'more' ? (
        <MoreChoices
          call={call}
          isAdmin={props.isAdmin}
          mayStream={state.me.permissions.canAdmin.includes('STREAMING')}
          smallWindow={props.small.open}
          onPanel={props.onPanel}
          onHelp={onHelp}
        />
      ) : null}
      {menu.name === 'person' && person !== undefined ? (
        <PersonDeeds state={state} person={person} actions={stay.people} />
      ) : null}
    </MenuLayer>
  );
}

function HelpDialog(props: {
  readonly stay: Stay;
  readonly isAdmin: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const meeting = useMeetingTexts();
  const { isAdmin, stay, isOpen, onClose } = props;
  return <Shortcuts desk={isAdmin ? stay.desk : null} moreKeys={meetingKeys(meeting)} {...{ isOpen, onClose }} />;
}
