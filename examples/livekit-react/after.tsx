import { LiveKitRoom, VideoConference } from '@livekit/components-react';
import { createClient } from '@vestibule/client';
import { useJoin, useKnock, VestibuleProvider } from '@vestibule/client/react';

const client = createClient({ url: 'http://localhost:4000' });

export function Meeting({ roomName }: { roomName: string }) {
  return (
    <VestibuleProvider client={client} roomName={roomName}>
      <Room />
    </VestibuleProvider>
  );
}

function Room() {
  const { phase, media, readMedia } = useJoin();
  const { knock, canKnock } = useKnock();
  if (phase === 'MUST_KNOCK' && canKnock) {
    return (
      <form action={(form) => knock({ userName: String(form.get('name')) })}>
        <input name="name" required aria-label="Your name" /> <button type="submit">Knock</button>
      </form>
    );
  }
  if (media === null) return <p>{phase === 'LEFT' ? 'You are out.' : 'Please wait …'}</p>;
  return (
    <LiveKitRoom serverUrl={media.url} token={media.token} audio video onDisconnected={() => readMedia()}>
      <VideoConference />
    </LiveKitRoom>
  );
}
