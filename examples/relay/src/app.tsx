import { Suspense, useMemo, useState } from 'react';
import {
  graphql,
  RelayEnvironmentProvider,
  useFragment,
  useLazyLoadQuery,
  useMutation,
  usePaginationFragment,
  useSubscription,
} from 'react-relay';
import type { GraphQLSubscriptionConfig } from 'relay-runtime';
import { createEnvironment } from './environment.ts';
import type { appJoinMutation, JoinRoomInput } from './generated/appJoinMutation.graphql.ts';
import type { appKnockMutation } from './generated/appKnockMutation.graphql.ts';
import type {
  appMyKnockSubscription,
  appMyKnockSubscription$data,
} from './generated/appMyKnockSubscription.graphql.ts';
import type { appWhatHappensSubscription } from './generated/appWhatHappensSubscription.graphql.ts';
import type { appWhoWaitsSubscription } from './generated/appWhoWaitsSubscription.graphql.ts';
import type { waitingRoom_room$data, waitingRoom_room$key } from './generated/waitingRoom_room.graphql.ts';
import type { waitingRoomAdmitMutation as Admit } from './generated/waitingRoomAdmitMutation.graphql.ts';
import type { waitingRoomPaginationQuery } from './generated/waitingRoomPaginationQuery.graphql.ts';
import type { waitingRoomQuery as Query } from './generated/waitingRoomQuery.graphql.ts';
import type { waitingRoomRow_knock$key } from './generated/waitingRoomRow_knock.graphql.ts';
import { waitingRoomAdmitMutation, waitingRoomFragment, waitingRoomQuery, waitingRoomRow } from './waiting-room.ts';

const knockMutation = graphql`
  mutation appKnockMutation($input: KnockInput!) {
    knock(input: $input) {
      __typename
      ... on Knocked {
        knockToken
      }
      ... on Refusal {
        problem: message
      }
    }
  }
`;

const joinMutation = graphql`
  mutation appJoinMutation($input: JoinRoomInput!) {
    joinRoom(input: $input) {
      __typename
      ... on Joined {
        sessionToken
      }
      ... on Refusal {
        problem: message
      }
    }
  }
`;

const myKnockSubscription = graphql`
  subscription appMyKnockSubscription {
    myKnock {
      id
      status
      position
    }
  }
`;

const whatHappensSubscription = graphql`
  subscription appWhatHappensSubscription {
    roomEvents {
      cursor
    }
  }
`;

/** A newcomer is put at the end of the list, once; who was decided says so in their own record. */
const whoWaitsSubscription = graphql`
  subscription appWhoWaitsSubscription($connections: [ID!]!) {
    knockRequested @appendNode(connections: $connections, edgeTypeName: "KnockRequestEdge") {
      id
      status
      userName
      verified
      ...waitingRoomRow_knock
    }
  }
`;

export function App({ url, roomName, token }: { url: string; roomName: string; token: string | null }) {
  const [bearer, setBearer] = useState<string | null>(null);
  const environment = useMemo(() => createEnvironment(url, bearer), [url, bearer]);
  return (
    <RelayEnvironmentProvider environment={environment} key={bearer}>
      {bearer === null && token !== null && <Join input={{ roomName, token }} onJoined={setBearer} />}
      {bearer === null && token === null && <KnockForm roomName={roomName} onKnocked={setBearer} />}
      {bearer?.startsWith('vq_') && <Waiting roomName={roomName} knockToken={bearer} onJoined={setBearer} />}
      {bearer?.startsWith('vs_') && <Inside />}
      {bearer?.startsWith('vs_') && token !== null && (
        <Suspense fallback={<p>One moment …</p>}>
          <WaitingList roomName={roomName} />
        </Suspense>
      )}
    </RelayEnvironmentProvider>
  );
}

function KnockForm({ roomName, onKnocked }: { roomName: string; onKnocked: (knockToken: string) => void }) {
  const [knock, isAsking] = useMutation<appKnockMutation>(knockMutation);
  const [refused, setRefused] = useState<string | null>(null);
  const ask = (form: FormData) => {
    knock({
      variables: { input: { roomName, userName: String(form.get('name')) } },
      onCompleted: ({ knock: answer }) =>
        answer.knockToken === undefined ? setRefused(answer.problem ?? null) : onKnocked(answer.knockToken),
      onError: ({ message }) => setRefused(message),
    });
  };
  return (
    <form action={ask}>
      <input name="name" aria-label="Your name" required />
      <button type="submit" disabled={isAsking}>
        Knock
      </button>
      {refused && <p role="alert">{refused}</p>}
    </form>
  );
}

function Join({ input, onJoined }: { input: JoinRoomInput; onJoined: (sessionToken: string) => void }) {
  const [join] = useMutation<appJoinMutation>(joinMutation);
  const [refused, setRefused] = useState<string | null>(null);
  const enter = () =>
    join({
      variables: { input },
      onCompleted: ({ joinRoom: answer }) =>
        answer.sessionToken === undefined ? setRefused(answer.problem ?? null) : onJoined(answer.sessionToken),
      onError: ({ message }) => setRefused(message),
    });
  return (
    <>
      <button type="button" onClick={enter}>
        Come in
      </button>
      {refused && <p role="alert">{refused}</p>}
    </>
  );
}

type WaitingProps = { roomName: string; knockToken: string; onJoined: (sessionToken: string) => void };

function Waiting({ roomName, knockToken, onJoined }: WaitingProps) {
  const [knock, setKnock] = useState<appMyKnockSubscription$data['myKnock'] | null>(null);
  const config = useMemo<GraphQLSubscriptionConfig<appMyKnockSubscription>>(
    () => ({
      subscription: myKnockSubscription,
      variables: {},
      onNext: (answer) => setKnock(answer?.myKnock ?? null),
    }),
    [],
  );
  useSubscription(config);
  if (knock?.status === 'ADMITTED') return <Join input={{ roomName, knockToken }} onJoined={onJoined} />;
  return (
    <p>
      {knock?.status ?? '…'} {knock?.position}
    </p>
  );
}

/** As long as the subscription is open the place is kept. It is completed when somebody is out. */
function Inside() {
  const [end, setEnd] = useState<string | null>(null);
  const config = useMemo<GraphQLSubscriptionConfig<appWhatHappensSubscription>>(
    () => ({
      subscription: whatHappensSubscription,
      variables: {},
      onCompleted: () => setEnd('You are out.'),
      onError: ({ message }) => setEnd(message),
    }),
    [],
  );
  useSubscription(config);
  return <p>{end ?? 'You are in.'}</p>;
}

function WaitingList({ roomName }: { roomName: string }) {
  const { room } = useLazyLoadQuery<Query>(waitingRoomQuery, { name: roomName });
  return room && <Waiters room={room} />;
}

function Waiters({ room }: { room: waitingRoom_room$key }) {
  const { data, hasNext, loadNext } = usePaginationFragment<waitingRoomPaginationQuery, waitingRoom_room$key>(
    waitingRoomFragment,
    room,
  );
  const listId = data.knockRequests?.__id;
  const connections = useMemo(() => (listId === undefined ? [] : [listId]), [listId]);
  useSubscription<appWhoWaitsSubscription>(
    useMemo(() => ({ subscription: whoWaitsSubscription, variables: { connections } }), [connections]),
  );
  const waiting = new Map(data.knockRequests?.edges.map(({ node }) => [node.id, node]));
  return (
    <>
      <ul>
        {[...waiting.values()]
          .filter(({ status }) => status === 'PENDING')
          .map((node) => (
            <Row key={node.id} node={node} connections={connections} />
          ))}
      </ul>
      {hasNext && (
        <button type="button" onClick={() => loadNext(50)}>
          More
        </button>
      )}
    </>
  );
}

type Waiter = NonNullable<waitingRoom_room$data['knockRequests']>['edges'][number]['node'];

function Row({ node, connections }: { node: Waiter & waitingRoomRow_knock$key; connections: string[] }) {
  const { message } = useFragment(waitingRoomRow, node);
  const [admit] = useMutation<Admit>(waitingRoomAdmitMutation);
  return (
    <li>
      {node.userName} {node.verified ? '(verified)' : '(says so)'} {message}
      <button type="button" onClick={() => admit({ variables: { input: { knockId: node.id }, connections } })}>
        Admit {node.userName}
      </button>
    </li>
  );
}
