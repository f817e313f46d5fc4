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
  /** What happens while a page comes: one that was read a moment before does not have it. */
  let heard: RoomEvent[] | null = null;
  let reading: Promise<void> | null = null;

  const readOn = async () => {
    for (let pages = 0; pages < pagesAtOnce; pages += 1) {
      const events = state.get()?.events ?? [];
      const meanwhile: RoomEvent[] = [];
      heard = meanwhile;
      const page = await readRecord(events.at(-1)?.cursor ?? null);
      // Where it was forgotten meanwhile, it is read anew.
      if (heard !== meanwhile) continue;
      const all = [...events, ...page.events];
      state.set({ events: page.hasMore ? all : withNews(all, meanwhile), hasMore: page.hasMore });
      if (!page.hasMore) return;
    }
  };
  return {
    state,
    read: () => {
      reading ??= readOn().finally(() => {
        heard = null;
        reading = null;
      });
      return reading;
    },
    add(event) {
      heard?.push(event);
      const now = state.get();
      if (now === null || now.hasMore) return;
      state.set({ ...now, events: withNews(now.events, [event]) });
    },
    forget() {
      heard = null;
      state.set(null);
    },
  };
}

function withNews(events: readonly RoomEvent[], news: readonly RoomEvent[]): readonly RoomEvent[] {
  const known = new Set(events.map(({ cursor }) => cursor));
  return [...events, ...news.filter(({ cursor }) => !known.has(cursor))];
}
