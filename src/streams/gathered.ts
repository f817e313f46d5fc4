import type { RoomId } from '../rules/ids.ts';
import type { Wakeup } from './wakeups.ts';

/** So long what comes is gathered into one message. Milliseconds. */
const gatherMs = 3;

/** Gathers wake-ups for a moment, the furthest of each room, and sends them on in order, one bundle at a time. */
export interface Gathered {
  readonly add: (wakeup: Wakeup) => void;
  /** Sends nothing more that was not sent yet, and waits for what is on its way. */
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
