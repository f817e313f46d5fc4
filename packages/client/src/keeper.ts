import { hashOf } from './affinity.ts';
import type { Client } from './client.ts';
import type { RoomPlace } from './service.ts';
import { createSharedHold, type SharedHold } from './shared-hold.ts';

/** Where tokens are kept across a refresh: `sessionStorage` fits. */
export interface TokenStorage {
  readonly getItem: (key: string) => string | null;
  readonly setItem: (key: string, value: string) => void;
  readonly removeItem: (key: string) => void;
}

/** `attempt`: the key of a join whose answer has not come. `as`: whose token all of it came from, as a hash. */
type KeptName = 'session' | 'knock' | 'attempt' | 'as';

/** What this tab keeps for one room. */
export interface Keeper extends Omit<SharedHold, 'hold'> {
  readonly get: (name: KeptName) => string | null;
  readonly set: (name: KeptName, value: string | null) => void;
  /** Reads what this visit then goes on with. */
  readonly take: (name: KeptName) => string | null;
  /** Forgets it, unless another visit of this page goes on with it. */
  readonly forget: (name: KeptName) => void;
}

/**
 * Nothing is touched before the first question, so that a server can render the page. A storage that throws, as one does where
 * the browser forbids it, keeps nothing beyond this page.
 *
 * @param storage left out: the tab's own, where there is one; null: none
 * @param client of which service and domain the room is: what one of them gave counts for nothing at another
 * @param token whose visit it is
 */
export function createKeeper(
  storage: TokenStorage | null | undefined,
  client: Pick<Client, 'url' | 'domain'>,
  { roomName, domain = client.domain }: RoomPlace,
  token?: string,
): Keeper {
  const memory = new Map<string, string>();
  const key = (name: KeptName) => `vestibule ${name} ${client.url} ${domain ?? ''}/${roomName}`;
  const guarded = <Value>(work: (storage: TokenStorage) => Value): Value | null => {
    try {
      const place = storage === undefined ? globalThis.sessionStorage : storage;
      return place ? work(place) : null;
    } catch {
      return null;
    }
  };
  const { hold, ...shared } = createSharedHold(token === undefined ? null : hashOf(token));
  const get = (name: KeptName) => guarded((place) => place.getItem(key(name))) ?? memory.get(name) ?? null;
  const set = (name: KeptName, value: string | null) => {
    hold(name, value);
    if (value === null) memory.delete(name);
    else memory.set(name, value);
    guarded((place) => (value === null ? place.removeItem(key(name)) : place.setItem(key(name), value)));
  };
  return {
    get,
    set,
    take: (name) => {
      const value = get(name);
      hold(name, value);
      return value;
    },
    forget: (name) => {
      const value = get(name);
      if (value !== null && !shared.isShared(value)) set(name, null);
    },
    ...shared,
  };
}
