'use client';

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ServiceConnection } from './connection.ts';
import type { HoldOptions } from './join-view.ts';
import { useVisit } from './react-provider.ts';
import { type ActionsOf, type NounName, type Shown, shownWith, type ViewOf } from './shown.ts';
import type { Store } from './store.ts';

export {
  type RoomElement,
  type RoomFrame,
  type RoomFrameView,
  useRoomFrame,
  VestibuleRoom,
  type VestibuleRoomProps,
} from './react-frame.ts';
export { useVisit, VestibuleProvider, type VestibuleProviderProps } from './react-provider.ts';

function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get, () => store.initial);
}

function useNoun<Name extends NounName>(name: Name): Shown<ViewOf<Name>> & ActionsOf<Name>;
function useNoun(name: NounName): object {
  const visit = useVisit();
  const { view, actions } = visit[name];
  const now = useStore<object>(view);
  const connection = useStore(visit.connection);
  return useMemo(() => ({ ...shownWith(now, connection), ...actions }), [now, connection, actions]);
}

/** How the page stands with the service. */
export function useConnection(): ServiceConnection {
  return useStore(useVisit().connection);
}

/** May I come in? Follows the door for as long as it is used. */
export function useAccess() {
  return useNoun('access');
}

/**
 * Being in the room, for as long as it is used: joins once, in StrictMode too; goes on after a refresh and after lost connections;
 * leaves when the last component that uses it goes.
 */
export function useJoin({ auto = true, leaves = true, userName, hidden }: HoldOptions = {}) {
  const { hold } = useVisit();
  useEffect(() => {
    const words = { ...(userName === undefined ? {} : { userName }), ...(hidden === undefined ? {} : { hidden }) };
    return hold({ auto, leaves, ...words });
  }, [hold, auto, leaves, userName, hidden]);
  return useNoun('join');
}

/** The way in by knocking: knocks, waits across lost connections and refreshes, and joins once somebody said yes. */
export function useKnock() {
  return useNoun('knock');
}

/** Who waits to be let in, for owners and admins of participants, and what may be answered. */
export function useWaitingList() {
  return useNoun('waitingList');
}

/** Who is inside, oneself included, and what may be done with them. */
export function useParticipants() {
  return useNoun('participants');
}

/** The room as it is, and its live stream. */
export function useRoom() {
  return useNoun('room');
}

/** What oneself may send, receive and administer. */
export function useMyPermissions() {
  return useNoun('myPermissions');
}

/** What an owner asks oneself to switch on. */
export function useMediaRequests() {
  return useNoun('mediaRequests');
}
