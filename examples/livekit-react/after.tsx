import { LiveKitRoom, VideoConference } from '@livekit/components-react';
import { createClient } from '@vestibule/client';
import { useJoin, useKnock, VestibuleProvider } from '@vestibule/client/react';
import { DisconnectReason } from 'livekit-client';
import { useState } from 'react';

const client = createClient({ url: 'http://localhost:4000' });
// Whoever loads the page again has not left.
const options = { disconnectOnPageLeave: false };

export function Meeting({ roomName }: { roomName: string }) {
  const [hasLeft, setLeft] = useState(false);
  if (hasLeft) return <p>You are out.</p>;
  return (
    <VestibuleProvider client={client} roomName={roomName}>
      <Room onLeave={() => setLeft(true)} />
    </VestibuleProvider>
  );
}

function Room({ onLeave }: { onLeave: () => void }) {
  const { phase, media, refusal, error, readMedia } = useJoin();
  const { phase: knocking, knock, canKnock } = useKnock();
  const [isFirst, setFirst] = useState(true);
  const [isElsewhere, setElsewhere] = useState(false);
  const connectAgain = async () => {
    const read = await readMedia();
    if (!read.isDone && read.refusal.code !== 'UNAUTHENTICATED') setTimeout(connectAgain, 2_000);
  };
  const onDisconnected = (reason?: DisconnectReason) => {
    if (reason === DisconnectReason.CLIENT_INITIATED && !document.hidden) onLeave();
    else if (reason === DisconnectReason.DUPLICATE_IDENTITY) setElsewhere(true);
    else setTimeout(connectAgain, 2_000);
  };
  if ((phase === 'MUST_KNOCK' || phase === 'LEFT') && canKnock) {
    return (
      <form action={(form) => knock({ userName: String(form.get('name')) })}>
        {phase === 'LEFT' && 'You are out. '}
        <input name="name" required aria-label="Your name" /> <button type="submit">Knock</button>
      </form>
    );
  }
  if (isElsewhere && media !== null) return <p>The meeting goes on in another tab.</p>;
  if (media === null) {
    return <p>{(refusal ?? error)?.message ?? (knocking === 'ENDED' ? 'You were not let in.' : 'Please wait …')}</p>;
  }
  const connected = { onConnected: () => setFirst(false), onDisconnected, options };
  return (
    <LiveKitRoom serverUrl={media.url} token={media.token} audio={isFirst} video={isFirst} {...connected}>
      <VideoConference />
    </LiveKitRoom>
  );
}
