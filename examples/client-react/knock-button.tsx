import { createClient, type Session } from '@vestibule/client';
import { useKnock } from '@vestibule/client/react';

const client = createClient({ url: 'https://meet.example.com' });

export function KnockButton({ roomName, onJoined }: { roomName: string; onJoined: (session: Session) => void }) {
  const entry = useKnock(client, { roomName, onJoined, storage: sessionStorage });
  if (entry.phase === 'JOINED') return <p>Welcome.</p>;
  if (entry.phase === 'WAITING' || entry.phase === 'JOINING') {
    return (
      <p>
        You are number {entry.knockRequest?.position}. {entry.knockRequest?.reply}
        <button type="button" onClick={() => entry.cancel()}>
          Never mind
        </button>
      </p>
    );
  }
  return (
    <form action={(form) => entry.knock({ userName: String(form.get('name')) })}>
      {entry.phase === 'ENDED' && <p>{entry.knockRequest?.status}</p>}
      {entry.refusal && <p role="alert">{entry.refusal.message}</p>}
      <input name="name" required maxLength={128} aria-label="Your name" />
      <button type="submit" disabled={entry.phase === 'KNOCKING'}>
        Knock
      </button>
    </form>
  );
}
