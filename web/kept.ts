declare global {
  interface Window {
    /** Put there by the inline script of index.html. */
    arrivedWith?: string;
  }
}

type Name = 'arrivedWith' | 'token' | 'session' | 'knock' | 'name' | 'message' | 'hidden' | 'attempt';

/** What this tab keeps for this room, so that the page can be reloaded. It ends with the tab, and no other tab sees it. */
export interface Kept {
  get(name: Name): string | null;
  set(name: Name, value: string | null): void;
}

export function createKept(pathname: string): Kept {
  const fallback = new Map<string, string>();
  const key = (name: Name) => `vestibule${pathname} ${name}`;
  const kept: Kept = {
    get: (name) => {
      try {
        return sessionStorage.getItem(key(name));
      } catch {
        return fallback.get(name) ?? null;
      }
    },
    set: (name, value) => {
      try {
        if (value === null) sessionStorage.removeItem(key(name));
        else sessionStorage.setItem(key(name), value);
      } catch {
        if (value === null) fallback.delete(name);
        else fallback.set(name, value);
      }
    },
  };
  takeArrival(kept);
  return kept;
}

/** A visitor with another token is somebody else, so the tab forgets what it kept for the last one. */
function takeArrival(kept: Kept): void {
  const token = kept.get('arrivedWith') ?? window.arrivedWith ?? null;
  delete window.arrivedWith;
  kept.set('arrivedWith', null);
  if (token === null || token.trim() === '') return;
  if (token !== kept.get('token')) for (const name of ['session', 'knock', 'attempt'] as const) kept.set(name, null);
  kept.set('token', token);
}
