import type { VestibuleError } from './refusal.ts';
import type { KnockRequest, RoomView } from './room-view.ts';
import type { Store } from './store.ts';
import type { StreamState } from './stream.ts';

export interface WaitingList {
  /** Who waits, oldest first. */
  readonly waiting: readonly KnockRequest[];
  readonly state: StreamState;
  /** Why the list ended, where the service did not say that one has left the room. */
  readonly error: VestibuleError | null;
}

/** The room's list of who waits, for whoever shows nothing else: it changes when the list does, and comes by the same stream. */
export function createWaitingList(view: Store<RoomView>): Store<WaitingList> {
  let list: WaitingList = pick(view.get());
  const get = () => {
    const { waiting, state, error } = view.get();
    if (waiting !== list.waiting || state !== list.state || error !== list.error) list = { waiting, state, error };
    return list;
  };
  return {
    get,
    subscribe: (onChange) => {
      let shown = get();
      return view.subscribe(() => {
        const now = get();
        if (now === shown) return;
        shown = now;
        onChange();
      });
    },
  };
}

function pick({ waiting, state, error }: RoomView): WaitingList {
  return { waiting, state, error };
}
