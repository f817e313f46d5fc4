import { loadMeetingPart } from './meeting/meeting-part.ts';
import { RoomScreen } from './screens/room-screen.tsx';
import { ConfirmDialog } from './ui/confirm.tsx';
import { drawByFrames } from './ui/frames.ts';
import type { Inside } from './visit/phase.ts';
import { Stay, type StayOptions } from './visit/stay.ts';

/** The room from inside. Who stands at the door does not load it before they wait. */
export function openRoom(options: Omit<StayOptions, 'loadMeeting'>): Inside {
  drawByFrames();
  const stay = new Stay({ ...options, loadMeeting: loadMeetingPart });
  return {
    start: () => stay.start(),
    stop: () => stay.stop(),
    leave: () => stay.own.leaveNow(),
    Screen: ({ isConnected }) => (
      <>
        <RoomScreen stay={stay} isConnected={isConnected} />
        <ConfirmDialog />
      </>
    ),
  };
}
