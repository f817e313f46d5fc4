import { createClient } from '@vestibule/client';
import { useJoin, useParticipants, useRoomFrame, VestibuleRoom } from '@vestibule/client/react';

const url = 'https://meet.example.com';
const client = createClient({ url });

/** The door is the service's page, in a frame of this one. Whoever is in sees the meeting of this page. */
export function Inside({ roomName, name }: { roomName: string; name: string }) {
  const frame = useRoomFrame();
  return (
    <main>
      <p role="status">
        {frame.phase} {frame.reason}
      </p>
      <VestibuleRoom url={url} room={roomName} name={name} knock client={client} frame={frame} style={{ height: 600 }}>
        <OurMeeting />
      </VestibuleRoom>
    </main>
  );
}

/** Goes on with the session that the door has handed over: `media` opens a connection to the media server. */
function OurMeeting() {
  const { phase, media, leave } = useJoin();
  const { participants } = useParticipants();
  if (phase !== 'JOINED') return <p>{phase}</p>;
  return (
    <section>
      <h1>Our meeting {media && `at ${media.url}`}</h1>
      <ul>
        {participants.map(({ id, userName }) => (
          <li key={id}>{userName}</li>
        ))}
      </ul>
      <button type="button" onClick={() => leave()}>
        Leave
      </button>
    </section>
  );
}
