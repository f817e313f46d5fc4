import { answersKnocks, type Room as RoomShown, type Store } from '../../packages/client/src/index.ts';
import { Banned } from '../console/banned.tsx';
import { isOn, LivePanel } from '../console/live-panel.tsx';
import { WaitingPanel } from '../console/queue/panel.tsx';
import { RecordPanel } from '../console/record-panel.tsx';
import { AlertSettings, RoomSettings } from '../console/room-settings.tsx';
import { MeetingPlace } from '../meeting/meeting-place.tsx';
import { usePart, useStore } from '../store.ts';
import { useRoomTexts } from '../texts/room-texts.ts';
import { formatMoment } from '../texts/times.ts';
import { Foot, Top } from '../ui/hall.tsx';
import { Icon } from '../ui/icons.tsx';
import { ConnectionBanner, ScreenTitle } from '../ui/page-frame.tsx';
import { isConsole } from '../view.ts';
import type { Stay } from '../visit/stay.ts';
import type { StayState } from '../visit/stay-state.ts';
import { ConsoleScreen } from './console-screen.tsx';
import { Elsewhere } from './elsewhere.tsx';
import { JitsiMeeting } from './jitsi-meeting.tsx';
import { People } from './people.tsx';

/** Inside the room: the people, and where they meet; for owners also the waiting list and the room's settings. */
export function RoomScreen({ stay, isConnected }: { readonly stay: Stay; readonly isConnected: boolean }) {
  const call = useStore(stay.meeting.call);
  const isAdmin = usePart(stay.state, ({ me }) => answersKnocks(me));
  if (isConsole && isAdmin) return <ConsoleScreen stay={stay} isConnected={isConnected} />;
  if (call !== null) return <MeetingPlace {...{ stay, call, isConnected }} />;
  return <Room {...{ stay, isAdmin, isConnected }} />;
}

interface RoomProps {
  readonly stay: Stay;
  readonly isAdmin: boolean;
  readonly isConnected: boolean;
}

/** Each panel follows what it shows, and is drawn again for nothing else. */
function Room({ stay, isAdmin, isConnected }: RoomProps) {
  const { state } = stay;
  const isOwner = usePart(state, ({ me }) => me.isOwner);
  const mayStream = usePart(state, ({ me }) => me.permissions.canAdmin.includes('STREAMING'));
  const hasSide = isAdmin || mayStream;
  return (
    <div class="room">
      <ConnectionBanner isConnected={isConnected} />
      <Top />
      <main>
        <RoomHead state={state} isHidden={stay.isHidden} />
        <div class={`room-main${hasSide ? ' has-side' : ''}`}>
          <div class="room-column">
            {isAdmin ? <WaitingPanel state={state} desk={stay.desk} actions={stay.queue} /> : null}
            <Meeting stay={stay} />
            <People state={state} actions={stay.people} />
            {isAdmin ? <Banned state={state} actions={stay.people} /> : null}
            {isAdmin ? <RecordPanel record={stay.record} /> : null}
          </div>
          {hasSide ? (
            <div class="room-column room-side">
              {isOwner ? (
                <RoomSettings state={state} actions={stay.controls} onEnd={() => void stay.endForAll()} />
              ) : null}
              {isAdmin ? <AlertSettings /> : null}
              {mayStream ? <LivePanel state={state} actions={stay.controls} /> : null}
            </div>
          ) : null}
        </div>
      </main>
      <Foot />
    </div>
  );
}

/** Where people meet, if not here: on Jitsi in a frame, or elsewhere. */
function Meeting({ stay: { state, own, meeting } }: { readonly stay: Stay }) {
  const jitsi = usePart(state, (now) => now.jitsi);
  const title = usePart(state, ({ room }) => room.title ?? room.name);
  const isLeft = useStore(meeting.isLeft);
  if (jitsi === null) return <Elsewhere actions={own} />;
  return <JitsiMeeting key={`${jitsi.url}/${jitsi.room}`} access={jitsi} title={title} actions={own} isLeft={isLeft} />;
}

function RoomHead({ state, isHidden }: { readonly state: Store<StayState>; readonly isHidden: boolean }) {
  const texts = useRoomTexts();
  const room = usePart(state, (now) => now.room);
  const liveStream = usePart(state, (now) => now.liveStream);
  const willEjectAt = usePart(state, ({ me }) => me.willEjectAt);
  const count = usePart(state, ({ participants }) => participants.length);
  return (
    <div class="room-head">
      <div class="room-name">
        <ScreenTitle>{room.title ?? room.name}</ScreenTitle>
        <p class="room-facts">
          <span class="soft">{texts.room.peopleCount(count)}</span>
          <Door room={room} />
          {liveStream !== null && isOn(liveStream) ? (
            <span class="live">{texts.live.status[liveStream.status]}</span>
          ) : null}
          {willEjectAt === null ? null : (
            <span class="chip is-long">
              <Icon name="clock" />
              {texts.room.endsAt(formatMoment(willEjectAt, 'medium'))}
            </span>
          )}
          {isHidden ? <span class="chip">{texts.room.hiddenMe}</span> : null}
        </p>
      </div>
    </div>
  );
}

function Door({ room }: { readonly room: RoomShown }) {
  const texts = useRoomTexts();
  const isPublic = room.privacy === 'PUBLIC';
  const label = isPublic
    ? texts.room.privacyPublic
    : room.enableKnocking
      ? texts.room.privacyKnock
      : texts.room.privacyPrivate;
  return (
    <span class="chip">
      <Icon name={isPublic ? 'globe' : 'lock'} />
      {label}
    </span>
  );
}
