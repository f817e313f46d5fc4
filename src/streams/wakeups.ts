import { randomUUID } from 'node:crypto';
import type { DomainId, RoomId } from '../rules/ids.ts';
import type { Database } from '../storage/postgres/database.ts';

/** Says which number a room has reached. A wake-up carries nothing else: the events are read from the log. */
export interface Wakeup {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly seq: number;
}

/** How processes wake each other after a commit. It may lose: the slow poll finds what it lost. */
export interface Wakeups {
  readonly send: (wakeup: Wakeup) => void;
  /** @param onConnect called whenever the connection came (back): what was sent meanwhile is lost */
  readonly start: (onWakeup: (wakeup: Wakeup) => void, onConnect: () => void) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Why none come at the moment, in a sentence without its full stop; null: they come. Left out: the database brings them, and says itself when it is away. */
  readonly problem?: () => string | null;
}

/** For how many milliseconds wake-ups are gathered into one message. */
const gatherMs = 3;

/** Gathers wake-ups for a moment, the furthest of each room, and sends them on in order, one bundle at a time. */
export interface Gathered {
  readonly add: (wakeup: Wakeup) => void;
  /** Drops everything that was not sent yet, and waits for what is being sent. */
  readonly stop: () => Promise<void>;
}

export function gather(
  send: (wakeups: readonly Wakeup[]) => Promise<void>,
  onError: (error: unknown) => void,
): Gathered {
  const gathered = new Map<RoomId, Wakeup>();
  let timer: NodeJS.Timeout | null = null;
  let sending = Promise.resolve();
  const flush = async () => {
    timer = null;
    const all = [...gathered.values()];
    gathered.clear();
    await send(all);
  };
  return {
    add: (wakeup) => {
      gathered.set(wakeup.roomId, wakeup);
      // One at a time, so that a slow transport gathers more into fewer.
      timer ??= setTimeout(() => {
        sending = sending.then(flush).catch(onError);
      }, gatherMs);
    },
    stop: async () => {
      if (timer !== null) clearTimeout(timer);
      await sending;
    },
  };
}

/** A message between processes: who sent it, and the rooms that got further. */
export function writeWakeups(sender: string, wakeups: readonly Wakeup[]): string {
  return [sender, ...wakeups.map(({ domainId, roomId, seq }) => `${domainId}/${roomId}/${seq}`)].join(' ');
}

/** The wake-ups of a message that somebody else sent; what cannot be read is passed over. */
export function readWakeups(receiver: string, message: string): readonly Wakeup[] {
  const [sender, ...rooms] = message.split(' ');
  return sender === receiver ? [] : rooms.flatMap(parse);
}

function parse(text: string): readonly Wakeup[] {
  const [domainId, roomId, seq] = text.split('/');
  if (domainId === undefined || roomId === undefined || !Number.isSafeInteger(Number(seq))) return [];
  // Only processes of this service write to the channel.
  return [{ domainId: domainId as DomainId, roomId: roomId as RoomId, seq: Number(seq) }];
}

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
