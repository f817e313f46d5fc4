import type { ConnectionPhase } from './connection.ts';
import type { VestibuleError } from './refusal.ts';
import type { KnockRequest, RoomView } from './room-view.ts';
import { deriveStore, type Store } from './store.ts';

/** Who waits, and how the list is followed. */
export interface WaitingList {
  /** Who waits, oldest first. */
  readonly waiting: readonly KnockRequest[];
  readonly state: ConnectionPhase;
  /** With RECONNECTING: why. With CLOSED: why, where the service did not say that one has left the room. */
  readonly error: VestibuleError | null;
}

/** The room's list of who waits, for whoever shows nothing else: it changes when the list does, and comes by the same stream. */
export function createWaitingList(view: Store<RoomView>): Store<WaitingList> {
  return deriveStore(view.subscribe, () => {
    const { waiting, state, error } = view.get();
    return { waiting, state, error };
  });
}
