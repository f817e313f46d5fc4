import { LiveKitRoom, VideoConference } from '@livekit/components-react';
import { useEffect, useState } from 'react';

export function Meeting({ roomName }: { roomName: string }) {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const read = async () => setToken(await (await fetch(`/api/token?room=${encodeURIComponent(roomName)}`)).text());
    void read();
  }, [roomName]);
  if (token === undefined) return <p>Please wait …</p>;
  return (
    <LiveKitRoom serverUrl="wss://livekit.example.com" token={token} audio video>
      <VideoConference />
    </LiveKitRoom>
  );
}
