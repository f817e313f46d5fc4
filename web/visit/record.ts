import { ask } from '../api/ask.ts';
import * as documents from '../api/documents.ts';
import type { Page, RoomEvent } from '../api/shapes.ts';
import { createStore, type Store } from '../store.ts';

export interface RecordState {
  readonly events: readonly RoomEvent[];
  /** What comes after the last event was not read: only a part is there. */
  readonly hasMore: boolean;
}

/** What happened in the room, oldest first. Null until it is asked for. */
export interface RoomRecord {
  readonly state: Store<RecordState | null>;
  /** Reads on from where it stands, to the end or some hundreds further. */
  read(): Promise<void>;
  add(event: RoomEvent): void;
  forget(): void;
}

const pagesAtOnce = 5;

export function createRecord(token: string, roomName: string): RoomRecord {
  const state: Store<RecordState | null> = createStore<RecordState | null>(null);
  const readPage = async (after: string | null) => {
    const { room } = await ask<{ room: { events: Page<RoomEvent> | null } | null }>(
      documents.roomRecord,
      { roomName, after },
      token,
    );
    return room?.events ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
  };
  return {
    state,
    async read() {
      for (let pages = 0; pages < pagesAtOnce; pages += 1) {
        const events = state.get()?.events ?? [];
        const { nodes, pageInfo } = await readPage(events.at(-1)?.cursor ?? null);
        const known = new Set(events.map(({ cursor }) => cursor));
        const fresh = nodes.filter(({ cursor }) => !known.has(cursor));
        state.set({ events: [...events, ...fresh], hasMore: pageInfo.hasNextPage });
        if (!pageInfo.hasNextPage) return;
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
