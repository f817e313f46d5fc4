import { getContext, onMount, setContext } from 'svelte';
import type { Client } from './client.ts';
import type { ServiceConnection } from './connection.ts';
import type { HoldOptions } from './join-view.ts';
import { type ActionsOf, type NounName, outsideOfProvider, type Shown, shownWith, type ViewOf } from './shown.ts';
import type { Store } from './store.ts';
import { createVisit, type Visit, type VisitOptions } from './visit.ts';

const visitKey = Symbol('vestibule visit');

/** A store as Svelte knows it: `$name` follows it. */
export interface SvelteStore<Value> {
  readonly subscribe: (run: (value: Value) => void) => () => void;
}

/** While a component is made: whatever is inside follows one person's visit to one room. */
export function setVisit(client: Client, options: VisitOptions): Visit {
  return setContext(visitKey, createVisit(client, options));
}

/** The visit that a component around has set, with all of its stores. */
export function useVisit(): Visit {
  return getContext<Visit | undefined>(visitKey) ?? outsideOfProvider();
}

/** On a server nothing is followed, though Svelte asks there as well. */
const isServer = typeof document === 'undefined';

function followedBy<Value>(stores: readonly Store<unknown>[], read: () => Value): SvelteStore<Value> {
  return {
    subscribe: (run) => {
      run(read());
      if (isServer) return () => {};
      const ends = stores.map((store) => store.subscribe(() => run(read())));
      run(read());
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

function useNoun<Name extends NounName>(visit: Visit, name: Name): SvelteStore<Shown<ViewOf<Name>>> & ActionsOf<Name>;
function useNoun(visit: Visit, name: NounName): object {
  const { view, actions } = visit[name];
  const { connection } = visit;
  return { ...followedBy([view, connection], () => shownWith(view.get(), connection.get())), ...actions };
}

/** How the page stands with the service. */
export function useConnection(): SvelteStore<ServiceConnection> {
  const { connection } = useVisit();
  return followedBy([connection], connection.get);
}

/** May I come in? Follows the door for as long as it is used. */
export function useAccess() {
  return useNoun(useVisit(), 'access');
}

/**
 * Being in the room, for as long as the component is there: joins once; goes on after a refresh and after lost connections; leaves
 * when the last component that uses it goes.
 */
export function useJoin(options: HoldOptions = {}) {
  const visit = useVisit();
  onMount(() => visit.hold(options));
  return useNoun(visit, 'join');
}

/** The way in by knocking: knocks, waits across lost connections and refreshes, and joins once somebody said yes. */
export function useKnock() {
  return useNoun(useVisit(), 'knock');
}

/** Who waits to be let in, for owners and admins of participants, and what may be answered. */
export function useWaitingList() {
  return useNoun(useVisit(), 'waitingList');
}

/** Who is inside, oneself included, and what may be done with them. */
export function useParticipants() {
  return useNoun(useVisit(), 'participants');
}

/** The room as it is, and its live stream. */
export function useRoom() {
  return useNoun(useVisit(), 'room');
}

/** What oneself may send, receive and administer. */
export function useMyPermissions() {
  return useNoun(useVisit(), 'myPermissions');
}

/** What an owner asks oneself to switch on. */
export function useMediaRequests() {
  return useNoun(useVisit(), 'mediaRequests');
}
