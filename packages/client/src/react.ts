'use client';

import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { Client } from './client.ts';
import type { ServiceConnection } from './connection.ts';
import type { HoldOptions } from './join-view.ts';
import { type ActionsOf, type NounName, outsideOfProvider, type Shown, shownWith, type ViewOf } from './shown.ts';
import type { Store } from './store.ts';
import { createVisit, type Visit, type VisitOptions } from './visit.ts';

const VisitContext = createContext<Visit | null>(null);

/** Which client, which room, whose token. */
export interface VestibuleProviderProps extends VisitOptions {
  /** Made once, outside of every component. */
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Whatever is inside follows one person's visit to one room. Another room or another token is another visit. */
export function VestibuleProvider(props: VestibuleProviderProps) {
  const { client, roomName, domain, token, sessionToken, storage, children } = props;
  // Often written in place, so that it is another one at each render.
  const place = useRef(storage);
  const visit = useMemo(
    () => createVisit(client, { roomName, domain, token, sessionToken, storage: place.current }),
    [client, roomName, domain, token, sessionToken],
  );
  return createElement(VisitContext.Provider, { value: visit }, children);
}

/** The visit of the provider around, with all of its stores. */
export function useVisit(): Visit {
  return useContext(VisitContext) ?? outsideOfProvider();
}

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
