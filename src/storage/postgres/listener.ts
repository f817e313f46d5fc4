import { createPostgresClient } from './client.ts';
import { type ClientWay, directWay } from './way.ts';

export interface ListenOptions {
  readonly url: string;
  readonly way?: ClientWay;
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Called whenever the connection came (back): what was sent meanwhile is lost. */
  readonly onListen: () => void;
  readonly onError: (error: unknown) => void;
}

/** So often the connection is asked whether it still listens. Milliseconds. */
const checkMs = 2_000;
/** Before the next try, where one failed. Milliseconds. */
const retryMs = 250;
const deadlineMs = 4_000;

/**
 * Listens to one channel on a connection of its own, for as long as it takes: LISTEN is said again and again, which does no harm
 * to one that holds and finds out one that does not, half-open ones too. Settles once it listens for the first time.
 * @returns what ends it
 * @throws DatabaseError where the first try fails
 */
export async function listenTo({
  url,
  way = directWay,
  channel,
  onMessage,
  onListen,
  onError,
}: ListenOptions): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  let isListening = false;
  let isStopped = false;
  const client = createPostgresClient({
    url,
    way,
    connections: 1,
    deadlineMs,
    idleSeconds: null,
    onNotify: (from, payload) => {
      if (from === channel && !isStopped) onMessage(payload);
    },
    onClose: () => {
      isListening = false;
      if (!isStopped) plan(0);
    },
  });
  const listen = async () => {
    await client.run(`listen "${channel}"`, []);
    if (isListening || isStopped) return;
    isListening = true;
    onListen();
  };
  const plan = (afterMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      listen().then(
        () => plan(checkMs),
        (error: unknown) => {
          isListening = false;
          onError(error);
          plan(retryMs);
        },
      );
    }, afterMs);
  };
  await listen();
  plan(checkMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    return client.close();
  };
}
