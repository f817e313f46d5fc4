import { createClient } from '@vestibule/client';
import { useKnock, VestibuleProvider } from '@vestibule/client/react';

const client = createClient({ url: 'https://meet.example.com' });

export function Door({ roomName }: { roomName: string }) {
  return (
    <VestibuleProvider client={client} roomName={roomName}>
      <KnockButton />
    </VestibuleProvider>
  );
}

export function KnockButton() {
  const { phase, knock, cancel, canKnock, knockRequest, knockAgainAt, refusal, error } = useKnock();
  if (phase === 'JOINED') return <p>Welcome.</p>;
  if (phase === 'WAITING' || phase === 'JOINING') {
    return (
      <p>
        {phase === 'WAITING' && `You are number ${knockRequest?.position}.`} {knockRequest?.reply}{' '}
        {(refusal ?? error)?.message}
        <button type="button" onClick={() => cancel()}>
          Never mind
        </button>
      </p>
    );
  }
  return (
    <form action={(form) => knock({ userName: String(form.get('name')), message: String(form.get('message') ?? '') })}>
      {phase === 'ENDED' && <p>{knockRequest?.status}</p>}
      {knockAgainAt && <p>You may knock again at {knockAgainAt.toLocaleTimeString()}.</p>}
      {(refusal || error) && <p role="alert">{(refusal ?? error)?.message}</p>}
      <input name="name" required aria-label="Your name" />
      <button type="submit" disabled={!canKnock}>
        Knock
      </button>
    </form>
  );
}
