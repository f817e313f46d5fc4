import type { DomainId, KnockId, RoomId } from '../rules/ids.ts';
import type { KnockStorage } from '../storage/knock-request.ts';

/** How many milliseconds must pass before a position in the queue is sent again. */
export const positionMs = 2_000;

/** The room in which somebody waits. */
interface QueueRoom {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
}

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
    if (!this.#ranks.has(id) || !this.isFresh) await this.#count();
    return this.known(id);
  }

  get isFresh(): boolean {
    return performance.now() - this.#readAt < positionMs;
  }

  /** Something moved: places are counted again, when it is time. */
  soon(): void {
    this.#countIn(Math.max(0, this.#readAt + positionMs - performance.now()));
  }

  #countIn(waitMs: number): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#count().catch((error: unknown) => {
        this.#onError(error);
        // Places have moved all the same, and nobody else may.
        if (this.wakers.size > 0) this.#countIn(positionMs);
      });
    }, waitMs);
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

/** The positions of all pending knocks. Every path that shows a knock to its knocker uses these, so that all show the same. */
export interface KnockQueues {
  /** The position of a pending knock, from 1, counted at most 2 s ago; null: the knock is not pending. */
  readonly rankOf: (knock: QueueRoom & { readonly id: KnockId }) => Promise<number | null>;
  /** A room's queue, shared by all who follow it. `release` lets go of it. */
  readonly watch: (place: QueueRoom, wake: () => void) => { readonly queue: Queue; readonly release: () => void };
}

export function createKnockQueues(knocks: Pick<KnockStorage, 'queue'>, onError: (error: unknown) => void): KnockQueues {
  const queues = new Map<RoomId, Queue>();
  const queueOf = ({ domainId, roomId }: QueueRoom): Queue => {
    const queue = queues.get(roomId) ?? new Queue(() => knocks.queue(domainId, roomId), onError);
    queues.set(roomId, queue);
    return queue;
  };
  const letGo = (roomId: RoomId, queue: Queue) => {
    if (queue.wakers.size > 0 || queues.get(roomId) !== queue) return;
    queue.stop();
    queues.delete(roomId);
  };
  return {
    rankOf: async (knock) => {
      const queue = queueOf(knock);
      try {
        return await queue.rankOf(knock.id);
      } finally {
        // Everybody who asks in that time gets this count.
        setTimeout(() => letGo(knock.roomId, queue), positionMs).unref();
      }
    },
    watch: (place, wake) => {
      const queue = queueOf(place);
      queue.wakers.add(wake);
      const release = () => {
        queue.wakers.delete(wake);
        letGo(place.roomId, queue);
      };
      return { queue, release };
    },
  };
}
