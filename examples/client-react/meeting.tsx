import { createClient } from '@vestibule/client';
import { useJoin, useMediaRequests, useMyPermissions, VestibuleProvider } from '@vestibule/client/react';
import { KnockButton } from './knock-button.tsx';
import { OwnersList } from './owners-list.tsx';

const client = createClient({ url: 'http://localhost:4000' });

export function Meeting({ roomName, token }: { roomName: string; token?: string }) {
  return (
    <VestibuleProvider client={client} roomName={roomName} token={token}>
      <Room />
    </VestibuleProvider>
  );
}

export function Room() {
  const { phase, session, refusal, leaveReason, error, join, leave } = useJoin();
  const { request, accept, decline } = useMediaRequests();
  const { isOwner } = useMyPermissions();
  if (phase === 'MUST_KNOCK') return <KnockButton />;
  if (phase === 'REFUSED') return <p role="alert">{refusal?.message}</p>;
  if (phase === 'LEFT') {
    return (
      <p>
        You are out: {leaveReason ?? error?.message}.
        <button type="button" onClick={() => join()}>
          Join again
        </button>
      </p>
    );
  }
  if (session === null) return <p role="status">{error?.message ?? 'Joining …'}</p>;
  return (
    <main>
      {request?.audio && (
        <p>
          {request.by?.name} asks you to switch your microphone on.
          <button type="button" onClick={() => accept()}>
            Switch on
          </button>
          <button type="button" onClick={decline}>
            Not now
          </button>
        </p>
      )}
      {isOwner ? <OwnersList /> : <p>You are in.</p>}
      <button type="button" onClick={() => leave()}>
        Leave
      </button>
      {refusal && <p role="alert">{refusal.message}</p>}
    </main>
  );
}
