import { type ClientOptions, createClient } from 'graphql-ws';
import type { TypedDocumentString } from './generated/graphql.ts';
import { onNetwork } from './patience.ts';
import { toError, VestibuleError } from './refusal.ts';

export interface LineOptions extends Pick<ClientOptions, 'url' | 'connectionParams' | 'webSocketImpl'> {
  /** Within this time a silent line is found out, at any moment of its life. */
  readonly patienceMs: number;
}

/** What happens to a subscription; after `onFailure` or `onComplete` nothing more does. */
export interface Sink<Data> {
  /** The line is there to carry it. */
  readonly onOpen: () => void;
  readonly onData: (data: Data) => void;
  readonly onFailure: (error: VestibuleError) => void;
  readonly onComplete: () => void;
}

/** `WebSocket.OPEN`, also where the platform has none of its own. */
const openState = 1;

export type Subscribe = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  sink: Sink<Data>,
) => () => void;

/**
 * One socket, for all subscriptions by one credential: it opens with the first and closes after the last. A line that is
 * held and silent, as after a cable was pulled, looks like one on which nothing happens. So an answer is asked for all the
 * time: when connecting, every half of the patience afterwards, and where the socket is about to close when somebody wants
 * it again. An answer that does not come in time ends every subscription with NETWORK, and the next one opens a new socket.
 */
export function createLine(options: LineOptions): Subscribe {
  const { socket, readState, listen } = createSocket(options);
  return (document, variables, { onOpen, onData, onFailure, onComplete }) => {
    const ignore = socket.on('connected', onOpen);
    if (readState() === openState) onOpen();
    // Closing, after the last subscription before this one: on a silent line that would take its time.
    else if (readState() !== null) listen();
    const dispose = socket.subscribe(
      // The type of variables is the document's own; on the wire they are a JSON object.
      { query: String(document), variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (errors) onFailure(toError(errors));
          // What the service answers to this document is taken for what its type says.
          else if (data) onData(data as Parameters<typeof onData>[0]);
        },
        error: (problem) => onFailure(Array.isArray(problem) ? toError(problem) : lost()),
        complete: onComplete,
      },
    );
    return () => {
      ignore();
      dispose();
    };
  };
}

function createSocket({ patienceMs, ...options }: LineOptions) {
  let silence: ReturnType<typeof setTimeout> | undefined;
  let opened: Pick<WebSocket, 'readyState'> | null = null;
  let unlisten: (() => void) | undefined;
  const hear = () => clearTimeout(silence);
  const giveUp = () => socket.terminate();
  const listen = (withinMs = (patienceMs * 2) / 3) => {
    hear();
    silence = setTimeout(giveUp, withinMs);
  };
  const socket = createClient({
    ...options,
    // Whoever subscribes begins anew where it stood; a socket that repeats a subscription cannot know where that is.
    retryAttempts: 0,
    keepAlive: patienceMs / 2,
    on: {
      connecting: () => {
        listen();
        unlisten = onNetwork('offline', giveUp);
      },
      connected: (connected) => {
        hear();
        // graphql-ws cannot know its type: a WebSocket, or what `webSocketImpl` makes, which has its interface.
        opened = connected as Pick<WebSocket, 'readyState'>;
      },
      // Those that this side sends, and their answers: what the service asks for says nothing of what it hears.
      ping: (isReceived) => (isReceived ? undefined : listen(patienceMs / 3)),
      pong: (isReceived) => (isReceived ? hear() : undefined),
      closed: () => {
        hear();
        unlisten?.();
        opened = null;
      },
    },
  });
  return { socket, listen: () => listen(), readState: () => opened?.readyState ?? null };
}

function lost(): VestibuleError {
  return new VestibuleError('NETWORK', 'The connection was lost.');
}
