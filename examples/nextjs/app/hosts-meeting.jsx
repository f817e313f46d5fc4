'use client';

import { useState } from 'react';
import { Meeting } from './meeting.jsx';

/** The page asks its own server for a token, and joins with it. */
export function HostsMeeting({ url, roomName }) {
  const [token, setToken] = useState(null);
  const [error, setError] = useState(null);
  const ask = async () => {
    const response = await fetch('/api/token', { method: 'POST', body: JSON.stringify({ userName: 'Olga' }) });
    const answer = await response.json();
    if (response.ok) setToken(answer.jwt);
    else setError(answer.error);
  };
  if (token !== null) return <Meeting url={url} roomName={roomName} token={token} />;
  return (
    <>
      <button type="button" onClick={ask}>
        Come in as the host
      </button>
      {error && <p role="alert">{error}</p>}
    </>
  );
}
