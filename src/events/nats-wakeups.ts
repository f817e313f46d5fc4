import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { gather } from './gathered.ts';
import { readWakeups, writeWakeups } from './wakeup-format.ts';
import type { Wakeups } from './wakeups.ts';

const subject = 'vestibule.rooms';
/** Servers take a megabyte by default; one room takes at most 92 bytes. */
const roomsPerMessage = 5_000;
/** A server that hangs is noticed after twice this time; the client's own two minutes would leave wake-ups to the poll till then. */
const pingMs = 2_000;
const connectMs = 5_000;
/** Whoever hangs is not waited for when the process stops. Milliseconds. */
const closeMs = 1_000;

/**
 * Wake-ups through NATS, where so many processes write that NOTIFY is the limit. The guarantees do not rest on it: what it loses
 * is found by the poll. It comes back by itself, and may be away when the service starts.
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
  const join = async (receive: (message: string) => void, onConnect: () => void) => {
    const joined = await connect({
      servers: url,
      name: 'vestibule',
      maxReconnectAttempts: -1,
      waitOnFirstConnect: true,
      pingInterval: pingMs,
      timeout: connectMs,
    });
    if (isStopped) return joined.close();
    connection = joined;
    joined.subscribe(subject, {
      callback: (error, message) => (error === null ? receive(message.string()) : onError(error)),
    });
    // Where it breaks at this moment, it says so when it is back.
    await joined.flush().catch(onError);
    onConnect();
    // Each time that the connection is back, what was sent meanwhile is lost: whoever watches looks again.
    for await (const status of joined.status()) if (status.type === 'reconnect') onConnect();
  };
  return {
    send: gathered.add,
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
