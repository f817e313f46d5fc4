import { createClient } from 'graphql-ws';
import { Environment, Network, Observable, type PayloadData, RecordSource, Store } from 'relay-runtime';

/** One environment for each credential: null for a visitor, the knock token while waiting, the session token once inside. */
export function createEnvironment(url: string, bearer: string | null) {
  const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const socket = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, connectionParams: authorization });
  const network = Network.create(
    async ({ text }, variables) => {
      const headers = { ...authorization, 'content-type': 'application/json' };
      const body = JSON.stringify({ query: text, variables });
      return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
    },
    ({ text }, variables) =>
      Observable.create((sink) =>
        socket.subscribe<PayloadData>(
          { query: text ?? '', variables },
          {
            next: ({ data, errors }) =>
              data ? sink.next({ data }) : sink.error(new Error(errors?.[0]?.message ?? 'An answer without data.')),
            error: (problem) => sink.error(problem instanceof Error ? problem : new Error(String(problem))),
            complete: sink.complete,
          },
        ),
      ),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}
