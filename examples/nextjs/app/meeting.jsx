'use client';

import { createClient } from '@vestibule/client';
import { useJoin, useKnock, useWaitingList, VestibuleProvider } from '@vestibule/client/react';
import { useState } from 'react';

export function Meeting({ url, roomName, token }) {
  const [client] = useState(() => createClient({ url }));
  return (
    <VestibuleProvider client={client} roomName={roomName} token={token}>
      <Room />
    </VestibuleProvider>
  );
}

function Room() {
  const { phase, refusal, error, join } = useJoin();
  if (phase === 'JOINED') return <Inside />;
  if (phase === 'MUST_KNOCK') return <Door />;
  if (phase === 'LEFT') {
    return (
      <p>
        You are out. {error?.message}
        <button type="button" onClick={() => join()}>
          Join again
        </button>
      </p>
    );
  }
  return <p role="status">{(refusal ?? error)?.message ?? 'One moment …'}</p>;
}

function Door() {
  const { phase, knock, canKnock, knockRequest, refusal, error } = useKnock();
  if (phase === 'WAITING') return <p>You are number {knockRequest?.position}.</p>;
  if (phase === 'JOINING') return <p>{(refusal ?? error)?.message ?? 'One moment …'}</p>;
  return (
    <form action={(form) => knock({ userName: String(form.get('name')) })}>
      {phase === 'ENDED' && <p>You were not let in.</p>}
      <input name="name" required aria-label="Your name" />
      <button type="submit" disabled={!canKnock}>
        Knock
      </button>
      {(refusal || error) && <p role="alert">{(refusal ?? error).message}</p>}
    </form>
  );
}

function Inside() {
  const { waiting, admit } = useWaitingList();
  return (
    <section>
      <p>You are in.</p>
      <ul>
        {waiting.map(({ id, userName }) => (
          <li key={id}>
            {userName}
            <button type="button" onClick={() => admit(id)}>
              Admit
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
