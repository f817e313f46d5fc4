import { answersKnocks, type Room } from '../../packages/client/src/index.ts';
import { Banned } from '../console/banned.tsx';
import { isOn, LivePanel } from '../console/live-panel.tsx';
import { WaitingPanel } from '../console/queue/panel.tsx';
import { RecordPanel } from '../console/record-panel.tsx';
import { AlertSettings, RoomSettings } from '../console/room-settings.tsx';
import { MeetingPlace } from '../meeting/meeting-place.tsx';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
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
  const state = useStore(stay.state);
  const call = useStore(stay.meeting.call);
  const isAdmin = answersKnocks(state.me);
  const { me } = state;
  if (isConsole && isAdmin) return <ConsoleScreen stay={stay} state={state} isConnected={isConnected} />;
  if (call !== null) return <MeetingPlace {...{ stay, state, call, isConnected }} />;
  const hasSide = isAdmin || me.permissions.canAdmin.includes('STREAMING');
  return (
    <div class="room">
      <ConnectionBanner isConnected={isConnected} />
      <Top />
      <main>
        <RoomHead state={state} isHidden={stay.isHidden} />
        <div class={`room-main${hasSide ? ' has-side' : ''}`}>
          <div class="room-column">
            {isAdmin ? <WaitingPanel state={state} desk={stay.desk} actions={stay.queue} /> : null}
            <Meeting state={state} stay={stay} />
            <People state={state} actions={stay.people} />
            {isAdmin ? <Banned actions={stay.people} banCount={state.banCount} /> : null}
            {isAdmin ? <RecordPanel record={stay.record} /> : null}
          </div>
          {hasSide ? (
            <div class="room-column room-side">
              {me.isOwner ? (
                <RoomSettings state={state} actions={stay.controls} onEnd={() => void stay.endForAll()} />
              ) : null}
              {isAdmin ? <AlertSettings /> : null}
              {me.permissions.canAdmin.includes('STREAMING') ? (
                <LivePanel stream={state.liveStream} actions={stay.controls} />
              ) : null}
            </div>
          ) : null}
        </div>
      </main>
      <Foot />
    </div>
  );
}

/** Where people meet, if not here: on Jitsi in a frame, or elsewhere. */
function Meeting({ state, stay }: { readonly state: StayState; readonly stay: Stay }) {
  const { jitsi, room } = state;
  const isLeft = useStore(stay.meeting.isLeft);
  if (jitsi !== null)
    return (
      <JitsiMeeting
        key={`${jitsi.url}/${jitsi.room}`}
        access={jitsi}
        title={room.title ?? room.name}
        actions={stay.own}
        isLeft={isLeft}
      />
    );
  return <Elsewhere actions={stay.own} />;
}

function RoomHead({ state, isHidden }: { readonly state: StayState; readonly isHidden: boolean }) {
  const texts = useTexts();
  const { me, room, liveStream } = state;
  return (
    <div class="room-head">
      <div class="room-name">
        <ScreenTitle>{room.title ?? room.name}</ScreenTitle>
        <p class="room-facts">
          <span class="soft">{texts.room.peopleCount(state.participants.length)}</span>
          <Door room={room} />
          {liveStream !== null && isOn(liveStream) ? (
            <span class="live">{texts.live.status[liveStream.status]}</span>
          ) : null}
          {me.willEjectAt === null ? null : (
            <span class="chip">
              <Icon name="clock" />
              {texts.room.endsAt(formatMoment(me.willEjectAt))}
            </span>
          )}
          {isHidden ? <span class="chip">{texts.room.hiddenMe}</span> : null}
        </p>
      </div>
    </div>
  );
}

function Door({ room }: { readonly room: Room }) {
  const texts = useTexts();
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
