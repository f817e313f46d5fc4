import { look } from '../../brand.ts';
import { isOn } from '../../console/live-panel.tsx';
import { useNow, usePart, useStore } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import { formatMoment } from '../../texts/times.ts';
import { Logo } from '../../ui/hall.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ScreenTitle } from '../../ui/page-frame.tsx';
import type { StayState } from '../../visit/stay-state.ts';
import type { Call } from '../call.ts';
import { type Sharing, screensOf } from '../layout/view.ts';
import { useFullScreen } from './full-screen.ts';
import { MeetingIcon } from './icons.tsx';
import { useMeetingTexts } from './texts.ts';

interface HeadProps {
  readonly call: Call;
  readonly state: StayState;
  readonly isHidden: boolean;
  readonly sharing: Sharing;
  readonly listening: number;
}

/** Which meeting it is, and the one thing that matters now. */
export function Head({ call, state, isHidden, sharing, listening }: HeadProps) {
  const texts = useRoomTexts();
  const meeting = useMeetingTexts();
  const worn = useStore(look);
  const full = useFullScreen();
  // Of somebody else: it is the one in front.
  const sharer = usePart(call.state, ({ people }) => screensOf(people, sharing).front?.name);
  const { room, me, liveStream } = state;
  return (
    <header class="head">
      <Logo {...worn} />
      <ScreenTitle>
        <bdi class="clip">{room.title ?? room.name}</bdi>
      </ScreenTitle>
      <Matters {...{ call, state, sharer }} />
      <div class="head-end">
        {isHidden ? <span class="chip">{texts.room.hiddenMe}</span> : null}
        {me.willEjectAt === null ? null : (
          <span class="chip">
            <Icon name="clock" />
            <span class="clip">{texts.room.endsAt(formatMoment(me.willEjectAt, 'medium'))}</span>
          </span>
        )}
        <span role="status">
          {liveStream !== null && isOn(liveStream) ? (
            <span class={liveStream.status === 'LIVE' ? 'live' : 'chip'}>{texts.live.status[liveStream.status]}</span>
          ) : null}
        </span>
        {listening === 0 ? null : (
          <span class="chip">
            <MeetingIcon name="people" />
            {meeting.listening(listening)}
          </span>
        )}
        {full === null || sharer === undefined ? null : (
          <button type="button" class="button quiet head-full" onClick={full.toggle}>
            <MeetingIcon name="full" />
            <span>{full.isOn ? meeting.leaveFullScreen : meeting.fullScreen}</span>
          </button>
        )}
        <Clock />
      </div>
    </header>
  );
}

interface MattersProps extends Pick<HeadProps, 'call' | 'state'> {
  readonly sharer: string | undefined;
}

/** Whose screen it is; else that guests knock. */
function Matters({ call, state, sharer }: MattersProps) {
  const { room } = useRoomTexts();
  const meeting = useMeetingTexts();
  const isConnecting = usePart(call.state, ({ line }) => line.at === 'connecting');
  const isSharing = usePart(call.state, ({ screen }) => screen.state === 'on');
  const shares = isSharing ? meeting.sharesMe : sharer === undefined ? null : meeting.shares(sharer);
  return (
    <p class="head-matters" role="status">
      {isConnecting ? <span class="chip good">{meeting.connecting}</span> : null}
      {shares === null ? null : (
        <span class="chip good">
          <Icon name="screen" />
          <span class="clip">{shares}</span>
        </span>
      )}
      {shares === null && !isConnecting && state.room.privacy === 'PRIVATE' && state.room.enableKnocking ? (
        <span class="chip is-lesser">
          <Icon name="lock" />
          {room.privacyKnock}
        </span>
      ) : null}
    </p>
  );
}

function Clock() {
  const now = new Date(useNow(5_000));
  return (
    <time class="note num head-clock" dateTime={now.toISOString().slice(0, 16)}>
      {formatMoment(now)}
    </time>
  );
}
