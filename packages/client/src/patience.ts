import { type Refusal, VestibuleError } from './refusal.ts';

/** How long one goes on trying. */
export interface Patience {
  /** How often at most; left out: until it works. */
  readonly attempts?: number;
  /** Does anybody still wait for it? */
  readonly isWanted?: () => boolean;
  /** Called before each pause. */
  readonly onTrouble?: (error: VestibuleError) => void;
  /** How long a pause may become, in milliseconds; left out: half a minute. */
  readonly longestPauseMs?: number;
}

/**
 * Does what may fail in passing until it works, ever more slowly, and at once when the network is back.
 * @throws what will not pass by waiting, and the last failure once nobody wants it any more or the attempts are used up
 */
export async function patiently<Value>(
  work: () => Promise<Value>,
  { attempts = Number.POSITIVE_INFINITY, isWanted = () => true, onTrouble, longestPauseMs }: Patience = {},
): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VestibuleError) || !error.isPassing || attempt + 1 >= attempts || !isWanted()) throw error;
      onTrouble?.(error);
      await new Promise<void>((resolve) => afterPause(pauseMs(error, attempt, longestPauseMs), () => resolve()));
      if (!isWanted()) throw error;
    }
  }
}

/** As long as the service says; else half a second at first, then ever longer, and never the same for everybody. */
export function pauseMs(
  { retryAfterSeconds }: Pick<VestibuleError, 'retryAfterSeconds'>,
  attempt: number,
  longestMs = 30_000,
): number {
  if (retryAfterSeconds !== null) return retryAfterSeconds * 1000;
  return Math.min(longestMs, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** How long until a full room is asked for a place again, in milliseconds: from once to twice as long. */
const fullMs = 3_000;

/** After which pause a join that was refused is tried again by itself, in milliseconds. Null: that helps nothing. */
export function pauseAfterRefusal({ code, retryAfterSeconds }: Refusal): number | null {
  if (code !== 'ROOM_FULL' && code !== 'RATE_LIMITED') return null;
  return (retryAfterSeconds ?? 0) * 1000 || fullMs * (1 + Math.random());
}

/** Calls back after this time, or at once when the network is back. The answer calls it off. */
export function afterPause(ms: number, onOver: (isBack: boolean) => void): () => void {
  const finish = (isBack: boolean) => {
    callOff();
    onOver(isBack);
  };
  const timer = setTimeout(() => finish(false), ms);
  const unlisten = onNetwork('online', () => finish(true));
  const callOff = () => {
    clearTimeout(timer);
    unlisten();
  };
  return callOff;
}

/** Browsers say that their network went or came back; elsewhere nobody does, and a line is found lost by its silence. */
export function onNetwork(change: 'online' | 'offline', listener: () => void): () => void {
  globalThis.addEventListener?.(change, listener);
  return () => globalThis.removeEventListener?.(change, listener);
}

/** Does what may be silent for ever, and gives it up after this time. It is told by the signal, and heard no more where it does not listen. */
export async function withinTime<Value>(ms: number, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(new VestibuleError('NETWORK', 'The service did not answer in time.'));
    }, ms);
  });
  try {
    const answer = work(abort.signal);
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
