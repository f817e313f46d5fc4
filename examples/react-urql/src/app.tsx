import { useMemo, useState } from 'react';
import { Provider, useMutation, useSubscription } from 'urql';
import { createApiClient } from './client.ts';
import { graphql } from './graphql/index.ts';
import { KnockForm } from './knock-form.tsx';
import { WaitingList } from './waiting-list.tsx';

const ComeIn = graphql(`
  mutation ComeIn($input: JoinRoomInput!) {
    joinRoom(input: $input) {
      ... on Joined { sessionToken }
      ... on Refusal { code message }
    }
  }
`);

const WhatHappens = graphql(`
  subscription WhatHappens {
    roomEvents { cursor }
  }
`);

type AppProps = { url: string; roomName: string; token: string | null };

/** A host comes in with their token; everybody else knocks. Whoever is inside sees who waits, if they may. */
export function App({ url, roomName, token }: AppProps) {
  const [session, setSession] = useState<string | null>(null);
  // A client for each credential: first nobody's, then the session's.
  const client = useMemo(() => createApiClient(url, session), [url, session]);
  return (
    <Provider value={client}>
      {session !== null && <Inside />}
      {session !== null && token !== null && <WaitingList />}
      {session === null && token !== null && <HostsDoor roomName={roomName} token={token} onJoined={setSession} />}
      {session === null && token === null && <KnockForm url={url} roomName={roomName} onJoined={setSession} />}
    </Provider>
  );
}

/** As long as the subscription is open the place is kept. */
function Inside() {
  const [{ error }] = useSubscription({ query: WhatHappens });
  return <p>{error?.message ?? 'You are in.'}</p>;
}

type HostProps = { roomName: string; token: string; onJoined: (sessionToken: string) => void };

function HostsDoor({ roomName, token, onJoined }: HostProps) {
  const [{ data, error }, join] = useMutation(ComeIn);
  const enter = async () => {
    const { data: answer } = await join({ input: { roomName, token } });
    if (answer && 'sessionToken' in answer.joinRoom) onJoined(answer.joinRoom.sessionToken);
  };
  const refused = data && 'code' in data.joinRoom ? data.joinRoom.message : error?.message;
  return (
    <>
      <button type="button" onClick={enter}>
        Come in
      </button>
      {refused && <p role="alert">{refused}</p>}
    </>
  );
}
