import { useParticipants, useWaitingList } from '@vestibule/client/react';

export function OwnersList() {
  const { waiting, admit, deny, admitAll, connection, error } = useWaitingList();
  const { participants } = useParticipants();
  return (
    <section>
      {connection !== 'OPEN' && <p role="status">{error?.message ?? 'Connecting …'}</p>}
      <h2>
        {waiting.length} waiting, {participants.length} inside
      </h2>
      <ul>
        {waiting.map((one) => (
          <li key={one.id}>
            {one.userName} {one.verified ? '(verified)' : '(says so)'} {one.message}
            <button type="button" onClick={() => admit(one.id)}>
              Admit
            </button>
            <button type="button" onClick={() => deny(one.id)}>
              Deny
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => admitAll()}>
        Admit all that I see
      </button>
    </section>
  );
}
