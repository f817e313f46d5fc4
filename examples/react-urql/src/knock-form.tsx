import { useMemo, useState } from 'react';
import { Provider, useMutation, useSubscription } from 'urql';
import { createApiClient } from './client.ts';
import { graphql } from './graphql/index.ts';

const Knock = graphql(`
  mutation Knock($input: KnockInput!) {
    knock(input: $input) {
      ... on Knocked { knockToken }
      ... on Refusal { code message }
    }
  }
`);

const MyKnock = graphql(`
  subscription MyKnock {
    myKnock { status position reply }
  }
`);

const Join = graphql(`
  mutation Join($input: JoinRoomInput!) {
    joinRoom(input: $input) {
      ... on Joined { sessionToken participant { userName } }
      ... on MustKnock { lobbyMessage }
      ... on Refusal { code message }
    }
  }
`);

type DoorProps = { url: string; roomName: string; onJoined: (sessionToken: string) => void };

/** A visitor's way in: a form, then the waiting room under the knock token. */
export function KnockForm({ url, roomName, onJoined }: DoorProps) {
  const [knockToken, setKnockToken] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [{ fetching }, knock] = useMutation(Knock);
  // One for the knock, and not one for each time that this is drawn: each has a connection of its own.
  const client = useMemo(() => createApiClient(url, knockToken), [url, knockToken]);
  const ask = async (form: FormData) => {
    const { data, error } = await knock({ input: { roomName, userName: String(form.get('name')) } });
    if (data && 'knockToken' in data.knock) setKnockToken(data.knock.knockToken);
    else setRefused(data && 'code' in data.knock ? data.knock.code : (error?.message ?? null));
  };
  if (knockToken !== null) {
    return (
      <Provider value={client}>
        <WaitingRoom knockToken={knockToken} roomName={roomName} onJoined={onJoined} />
      </Provider>
    );
  }
  return (
    <form action={ask}>
      <input name="name" aria-label="Your name" required />
      <button type="submit" disabled={fetching}>
        Knock
      </button>
      {refused && <p role="alert">{refused}</p>}
    </form>
  );
}

type WaitingProps = { knockToken: string; roomName: string; onJoined: (sessionToken: string) => void };

function WaitingRoom({ knockToken, roomName, onJoined }: WaitingProps) {
  const [{ data, error }] = useSubscription({ query: MyKnock });
  const [, join] = useMutation(Join);
  const enter = async () => {
    const { data: answer } = await join({ input: { roomName, knockToken } });
    if (answer && 'sessionToken' in answer.joinRoom) onJoined(answer.joinRoom.sessionToken);
  };
  const knock = data?.myKnock;
  if (error) return <p role="alert">{error.message}</p>;
  if (knock?.status === 'ADMITTED') {
    return (
      <button type="button" onClick={enter}>
        Come in
      </button>
    );
  }
  return (
    <p>
      {knock?.status ?? '…'} {knock?.position} {knock?.reply}
    </p>
  );
}
