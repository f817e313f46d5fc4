import type { KnockId } from '../rules/ids.ts';
import type { KnockerCaller } from './caller.ts';
import type { StreamDeps } from './stream-reader.ts';

/** Places in the queue are told at most so often. Milliseconds. */
export const positionMs = 2_000;

/** Ranks of who waits in a room, counted once per room and not once per person. */
class Queue {
  readonly wakers = new Set<() => void>();
  readonly #read: () => Promise<readonly KnockId[]>;
  readonly #onError: (error: unknown) => void;
  #ranks: ReadonlyMap<KnockId, number> = new Map();
  #reading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<readonly KnockId[]>, onError: (error: unknown) => void) {
    this.#read = read;
    this.#onError = onError;
  }

  /** The place that was counted last; null: it was not among those who wait. */
  known(id: KnockId): number | null {
    return this.#ranks.get(id) ?? null;
  }

  async rankOf(id: KnockId): Promise<number | null> {
    // A count that is under way may have begun before this one came.
    if (!this.#ranks.has(id)) await this.#reading;
    if (!this.#ranks.has(id)) await this.#count();
    return this.known(id);
  }

  /** Something moved: places are counted again, when it is time. */
  soon(): void {
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#readAt + positionMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#count().catch(this.#onError);
    }, wait);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #count(): Promise<void> {
    this.#reading ??= this.#read()
      .then((ids) => {
        this.#readAt = performance.now();
        this.#ranks = new Map(ids.map((id, index) => [id, index + 1]));
        for (const wake of this.wakers) wake();
      })
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }
}

const queues = new WeakMap<StreamDeps, Map<string, Queue>>();

/** The queue of the knocker's room, shared by all who wait there. `release` lets go of it. */
export function watchQueue(
  deps: StreamDeps,
  { domainId, roomId }: KnockerCaller,
  wake: () => void,
): { readonly queue: Queue; readonly release: () => void } {
  const ofDeps = queues.get(deps) ?? new Map<string, Queue>();
  queues.set(deps, ofDeps);
  const queue = ofDeps.get(roomId) ?? new Queue(() => deps.knocks.queue(domainId, roomId), deps.onError);
  ofDeps.set(roomId, queue);
  queue.wakers.add(wake);
  const release = () => {
    queue.wakers.delete(wake);
    if (queue.wakers.size > 0) return;
    queue.stop();
    ofDeps.delete(roomId);
  };
  return { queue, release };
}
