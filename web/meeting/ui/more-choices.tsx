import { usePart } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Call } from '../call.ts';
import { canShare } from './bar.tsx';
import { useFullScreen } from './full-screen.ts';
import { MeetingIcon } from './icons.tsx';
import { Choice } from './menu.tsx';
import type { PanelName } from './panel-name.ts';
import { useMeetingTexts } from './texts.ts';

interface MoreProps {
  readonly call: Call;
  /** Whoever sees who waits has that in the bar, in the place of the people. */
  readonly isAdmin: boolean;
  readonly mayStream: boolean;
  readonly smallWindow: (() => void) | null;
  readonly onPanel: (panel: PanelName) => void;
  readonly onHelp: () => void;
}

/** What is needed seldom; on a phone also what has no room in the bar. */
export function MoreChoices({ call, isAdmin, mayStream, smallWindow, onPanel, onHelp }: MoreProps) {
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const screen = usePart(call.state, (state) => state.screen);
  const full = useFullScreen();
  return (
    <>
      {screen.isAllowed && canShare ? (
        <Choice
          icon={<MeetingIcon name="share" />}
          label={meeting.share}
          isChosen={screen.state === 'on'}
          class="is-narrow"
          onChoose={() => call.toggle('screen')}
        />
      ) : null}
      {isAdmin ? (
        <Choice
          icon={<MeetingIcon name="people" />}
          label={texts.room.people}
          class="is-narrow"
          onChoose={() => onPanel('people')}
        />
      ) : null}
      {smallWindow === null ? null : (
        <Choice icon={<MeetingIcon name="window" />} label={meeting.smallWindow} onChoose={smallWindow} />
      )}
      {full === null ? null : (
        <Choice
          icon={<MeetingIcon name="full" />}
          label={full.isOn ? meeting.leaveFullScreen : meeting.fullScreen}
          onChoose={full.toggle}
        />
      )}
      {mayStream ? (
        <Choice icon={<MeetingIcon name="live" />} label={texts.live.title} onChoose={() => onPanel('settings')} />
      ) : null}
      <Choice icon={<MeetingIcon name="settings" />} label={meeting.settings} onChoose={() => onPanel('settings')} />
      <Choice icon={<Icon name="keys" />} label={texts.queue.keys} onChoose={onHelp} />
    </>
  );
}
