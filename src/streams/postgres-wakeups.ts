import { randomUUID } from 'node:crypto';
import type { Database } from '../storage/postgres/database.ts';
import { gather, readWakeups, type Wakeups, writeWakeups } from './wakeups.ts';

const channel = 'vestibule_rooms';
/** A notification ends at 7,999 bytes; one room takes at most 92. */
const roomsPerMessage = 80;

/** Wake-ups through PostgreSQL's NOTIFY, sent after the commit and gathered: inside it, every commit would queue for one lock. */
export function createPostgresWakeups(database: Database, onError: (error: unknown) => void): Wakeups {
  const self = randomUUID().slice(0, 8);
  const gathered = gather(async (wakeups) => {
    for (let from = 0; from < wakeups.length; from += roomsPerMessage) {
      const message = writeWakeups(self, wakeups.slice(from, from + roomsPerMessage));
      await database.query('select pg_notify($1, $2)', [channel, message]);
    }
  }, onError);
  let stopListening = async () => {};
  return {
    send: gathered.add,
    start: async (onWakeup, onConnect) => {
      const receive = (message: string) => {
        for (const wakeup of readWakeups(self, message)) onWakeup(wakeup);
      };
      stopListening = await database.listen(channel, receive, onConnect);
    },
    stop: async () => {
      await gathered.stop();
      await stopListening();
    },
  };
}
