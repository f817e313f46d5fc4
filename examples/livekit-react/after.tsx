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
  const onDisconnected = (reason?: DisconnectReason) => {
    if (reason === DisconnectReason.CLIENT_INITIATED) onLeave();
    else if (reason === DisconnectReason.DUPLICATE_IDENTITY) setElsewhere(true);
    else setTimeout(readMedia, 2_000);
  };
  if (phase === 'MUST_KNOCK' && canKnock) {
    return (
      <form action={(form) => knock({ userName: String(form.get('name')) })}>
        <input name="name" required aria-label="Your name" /> <button type="submit">Knock</button>
      </form>
    );
  }
  if (isElsewhere) return <p>The meeting goes on in another tab.</p>;
  if (media === null) {
    const how = phase === 'LEFT' ? 'You are out.' : knocking === 'ENDED' ? 'You were not let in.' : 'Please wait …';
    return <p>{(refusal ?? error)?.message ?? how}</p>;
  }
  const connected = { onConnected: () => setFirst(false), onDisconnected, options };
  return (
    <LiveKitRoom serverUrl={media.url} token={media.token} audio={isFirst} video={isFirst} {...connected}>
      <VideoConference />
    </LiveKitRoom>
  );
}
