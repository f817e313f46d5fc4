import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsTarget, reasonOf, WakeupsAway, type WakeupsAwayReason } from './nats-target.ts';
import { gather, readWakeups, type Wakeups, writeWakeups } from './wakeups.ts';

const subject = 'vestibule.rooms';
/** Servers take a megabyte by default; one room takes at most 92 bytes. */
const roomsPerMessage = 5_000;
/** A server that hangs is noticed after twice this time; the client's own two minutes would leave wake-ups to the poll till then. */
const pingMs = 2_000;
const connectMs = 5_000;
/** How many milliseconds to wait after a failed attempt. */
const retryMs = 1_000;
/** How many milliseconds to wait for a server that hangs when the process stops. */
const closeMs = 1_000;

/**
 * Wake-ups through NATS, where so many processes write that NOTIFY is the limit. The guarantees do not rest on it: what it loses
 * is found by the poll. It comes back by itself, and may be away when the service starts; each time that it goes, `onError` is told why.
 */
export function createNatsWakeups(url: string, onError: (error: unknown) => void): Wakeups {
  const self = randomUUID().slice(0, 8);
  let connection: NatsConnection | null = null;
  let isStopped = false;
  const gathered = gather(async (wakeups) => {
    for (let from = 0; from < wakeups.length && connection !== null; from += roomsPerMessage) {
      connection.publish(subject, writeWakeups(self, wakeups.slice(from, from + roomsPerMessage)));
    }
  }, onError);
  const state = createState((error) => isStopped || onError(error));
  const join = async (receive: (message: string) => void, onConnect: () => void) => {
    for (; !isStopped; await pause(retryMs, undefined, { ref: false })) {
      try {
        connection = await dial(url);
        if (isStopped) return connection.close();
        await follow(connection, { receive, state: { ...state, onConnect }, onError });
      } catch (error) {
        state.isAway(reasonOf(error));
      }
      connection = null;
    }
  };
  return {
    send: gathered.add,
    problem: state.problem,
    start: async (onWakeup, onConnect) => {
      const receive = (message: string) => {
        for (const wakeup of readWakeups(self, message)) onWakeup(wakeup);
      };
      // Not waited for: until it is there, the poll does its work.
      join(receive, onConnect).catch(onError);
    },
    stop: async () => {
      isStopped = true;
      await gathered.stop();
      await Promise.race([connection?.close(), new Promise((resolve) => setTimeout(resolve, closeMs).unref())]);
    },
  };
}

function dial(url: string): Promise<NatsConnection> {
  return connect({
    ...natsTarget(url),
    name: 'vestibule',
    maxReconnectAttempts: -1,
    pingInterval: pingMs,
    timeout: connectMs,
  });
}

/** Whether the server is connected. Each reason is reported once, however often the connection fails. */
function createState(onError: (error: WakeupsAway) => void) {
  let told: WakeupsAwayReason | null = null;
  return {
    problem: () => (told === null ? null : new WakeupsAway(told).message),
    isBack: () => {
      told = null;
    },
    isAway: (reason: WakeupsAwayReason) => {
      if (reason !== told) onError(new WakeupsAway(reason));
      told = reason;
    },
  };
}

interface Followed {
  readonly receive: (message: string) => void;
  readonly state: ReturnType<typeof createState> & { readonly onConnect: () => void };
  readonly onError: (error: unknown) => void;
}

/** Settles when the client has given the connection up, as it does where it is refused twice. */
async function follow(joined: NatsConnection, { receive, state, onError }: Followed): Promise<void> {
  joined.subscribe(subject, {
    callback: (error, message) => (error === null ? receive(message.string()) : onError(error)),
  });
  // Where it breaks at this moment, it says so when it is back.
  await joined.flush().catch(onError);
  state.isBack();
  state.onConnect();
  for await (const { type } of joined.status()) {
    if (type === 'disconnect') state.isAway('LOST');
    if (type !== 'reconnect') continue;
    // Wake-ups that were sent meanwhile are lost, so everything that is watched is read again.
    state.isBack();
    state.onConnect();
  }
}
