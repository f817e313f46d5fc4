import { HostsMeeting } from '../hosts-meeting.jsx';
import { makeRoom, roomName, url } from '../vestibule.js';

export const dynamic = 'force-dynamic';

export default async function Page() {
  await makeRoom();
  return <HostsMeeting url={url} roomName={roomName} />;
}
