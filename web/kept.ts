import { newIdempotencyKey } from '../packages/client/src/index.ts';

declare global {
  interface Window {
    /** Put there by the inline script of index.html. */
    arrivedWith?: string;
  }
}

type Name =
  | 'arrivedWith'
  | 'token'
  | 'session'
  | 'knock'
  | 'name'
  | 'message'
  | 'hidden'
  | 'seed'
  | 'round'
  | 'person'
  | 'dead'
  | 'aside'
  | 'media';

/** What this tab keeps for this room, so that the page can be reloaded. It ends with the tab, and no other tab sees it. */
export interface Kept {
  get(name: Name): string | null;
  set(name: Name, value: string | null): void;
  /** Whoever this tab belongs to, and each copy of it. */
  readonly person: string;
  /**
   * The key of the next request at the door. All copies of a tab have the same one before anybody presses: two that ask in one instant
   * ask once.
   */
  readonly attempt: string;
  /** A request with this key was answered: the next one has another. */
  answered(attempt: string): void;
  /** Keeps what another copy of this tab keeps. */
  take(name: Shared, value: string | null): void;
  /** Called when something changes that every copy must know. */
  onChange: (name: Shared, value: string | null) => void;
}

/** What all copies of a tab keep together: they are one person. */
export const shared = ['hidden', 'session', 'knock', 'media', 'round'] as const satisfies readonly Name[];
export type Shared = (typeof shared)[number];

const isShared = (name: Name): name is Shared => shared.some((one) => one === name);

/** @param isPlaced a site shows this page in a place of its own, and says each time with which token */
export function createKept(pathname: string, isPlaced = false): Kept {
  const fallback = new Map<string, string>();
  const key = (name: Name) => `vestibule${pathname} ${name}`;
  const write = (name: Name, value: string | null) => {
    try {
      if (value === null) sessionStorage.removeItem(key(name));
      else sessionStorage.setItem(key(name), value);
    } catch {
      if (value === null) fallback.delete(name);
      else fallback.set(name, value);
    }
  };
  const kept: Kept = {
    get: (name) => {
      try {
        return sessionStorage.getItem(key(name));
      } catch {
        return fallback.get(name) ?? null;
      }
    },
    set: (name, value) => {
      const isNews = kept.get(name) !== value;
      write(name, value);
      if (isNews && isShared(name)) kept.onChange(name, value);
    },
    get person() {
      return made('person');
    },
    get attempt() {
      return `${made('seed')}.${roundOf(kept.get('round'))}`;
    },
    answered: (attempt) => {
      const next = roundOf(attempt.slice(attempt.lastIndexOf('.') + 1)) + 1;
      kept.set('round', laterRound(kept.get('round'), String(next)));
    },
    take: (name, value) => write(name, name === 'round' ? laterRound(kept.get('round'), value) : value),
    onChange: () => {},
  };
  const made = (name: 'person' | 'seed') => {
    const known = kept.get(name) ?? newIdempotencyKey();
    write(name, known);
    return known;
  };
  takeArrival(kept, isPlaced);
  // Now: a copy that is made later has it too. It is told to nobody, since it opens what was made with it.
  made('seed');
  return kept;
}

const roundOf = (kept: string | null) => Number(kept ?? 0);

/** Two copies may end the same round: both say the same. */
function laterRound(kept: string | null, told: string | null): string {
  return String(Math.max(roundOf(kept), roundOf(told)));
}

/** What belongs to whoever came with a token, and to nobody who comes without it. */
const ofPerson = [
  'token',
  'session',
  'knock',
  'hidden',
  'seed',
  'round',
  'person',
  'name',
  'message',
  'dead',
] as const satisfies readonly Name[];

/** A visitor with another token is somebody else, so the tab forgets what it kept for the last one. */
function takeArrival(kept: Kept, isPlaced: boolean): void {
  const token = kept.get('arrivedWith') ?? window.arrivedWith ?? null;
  delete window.arrivedWith;
  kept.set('arrivedWith', null);
  if (token === null || token.trim() === '') {
    if (token !== null && isPlaced) setAside(kept);
    if (kept.get('dead') !== null && !isReload()) forget(kept, ['token', 'dead', 'hidden']);
    return;
  }
  takeBack(kept, token);
  if (token !== kept.get('token')) forget(kept, ['session', 'knock', 'hidden', 'seed', 'round', 'person']);
  kept.set('token', token);
}

/**
 * The site around has taken the token away, as where somebody signs out of it: whoever sits here now is somebody else. A site may also learn
 * a moment later who is signed in, so that what opens with that token alone is there again once it comes.
 */
function setAside(kept: Kept): void {
  if (kept.get('token') === null) return;
  kept.set('aside', JSON.stringify(ofPerson.map((name) => kept.get(name))));
  forget(kept, ofPerson);
}

function takeBack(kept: Kept, token: string): void {
  const values: readonly (string | null)[] = JSON.parse(kept.get('aside') ?? '[]');
  kept.set('aside', null);
  if (values[0] !== token) return;
  for (const [index, name] of ofPerson.entries()) kept.set(name, values[index] ?? null);
}

function forget(kept: Kept, names: readonly Name[]): void {
  for (const name of names) kept.set(name, null);
}

/** Whoever loads the page again wants the same; whoever follows the plain link goes on without an invitation that did not work. */
function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
}
