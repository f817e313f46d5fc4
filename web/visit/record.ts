import { createStore, type RoomEvent, type Session, type Source } from '../../packages/client/src/index.ts';

export interface RecordState {
  readonly events: readonly RoomEvent[];
  /** There are later events that were not read yet. */
  readonly hasMore: boolean;
}

/** What happened in the room, oldest first. Null until it is asked for. */
export interface RoomRecord {
  readonly state: Source<RecordState | null>;
  /** Reads the next events: to the end, or some hundreds of them. */
  read(): Promise<void>;
  add(event: RoomEvent): void;
  forget(): void;
}

const pagesAtOnce = 5;

export function createRecord({ readRecord }: Session): RoomRecord {
  const state = createStore<RecordState | null>(null);
  return {
    state,
    async read() {
      for (let pages = 0; pages < pagesAtOnce; pages += 1) {
        const events = state.get()?.events ?? [];
        const page = await readRecord(events.at(-1)?.cursor ?? null);
        const known = new Set(events.map(({ cursor }) => cursor));
        const fresh = page.events.filter(({ cursor }) => !known.has(cursor));
        state.set({ events: [...events, ...fresh], hasMore: page.hasMore });
        if (!page.hasMore) return;
      }
    },
    add(event) {
      const now = state.get();
      if (now === null || now.hasMore || now.events.some(({ cursor }) => cursor === event.cursor)) return;
      state.set({ ...now, events: [...now.events, event] });
    },
    forget: () => state.set(null),
  };
}
