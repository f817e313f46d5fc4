import { gql } from '@apollo/client';
import { ApolloProvider, useMutation, useSubscription } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { createApolloClient } from './client.ts';

declare const POSSIBLE_TYPES: Record<string, string[]>;

type Refused = { code: string; problem: string };
type Joined = { joinRoom: { sessionToken: string } | Refused };
type Knocked = { knock: { knockToken: string } | Refused };
type Waiting = { id: string; userName: string; status: string };

const KNOCK = gql`
  mutation Knock($input: KnockInput!) {
    knock(input: $input) {
      ... on Knocked { knockToken }
      ... on Refusal { code problem: message }
    }
  }
`;
const JOIN = gql`
  mutation Join($input: JoinRoomInput!) {
    joinRoom(input: $input) {
      ... on Joined { sessionToken }
      ... on Refusal { code problem: message }
    }
  }
`;
const MY_KNOCK = gql`subscription MyKnock { myKnock { id status position reply } }`;
const WHAT_HAPPENS = gql`subscription WhatHappens { roomEvents { cursor } }`;
const WHO_WAITS = gql`subscription WhoWaits { knockRequested { id userName status } }`;
const ADMIT = gql`
  mutation Admit($input: KnockDecisionInput!) {
    admitKnock(input: $input) {
      ... on KnockRequest { id status }
      ... on Refusal { code }
    }
  }
`;

type AppProps = { url: string; roomName: string; token: string | null };

/** Nobody's credential at the door, then the knock token while waiting, then the session token: a client for each. */
export function App({ url, roomName, token }: AppProps) {
  const [bearer, setBearer] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReturnType<typeof createApolloClient> | null>(null);
  useEffect(() => {
    const made = createApolloClient(url, bearer, POSSIBLE_TYPES);
    setOpened(made);
    return () => void made.close();
  }, [url, bearer]);
  if (opened === null) return null;
  return (
    <ApolloProvider client={opened.client} key={bearer}>
      {bearer === null && token !== null && <HostsDoor roomName={roomName} token={token} onJoined={setBearer} />}
      {bearer === null && token === null && <KnockForm roomName={roomName} onKnocked={setBearer} />}
      {bearer?.startsWith('vq_') && <WaitingRoom roomName={roomName} knockToken={bearer} onJoined={setBearer} />}
      {bearer?.startsWith('vs_') && <Inside />}
      {bearer?.startsWith('vs_') && token !== null && <WaitingList />}
    </ApolloProvider>
  );
}

function KnockForm({ roomName, onKnocked }: { roomName: string; onKnocked: (knockToken: string) => void }) {
  const [knock, { data, error, loading }] = useMutation<Knocked>(KNOCK);
  const ask = async (form: FormData) => {
    const { data: answer } = await knock({ variables: { input: { roomName, userName: String(form.get('name')) } } });
    if (answer && 'knockToken' in answer.knock) onKnocked(answer.knock.knockToken);
  };
  const refused = data && 'problem' in data.knock ? data.knock.problem : error?.message;
  return (
    <form action={ask}>
      <input name="name" aria-label="Your name" required />
      <button type="submit" disabled={loading}>
        Knock
      </button>
      {refused && <p role="alert">{refused}</p>}
    </form>
  );
}

type WaitingProps = { roomName: string; knockToken: string; onJoined: (sessionToken: string) => void };

function WaitingRoom({ roomName, knockToken, onJoined }: WaitingProps) {
  const { data, error } = useSubscription<{ myKnock: { status: string; position: number | null } }>(MY_KNOCK);
  if (error) return <p role="alert">{error.message}</p>;
  if (data?.myKnock.status === 'ADMITTED') return <Join input={{ roomName, knockToken }} onJoined={onJoined} />;
  return (
    <p>
      {data?.myKnock.status ?? '…'} {data?.myKnock.position}
    </p>
  );
}

type HostProps = { roomName: string; token: string; onJoined: (sessionToken: string) => void };

function HostsDoor({ roomName, token, onJoined }: HostProps) {
  return <Join input={{ roomName, token }} onJoined={onJoined} />;
}

function Join({ input, onJoined }: { input: object; onJoined: (sessionToken: string) => void }) {
  const [join, { data, error }] = useMutation<Joined>(JOIN);
  const enter = async () => {
    const { data: answer } = await join({ variables: { input } });
    if (answer && 'sessionToken' in answer.joinRoom) onJoined(answer.joinRoom.sessionToken);
  };
  const refused = data && 'problem' in data.joinRoom ? data.joinRoom.problem : error?.message;
  return (
    <>
      <button type="button" onClick={enter}>
        Come in
      </button>
      {refused && <p role="alert">{refused}</p>}
    </>
  );
}

/** As long as the subscription is open the place is kept. It is completed when somebody is out. */
function Inside() {
  const [isOut, setOut] = useState(false);
  const { error } = useSubscription(WHAT_HAPPENS, { onComplete: () => setOut(true) });
  return <p>{error?.message ?? (isOut ? 'You are out.' : 'You are in.')}</p>;
}

/** The stream tells each knock as it is now: the list keeps those that wait. */
function WaitingList() {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const { error } = useSubscription<{ knockRequested: Waiting }>(WHO_WAITS, {
    onData: ({ data: { data } }) => {
      if (!data) return;
      const { knockRequested: told } = data;
      setWaiting((before) => [
        ...before.filter(({ id }) => id !== told.id),
        ...(told.status === 'PENDING' ? [told] : []),
      ]);
    },
  });
  const [admit] = useMutation(ADMIT);
  if (error) return <p role="alert">{error.message}</p>;
  return (
    <ul>
      {waiting.map(({ id, userName }) => (
        <li key={id}>
          {userName}
          <button type="button" onClick={() => admit({ variables: { input: { knockId: id } } })}>
            Admit {userName}
          </button>
        </li>
      ))}
    </ul>
  );
}
