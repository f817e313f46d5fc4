import type { VestibuleError } from './refusal.ts';
import { createStore, type Store } from './store.ts';
import type { Way } from './ways.ts';

/** CONNECTING: nothing was heard yet. RECONNECTING: it was lost, and comes back by itself. CLOSED: it does not come back by itself. */
export type ConnectionPhase = 'CONNECTING' | 'OPEN' | 'RECONNECTING' | 'CLOSED';

/** How a page stands with the service, over all that it asks and follows. */
export interface ServiceConnection {
  readonly state: ConnectionPhase;
  /** With RECONNECTING and CLOSED: why. Its `message` says what to do. */
  readonly error: VestibuleError | null;
  /** How news comes. Null: nothing is followed. */
  readonly way: Way | null;
}

/** What one stream says of itself. */
export interface StreamReport {
  readonly set: (state: ConnectionPhase, error: VestibuleError | null) => void;
  /** It is followed no more. */
  readonly end: () => void;
}

export interface ConnectionBoard {
  readonly view: Store<ServiceConnection>;
  readonly addStream: () => StreamReport;
  /** The service has answered a request. */
  readonly onAnswer: () => void;
  /** A request failed. */
  readonly onFailure: (error: VestibuleError) => void;
}

type Report = Pick<ServiceConnection, 'state' | 'error'>;

/** The worst first: of several streams, the one that stands worst is told. */
const order: readonly ConnectionPhase[] = ['CLOSED', 'RECONNECTING', 'CONNECTING', 'OPEN'];

/** @param readWay the way that news comes by */
export function createConnectionBoard(readWay: () => Way): ConnectionBoard {
  const view = createStore<ServiceConnection>({ state: 'CONNECTING', error: null, way: null });
  const streams = new Map<object, Report>();
  let lastRequest: Report = { state: 'CONNECTING', error: null };
  const look = () => {
    // A stream that ended because a session is over closes nothing for others: only what no request would mend does.
    const reports = [...streams.values()].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
    const { state, error } = lastRequest.state === 'CLOSED' ? lastRequest : (reports[0] ?? lastRequest);
    const way = streams.size === 0 ? null : readWay();
    const before = view.get();
    if (before.state !== state || before.error !== error || before.way !== way) view.set({ state, error, way });
  };
  return {
    view,
    addStream: () => {
      const key = {};
      return {
        set: (state, error) => {
          streams.set(key, { state, error });
          look();
        },
        end: () => {
          if (streams.delete(key)) look();
        },
      };
    },
    onAnswer: () => {
      lastRequest = { state: 'OPEN', error: null };
      look();
    },
    onFailure: (error) => {
      // Whoever asks too often has been answered.
      if (error.isPassing && error.code !== 'RATE_LIMITED') lastRequest = { state: 'RECONNECTING', error };
      else if (error.isOfService) lastRequest = { state: 'CLOSED', error };
      look();
    },
  };
}
