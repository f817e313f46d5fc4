import { CancelKnockDocument, type KnockFieldsFragment, MyKnockDocument } from './generated/graphql.ts';
import { type Outcome, outcome, type VestibuleError } from './refusal.ts';
import { createStore, type Store } from './store.ts';
import { followStream, type StreamState } from './stream.ts';
import type { Transport } from './transport.ts';
import { readViewer } from './viewer.ts';

export interface KnockView {
  /** The knock as it is: go by its `status`. */
  readonly knockRequest: KnockFieldsFragment;
  readonly state: StreamState;
  /** Why it cannot be followed any more. */
  readonly error: VestibuleError | null;
}

/** A knock of one's own. */
export interface Knock {
  /** The credential of this knock: keep it for this tab, to go on after a refresh with `client.resumeKnock`. */
  readonly knockToken: string;
  /** The knock, kept up to date across lost connections. Followed while somebody looks, which keeps the place in the queue. */
  readonly view: Store<KnockView>;
  /** Takes the knock back. */
  readonly cancel: () => Promise<Outcome<KnockFieldsFragment>>;
}

/** @param transport with the knock token as its credential */
export function createKnock(transport: Transport, knockToken: string, initial: KnockFieldsFragment): Knock {
  let view: KnockView = { knockRequest: initial, state: 'CONNECTING', error: null };
  const store = createStore<KnockView>(view, (set) => {
    const show = (change: Partial<KnockView>) => {
      view = { ...view, ...change };
      set(view);
    };
    return followStream(transport, {
      document: MyKnockDocument,
      // The stream begins with the knock as it is, so that nothing is missed.
      variables: () => ({}),
      onData: ({ myKnock }) => show({ knockRequest: myKnock }),
      onState: (state) => show({ state }),
      onEnd: (error) => {
        if (error?.code !== 'UNAUTHENTICATED') show({ state: 'ENDED', error });
        // One that ended while nobody followed it cannot be followed any more, but is still told.
        else
          readOwnKnock(transport).then(
            (knockRequest) => show({ state: 'ENDED', ...(knockRequest === null ? { error } : { knockRequest }) }),
            (failed: VestibuleError) => show({ state: 'ENDED', error: failed }),
          );
      },
    });
  });
  return {
    knockToken,
    view: store,
    cancel: async () => outcome((await transport.ask(CancelKnockDocument, {})).cancelKnock, 'KnockRequest'),
  };
}

/** The knock that this transport's credential belongs to; null: none. @throws {VestibuleError} where the service cannot be reached */
export async function readOwnKnock(transport: Transport): Promise<KnockFieldsFragment | null> {
  const viewer = await readViewer(transport);
  return viewer?.__typename === 'KnockRequest' ? viewer : null;
}
