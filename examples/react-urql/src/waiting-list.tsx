import { type SubscriptionHandler, useMutation, useSubscription } from 'urql';
import type { WhoWaitsSubscription } from './graphql/graphql.ts';
import { graphql } from './graphql/index.ts';

const WhoWaits = graphql(`
  subscription WhoWaits {
    knockRequested { id userName verified message status requestedAt }
  }
`);

const Admit = graphql(`
  mutation Admit($input: KnockDecisionInput!) {
    admitKnock(input: $input) {
      __typename
      ... on KnockRequest { id status }
      ... on Refusal { code }
    }
  }
`);

type Waiting = readonly WhoWaitsSubscription['knockRequested'][];

/** The stream tells each knock as it is now: the list keeps those that wait. */
const keepPending: SubscriptionHandler<WhoWaitsSubscription, Waiting> = (before = [], { knockRequested }) => {
  const others = before.filter(({ id }) => id !== knockRequested.id);
  if (knockRequested.status !== 'PENDING') return others;
  return [...others, knockRequested].toSorted((a, b) => a.requestedAt.localeCompare(b.requestedAt));
};

/** For an owner, under the session token. */
export function WaitingList() {
  const [{ data: waiting = [], error }] = useSubscription({ query: WhoWaits }, keepPending);
  const [, admit] = useMutation(Admit);
  if (error) return <p role="alert">{error.message}</p>;
  return (
    <ul>
      {waiting.map((one) => (
        <li key={one.id}>
          {one.userName} {one.verified ? '(verified)' : '(says so)'} {one.message}
          <button type="button" onClick={() => admit({ input: { knockId: one.id } })}>
            Admit {one.userName}
          </button>
        </li>
      ))}
    </ul>
  );
}
