import type { ConnectionPhase } from './connection.ts';
import { CancelKnockDocument, KnockDocument, type KnockFieldsFragment, MyKnockDocument } from './generated/graphql.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { patiently } from './patience.ts';
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
  /**
   * Knocks again under another name or with another message: the place in the queue stays. Of a knock that has ended nothing is changed,
   * and no other is made: it is answered as it ended.
   */
  readonly update: (change: KnockChange) => Promise<Outcome<KnockFieldsFragment>>;
  /** Takes the knock back. */
  readonly cancel: () => Promise<Outcome<KnockFieldsFragment>>;
}

/** What is changed; the rest stays. */
export interface KnockChange {
  readonly userName?: string;
  readonly message?: string;
}

/** @param transportOf with a knock token as its credential */
export function createKnock(
  transportOf: (knockToken: string) => Transport,
  knockToken: string,
  initial: KnockFieldsFragment,
): Knock {
  const transport = transportOf(knockToken);
  let view: KnockView = { knockRequest: initial, state: 'CONNECTING', error: null };
  const store = createStore<KnockView>(view, (set) => {
    const show = (change: Partial<KnockView>) => {
      view = { ...view, ...change };
      set(view);
    };
    let isFollowed = true;
    const stop = followStream(transport, {
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
        else
          patiently(() => readEnd(transport, error), {
            ...{ longestPauseMs: transport.longestPauseMs, isWanted: () => isFollowed },
            onTrouble: (trouble) => show({ state: 'RECONNECTING', error: trouble }),
          }).then(
            (end) => show({ state: 'CLOSED', ...end }),
            (failed: VestibuleError) => isFollowed && show({ state: 'CLOSED', error: failed }),
          );
      },
    });
    return () => {
      isFollowed = false;
      stop();
    };
  });
  const update = async (change: KnockChange): Promise<Outcome<KnockFieldsFragment>> =>
    mapped(await changeKnock(transportOf, knockToken, view, change), (knockRequest) => {
      view = { ...view, knockRequest };
      store.set(view);
      return knockRequest;
    });
  return {
    knockToken,
    update,
    view: store,
    cancel: async () => outcome((await transport.ask(CancelKnockDocument, {})).cancelKnock, 'KnockRequest'),
  };
}

/** One that ended while nobody followed it cannot be followed any more, but is still told. @throws {VestibuleError} */
async function readEnd(transport: Transport, error: VestibuleError | null): Promise<Partial<KnockView>> {
  const knockRequest = await readOwnKnock(transport);
  return knockRequest === null ? { error: error ?? isOver() } : { knockRequest, error: null };
}

async function changeKnock(
  transportOf: (knockToken: string) => Transport,
  knockToken: string,
  view: KnockView,
  change: KnockChange,
): Promise<Outcome<KnockFieldsFragment>> {
  const transport = transportOf(knockToken);
  const known = await knownToHaveEnded(transport, view);
  if (known !== null) return { isDone: true, value: known };
  const { roomName, userName, message } = view.knockRequest;
  const { knock } = await transport.ask(KnockDocument, { input: { roomName, userName, message, ...change } });
  const knocked = outcome(knock, 'Knocked');
  if (!knocked.isDone || knocked.value.knockToken === knockToken)
    return mapped(knocked, ({ knockRequest }) => knockRequest);
  // It ended a moment ago, and this is another one, which nobody here would follow.
  await transportOf(knocked.value.knockToken).persist(CancelKnockDocument, {});
  const ended = await readOwnKnock(transport);
  if (ended === null) throw isOver();
  return { isDone: true, value: ended };
}

/** The knock as it ended, as far as that can be found out. While the stream is open, it would have told. */
async function knownToHaveEnded(
  { ask }: Transport,
  { knockRequest, state }: KnockView,
): Promise<KnockFieldsFragment | null> {
  const isKnown = state === 'OPEN' || hasEnded(knockRequest);
  const known = isKnown ? knockRequest : await readOwnKnock({ persist: ask }).catch(() => null);
  return known !== null && hasEnded(known) ? known : null;
}

const hasEnded = ({ status }: KnockFieldsFragment): boolean => status !== 'PENDING' && status !== 'ADMITTED';

function isOver(): VestibuleError {
  return new VestibuleError(
    'UNAUTHENTICATED',
    'This knock went on elsewhere, or ended more than a day ago. Knock again.',
  );
}

/** The knock that this transport's credential belongs to; null: none. @throws {VestibuleError} where the service cannot be reached */
export async function readOwnKnock(transport: Pick<Transport, 'persist'>): Promise<KnockFieldsFragment | null> {
  const viewer = await readViewer(transport);
  return viewer?.__typename === 'KnockRequest' ? viewer : null;
}
