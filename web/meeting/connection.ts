import { createStore, type MediaAccess, type Source } from '../../packages/client/src/index.ts';
import { serviceNow } from '../store.ts';
import type { CallLine, CallLoss } from './call-state.ts';
import { type Line, LineFailure } from './line.ts';

interface ConnectionParts {
  /** What opens the media server now. @throws where the service cannot be asked, or has put this person out */
  readonly readAccess: () => Promise<MediaAccess>;
  /** @throws {LineFailure} */
  readonly open: (access: MediaAccess, signal: AbortSignal) => Promise<Line>;
  /** Between two attempts, after so many of them that came to nothing. Milliseconds. */
  readonly pauseMs: (failures: number) => number;
}

/** What does not mend itself: somebody must ask for it again. */
const finals: readonly CallLoss[] = ['takenOver', 'unsupported'];

/** What is told of only where it happens again. */
const byItsOwnWord: readonly CallLoss[] = ['removed', 'closed'];

/** A line that held so long was a good one: what ends it is a new trouble. Milliseconds. */
const goodMs = 10_000;

/** From half a second to eight, and each a little different, so that not all come at the same moment. */
export function pauseBefore(failures: number): number {
  return Math.min(8_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
}

/** The line to the media server, opened again and again as long as the call lasts, with fresh access each time. */
export class Connection {
  readonly stand: Source<CallLine> = createStore<CallLine>({ at: 'connecting' });
  readonly line: Source<Line | null> = createStore<Line | null>(null);
  readonly #parts: ConnectionParts;
  readonly #over = new AbortController();
  /** Ends the attempt, or the line, that is there now. */
  #ending = new AbortController();
  #failures = 0;
  /** When the line was there last, and how long attempts take does not count. Null: this attempt has brought none. */
  #openedAt: number | null = null;
  /** Was the next attempt asked for? Then it is not shown as a loss. */
  #isAsked = false;
  #wake: () => void = () => {};

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#over.abort();
    this.#ending.abort();
    this.#wake();
  }

  /** The person leaves: at once, and for good. */
  leave(): void {
    this.stop();
    this.stand.set({ at: 'lost', why: 'left', isTrying: false, nextAt: null });
  }

  /** Somebody asks for it again. */
  rejoin(): void {
    const { at } = this.stand.get();
    if (at === 'lost' || at === 'reconnecting') this.renew();
  }

  /** Leaves the line that is there for another one. */
  renew(): void {
    if (this.#over.signal.aborted) return;
    this.#failures = 0;
    this.#isAsked = true;
    this.stand.set({ at: 'connecting' });
    this.#ending.abort();
    this.#wake();
  }

  /** Tries now what it would try later. */
  hurry(): void {
    const stand = this.stand.get();
    if (stand.at === 'lost' && stand.isTrying) this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      this.#openedAt = null;
      const why = await this.#attempt();
      if (this.#over.signal.aborted) return;
      if (this.#openedAt !== null && performance.now() - this.#openedAt > goodMs) this.#failures = 0;
      if (!this.#isAsked) await this.#lose(why);
      this.#isAsked = false;
    }
  }

  /** Answers why there is no line any more. */
  async #attempt(): Promise<CallLoss> {
    const ending = new AbortController();
    this.#ending = ending;
    let line: Line | null = null;
    try {
      const access = await this.#parts.readAccess();
      if (ending.signal.aborted) return 'away';
      line = await this.#parts.open(access, ending.signal);
      if (ending.signal.aborted) return 'away';
      return await this.#follow(line, ending.signal);
    } catch (error) {
      return error instanceof LineFailure ? error.why : 'away';
    } finally {
      this.line.set(null);
      line?.close();
    }
  }

  async #follow(line: Line, signal: AbortSignal): Promise<CallLoss> {
    const isAborted = new Promise<CallLoss>((resolve) => signal.addEventListener('abort', () => resolve('away')));
    const look = () => this.stand.set({ at: line.view.get().isReconnecting ? 'reconnecting' : 'connected' });
    this.#openedAt = performance.now();
    this.line.set(line);
    look();
    const stop = line.view.subscribe(look);
    try {
      return await Promise.race([line.lost, isAborted]);
    } finally {
      stop();
    }
  }

  /** Says so, and waits until it is tried again. */
  async #lose(cause: CallLoss): Promise<void> {
    // Where the service has decided it, its page comes before the second time: it is somebody else, who may do it for ever.
    const why = this.#failures > 0 && byItsOwnWord.includes(cause) ? 'away' : cause;
    const isTrying = !finals.includes(why);
    const pauseMs = isTrying ? this.#parts.pauseMs(this.#failures) : null;
    this.stand.set({ at: 'lost', why, isTrying, nextAt: pauseMs === null ? null : serviceNow() + pauseMs });
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const timer = pauseMs === null ? undefined : setTimeout(woken.resolve, pauseMs);
    this.#failures += 1;
    await woken.promise;
    clearTimeout(timer);
    this.#wake = () => {};
    const stand = this.stand.get();
    if (stand.at === 'lost') this.stand.set({ ...stand, nextAt: null });
  }
}
