import type { Session } from '@vestibule/client';
import { useParticipants, useWaitingParticipants } from '@vestibule/client/react';

export function OwnersList({ session }: { session: Session }) {
  const { waitingParticipants, grantAccess, denyAccess } = useWaitingParticipants(session);
  const { participants } = useParticipants(session);
  return (
    <section>
      <h2>
        {waitingParticipants.length} waiting, {participants.length} inside
      </h2>
      <ul>
        {waitingParticipants.map((one) => (
          <li key={one.id}>
            {one.userName} {one.verified ? '(verified)' : '(says so)'} {one.message}
            <button type="button" onClick={() => grantAccess(one.id)}>
              Admit
            </button>
            <button type="button" onClick={() => denyAccess(one.id)}>
              Deny
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => grantAccess('*')}>
        Admit all that I see
      </button>
    </section>
  );
}
