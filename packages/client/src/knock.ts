import type { ConnectionPhase } from './connection.ts';
import { CancelKnockDocument, KnockDocument, type KnockFieldsFragment, MyKnockDocument } from './generated/graphql.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { mapped, type Outcome, outcome, VestibuleError } from './refusal.ts';
import { createStore, type Store } from './store.ts';
import { followStream } from './stream.ts';
import type { Transport } from './transport.ts';
import { readViewer } from './viewer.ts';

/** One's own knock, and how it is followed. */
export interface KnockView {
  /** The knock as it is: go by its `status`. */
  readonly knockRequest: KnockFieldsFragment;
  readonly state: ConnectionPhase;
  /** With RECONNECTING and CLOSED: why. */
  readonly error: VestibuleError | null;
}

/** A knock of one's own. */
export interface Knock {
  /** The credential of this knock: keep it for this tab, to go on after a refresh with `client.resumeKnock`. */
  readonly knockToken: string;
  /** The knock, kept up to date across lost connections. Followed while somebody looks, which keeps the place in the queue. */
  readonly view: Store<KnockView>;
  /** Knocks again under another name or with another message: the place in the queue stays. */
  readonly update: (change: KnockChange) => Promise<Outcome<KnockFieldsFragment>>;
  /** Takes the knock back. */
  readonly cancel: () => Promise<Outcome<KnockFieldsFragment>>;
}

/** What is changed; the rest stays. */
export interface KnockChange {
  readonly userName?: string;
  readonly message?: string;
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
      poll: async () => {
        const knockRequest = await sendHeartbeat(transport);
        if (knockRequest.__typename === 'KnockRequest') show({ knockRequest });
      },
      onData: ({ myKnock }) => {
        transport.clock?.learnPast(myKnock.decidedAt ?? myKnock.requestedAt);
        show({ knockRequest: myKnock });
      },
      onState: (state, error) => show({ state, error }),
      onEnd: (error) => {
        const isTold = error === null ? view.knockRequest.status !== 'PENDING' : error.code !== 'UNAUTHENTICATED';
        if (isTold) show({ state: 'CLOSED', error });
        // One that ended while nobody followed it cannot be followed any more, but is still told.
        else
          readOwnKnock(transport).then(
            (knockRequest) =>
              show({
                state: 'CLOSED',
                ...(knockRequest === null ? { error: error ?? isOver() } : { knockRequest, error: null }),
              }),
            (failed: VestibuleError) => show({ state: 'CLOSED', error: failed }),
          );
      },
    });
  });
  const update = async (change: KnockChange): Promise<Outcome<KnockFieldsFragment>> => {
    const { roomName, userName, message } = view.knockRequest;
    const { knock } = await transport.ask(KnockDocument, { input: { roomName, userName, message, ...change } });
    return mapped(outcome(knock, 'Knocked'), ({ knockRequest }) => {
      view = { ...view, knockRequest };
      store.set(view);
      return knockRequest;
    });
  };
  return {
    knockToken,
    update,
    view: store,
    cancel: async () => outcome((await transport.ask(CancelKnockDocument, {})).cancelKnock, 'KnockRequest'),
  };
}

function isOver(): VestibuleError {
  return new VestibuleError(
    'UNAUTHENTICATED',
    'This knock went on elsewhere, or ended more than a day ago. Knock again.',
  );
}

/** The knock that this transport's credential belongs to; null: none. @throws {VestibuleError} where the service cannot be reached */
export async function readOwnKnock(transport: Transport): Promise<KnockFieldsFragment | null> {
  const viewer = await readViewer(transport);
  return viewer?.__typename === 'KnockRequest' ? viewer : null;
}
