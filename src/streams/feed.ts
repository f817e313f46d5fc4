import type { EventView } from '../room/views.ts';
import type { DomainId, RoomId } from '../rules/ids.ts';
import type { RoomRef } from '../storage/room-store.ts';

/** One room's events as this process has them at hand, in their order and without a gap. */
export interface RoomFeed {
  /** The events after a place, as far as they are at hand; null: the place lies before what is kept. */
  readonly after: (seq: number) => readonly EventView[] | null;
  /** Reads a part of the log that lies before what is kept. */
  readonly readBefore: (seq: number) => Promise<readonly EventView[]>;
  /** Calls back once for each time that there may be more. The returned function ends it. */
  readonly onMore: (wake: () => void) => () => void;
}

export type DomainChange =
  | { readonly kind: 'ROOM'; readonly roomId: RoomId }
  | { readonly kind: 'POLL'; readonly version: number };

/** Where streams learn what happens. */
export interface EventSource {
  /** The room's feed, shared by all who follow it here. `release` lets go of it. */
  readonly watch: (ref: RoomRef, version: number) => { readonly feed: RoomFeed; readonly release: () => void };
  /** Calls back whenever something may have changed in a domain's rooms; `version`: the domain's own, where it is known. */
  readonly watchDomain: (id: DomainId, onChange: (change: DomainChange) => void) => () => void;
}
