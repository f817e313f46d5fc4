import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Client } from './client.ts';
import { createEntry, type Entry, type EntryOptions, type EntryView } from './entry.ts';
import type { Outcome } from './refusal.ts';
import type { KnockRequest } from './room-view.ts';
import type { Session } from './session.ts';
import type { Store } from './store.ts';
import type { WaitingList } from './waiting-list.ts';

function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** The way in by knocking: knocks, waits across lost connections and refreshes, and joins once somebody said yes. */
export function useKnock(client: Client, options: EntryOptions): EntryView & Pick<Entry, 'knock' | 'cancel'> {
  const { roomName, domain, storage, onJoined } = options;
  // The newest callback, without beginning anew each time that a component renders.
  const newest = useRef(onJoined);
  useEffect(() => {
    newest.current = onJoined;
  });
  const entry = useMemo(
    () =>
      createEntry(client, {
        roomName,
        ...(domain === undefined ? {} : { domain }),
        ...(storage === undefined ? {} : { storage }),
        onJoined: (session) => newest.current?.(session),
      }),
    [client, roomName, domain, storage],
  );
  const view = useStore(entry.view);
  return { ...view, knock: entry.knock, cancel: entry.cancel };
}

type Decided = Promise<Outcome<KnockRequest | readonly KnockRequest[]>>;

export interface WaitingParticipants {
  /** Who waits, oldest first. */
  readonly waitingParticipants: readonly KnockRequest[];
  readonly state: WaitingList['state'];
  readonly error: WaitingList['error'];
  /** Lets in one, by the knock's id, or with `*` all that are shown: nobody unseen. */
  readonly grantAccess: (id: string) => Decided;
  /** Says no to one, or with `*` to all that are shown. */
  readonly denyAccess: (id: string, reply?: string) => Decided;
}

/** Who waits to be let in, for an owner or an admin of participants. */
export function useWaitingParticipants(session: Session): WaitingParticipants {
  const { waiting, state, error } = useStore(session.waitingList);
  const grantAccess = useCallback(
    (id: string): Decided => (id === '*' ? session.admitAll(idsShown(session)) : session.admit(id)),
    [session],
  );
  const denyAccess = useCallback(
    (id: string, reply?: string): Decided =>
      id === '*' ? session.denyAll(idsShown(session), reply) : session.deny(id, reply === undefined ? {} : { reply }),
    [session],
  );
  return { waitingParticipants: waiting, state, error, grantAccess, denyAccess };
}

function idsShown(session: Session): readonly string[] {
  return session.waitingList.get().waiting.map(({ id }) => id);
}

/** The room and who is in it. Used anywhere in a page, it keeps the place in the room. */
export function useParticipants(session: Session) {
  return useStore(session.view);
}
