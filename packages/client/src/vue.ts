import {
  type ComputedRef,
  computed,
  getCurrentInstance,
  hasInjectionContext,
  type InjectionKey,
  inject,
  onMounted,
  onScopeDispose,
  provide,
  type ShallowRef,
  shallowRef,
} from 'vue';
import type { Client } from './client.ts';
import type { ServiceConnection } from './connection.ts';
import type { HoldOptions } from './join-view.ts';
import { type ActionsOf, type NounName, outsideOfProvider, type Shown, shownWith, type ViewOf } from './shown.ts';
import type { Store } from './store.ts';
import { createVisit, type Visit, type VisitOptions } from './visit.ts';

const visitKey: InjectionKey<Visit> = Symbol('vestibule visit');
/** Vue hands what a component provides to those inside of it alone, and not to itself. */
const ofComponent = new WeakMap<object, Visit>();

/** In `setup`: this component, and whatever is inside, follows one person's visit to one room. */
export function provideVisit(client: Client, options: VisitOptions): Visit {
  const visit = createVisit(client, options);
  provide(visitKey, visit);
  const component = getCurrentInstance();
  if (component !== null) ofComponent.set(component, visit);
  return visit;
}

/** The visit that this component, or one around, has provided, with all of its stores. */
export function useVisit(): Visit {
  const component = getCurrentInstance();
  const own = component === null ? undefined : ofComponent.get(component);
  if (own !== undefined) return own;
  return hasInjectionContext() ? inject(visitKey, outsideOfProvider, true) : outsideOfProvider();
}

type Refs<View extends object> = { readonly [Field in keyof View]: ComputedRef<View[Field]> };

/** Works while the component is there; on a server, which mounts nothing, never. Outside of components: at once, with the scope. */
function during(work: () => () => void): void {
  let end = () => {};
  const begin = () => {
    end = work();
  };
  if (getCurrentInstance() === null) begin();
  else onMounted(begin);
  onScopeDispose(() => end(), true);
}

function useStore<Value>(store: Store<Value>): ShallowRef<Value> {
  const value = shallowRef(store.get());
  during(() => {
    const look = () => {
      value.value = store.get();
    };
    const unfollow = store.subscribe(look);
    look();
    return unfollow;
  });
  return value;
}

function useNoun<Name extends NounName>(visit: Visit, name: Name): Refs<Shown<ViewOf<Name>>> & ActionsOf<Name>;
function useNoun(visit: Visit, name: NounName): object {
  const { view, actions } = visit[name];
  const now = useStore<object>(view);
  const connection = useStore(visit.connection);
  const shown = computed(() => new Map(Object.entries(shownWith(now.value, connection.value))));
  // A view has the same fields at all times.
  const refs = [...shown.value.keys()].map((field) => [field, computed(() => shown.value.get(field))]);
  return { ...Object.fromEntries(refs), ...actions };
}

/** How the page stands with the service. */
export function useConnection(): ShallowRef<ServiceConnection> {
  return useStore(useVisit().connection);
}

/** May I come in? Follows the door for as long as it is used. */
export function useAccess() {
  return useNoun(useVisit(), 'access');
}

/**
 * Being in the room, for as long as it is used: joins once; goes on after a refresh and after lost connections; leaves when the last
 * component that uses it goes.
 */
export function useJoin(options: HoldOptions = {}) {
  const visit = useVisit();
  during(() => visit.hold(options));
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
