import Link from 'next/link';
import { Meeting } from './meeting.jsx';
import { makeRoom, roomName, url } from './vestibule.js';

// Whether the room is there is asked each time.
export const dynamic = 'force-dynamic';

export default async function Page() {
  await makeRoom();
  return (
    <main>
      <Meeting url={url} roomName={roomName} />
      <Link href="/host">The host’s page</Link>
    </main>
  );
}
