import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { closeAfterwards } from './closers.ts';
import type { Result, Subscription, Variables } from './graphql-client.ts';
import { Inbox } from './inbox.ts';

const message = z.object({ type: z.string(), id: z.string().optional(), payload: z.unknown().optional() });

export type WsMessage = z.infer<typeof message>;

export type WsClient = {
  readonly socket: WebSocket;
  /** Settles with the server's `connection_ack`; refuses with the close code where the socket is closed before. */
  readonly acknowledged: Promise<void>;
  /** Settles, whoever closed it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Messages that belong to no subscription of `subscribe`. */
  readonly others: Inbox<WsMessage>;
  /** Sends anything, for tests of the protocol itself. */
  send(raw: unknown): void;
  subscribe<Data>(query: string, variables?: Variables, operationName?: string): Promise<Subscription<Data>>;
  close(): Promise<void>;
};

export type WsClientOptions = {
  /** Subprotocols to offer in place of graphql-transport-ws. */
  readonly protocols?: readonly string[];
  readonly origin?: string;
  /** Left out: `{ authorization: 'Bearer …' }` with a bearer. Null: `connection_init` is not sent. */
  readonly connectionParams?: unknown;
};

/** Speaks graphql-transport-ws by hand, so that a test sees each message and close code as they are. */
export function wsClient(url: string, bearer?: string, options: WsClientOptions = {}): WsClient {
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}/graphql`,
    [...(options.protocols ?? ['graphql-transport-ws'])],
    {
      ...(options.origin === undefined ? {} : { origin: options.origin }),
    },
  );
  const streams = new Map<string, Inbox<Result>>();
  const others = new Inbox<WsMessage>();
  const acknowledgement = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  const params = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const send = (raw: unknown) => socket.send(typeof raw === 'string' ? raw : JSON.stringify(raw));

  socket.once('open', () => {
    if (options.connectionParams === null) return;
    send({ type: 'connection_init', payload: options.connectionParams ?? params });
  });
  socket.on('message', (data) => {
    const received = message.parse(JSON.parse(data.toString()));
    if (received.type === 'connection_ack') acknowledgement.resolve();
    else if (received.type === 'ping') send({ type: 'pong' });
    else deliver(received, streams.get(received.id ?? ''), others);
  });
  socket.once('close', (code, reason) => {
    for (const stream of [...streams.values(), others]) stream.finish();
    acknowledgement.reject(new Error(`closed before it was acknowledged: ${code}`));
    closing.resolve({ code, reason: reason.toString() });
  });
  // A refused upgrade comes as an error and then as a close with 1006, which says it as well.
  socket.on('error', () => undefined);
  acknowledgement.promise.catch(() => undefined);

  const close = async () => {
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1000);
    await closing.promise;
  };
  closeAfterwards(close);
  const subscribe = async <Data>(query: string, variables: Variables = {}, operationName?: string) => {
    await acknowledgement.promise;
    return subscribeOn<Data>(send, streams, { query, variables, operationName });
  };
  return { socket, acknowledged: acknowledgement.promise, closed: closing.promise, others, send, subscribe, close };
}

function deliver(received: WsMessage, stream: Inbox<Result> | undefined, others: Inbox<WsMessage>): void {
  if (stream === undefined) {
    others.put(received);
    return;
  }
  if (received.type === 'next') stream.put(received.payload as Result);
  if (received.type === 'error') stream.put({ errors: received.payload as NonNullable<Result['errors']> });
  if (received.type === 'error' || received.type === 'complete') stream.finish();
}

function subscribeOn<Data>(
  send: (raw: unknown) => void,
  streams: Map<string, Inbox<Result>>,
  payload: { readonly query: string; readonly variables: Variables; readonly operationName: string | undefined },
): Subscription<Data> {
  const id = String(streams.size + 1);
  const inbox = new Inbox<Result<Data>>();
  // The caller says what it asked for; its assertions say whether it came.
  streams.set(id, inbox as Inbox<Result>);
  send({ id, type: 'subscribe', payload });
  const stop = async () => {
    send({ id, type: 'complete' });
    inbox.finish();
  };
  return Object.assign(inbox, { stop });
}

/** Waits until the upgrade was refused, and gives the HTTP status of the refusal. */
export async function refusedUpgrade(client: WsClient): Promise<number> {
  const [, response] = await once(client.socket, 'unexpected-response');
  return z.object({ statusCode: z.number() }).parse(response).statusCode;
}
