import { LRUCache } from 'lru-cache';
import type { DomainId, MediaServerId } from '../rules/ids.ts';

/** The key of a LiveKit server that a domain has. All of it is the same for ever: a change is another media server. */
export interface ServerKey {
  readonly id: MediaServerId;
  readonly domainId: DomainId;
  readonly secret: string;
}

export interface ServerKeysOptions {
  /** Servers of any domain that have these API keys, by their key. One statement. */
  readonly findByKeys: (apiKeys: readonly string[]) => Promise<ReadonlyMap<string, readonly ServerKey[]>>;
}

/** What somebody has found of a token's key. */
export interface KeyDoubt {
  /** What was known. */
  readonly known: readonly ServerKey[];
  /** Has one of them signed the token? Anybody can show one that none has signed. */
  readonly isHolder: boolean;
  /** When the question came, by performance.now(): what was read after that is new enough. */
  readonly since: number;
}

/** Keys of LiveKit servers by their names, read when they are first asked for. @throws DatabaseError, KeysBusy */
export interface ServerKeys {
  readonly known: (apiKey: string) => Promise<readonly ServerKey[]>;
  /**
   * For what the known ones do not open: somebody may have set a media server since they were read. For all who show no good signature a
   * name is read again once a second. Whoever shows one, which holders of another key by the same name can too, always has it read, by
   * the next statement of all: nobody who was refused a moment ago keeps anybody else out. Null: no more is known than before.
   */
  readonly newer: (apiKey: string, doubt: KeyDoubt) => Promise<readonly ServerKey[] | null>;
}

/** So many names wait to be read that no more are taken. */
export class KeysBusy extends Error {}

const maxKept = 10_000;
/** How often anybody can have the same name read again. Milliseconds. */
const againMs = 1000;
/** Names of one statement, and the distance of two. Anybody can ask for names that nobody has, as many as they like. Milliseconds. */
const [maxTogether, pauseMs] = [1_000, 50];
const maxWaiting = 10_000;

interface KeptServerKeys {
  readonly keys: Promise<readonly ServerKey[]>;
  readonly readAt: number;
  /** When anybody last had them read again. */
  readonly doubtedAt: number;
}

export function createServerKeys({ findByKeys }: ServerKeysOptions): ServerKeys {
  const kept = createKept();
  const reading = readTogether(findByKeys);
  const read = (apiKey: string, doubtedAt: number) => {
    const entry = { keys: reading(apiKey), readAt: performance.now(), doubtedAt };
    kept.put(apiKey, entry);
    return entry.keys;
  };
  return {
    known: (apiKey) => kept.find(apiKey)?.keys ?? read(apiKey, Number.NEGATIVE_INFINITY),
    newer: async (apiKey, { known, isHolder, since }) => {
      const ids = new Set(known.map(({ id }) => id));
      const ifMore = (keys: readonly ServerKey[]) => (keys.some(({ id }) => !ids.has(id)) ? keys : null);
      const entry = kept.find(apiKey);
      if (entry !== undefined && entry.readAt >= since) return ifMore(await entry.keys);
      const now = performance.now();
      const doubtedAt = entry?.doubtedAt ?? Number.NEGATIVE_INFINITY;
      if (!isHolder && now - doubtedAt < againMs) return null;
      return ifMore(await read(apiKey, isHolder ? doubtedAt : now));
    },
  };
}

/** Names that nobody has are kept apart, so that any number of them push out none that somebody has. */
function createKept() {
  const real = new LRUCache<string, KeptServerKeys>({ max: maxKept });
  const strange = new LRUCache<string, KeptServerKeys>({ max: maxKept });
  const find = (apiKey: string) => real.get(apiKey) ?? strange.get(apiKey);
  return {
    find,
    put: (apiKey: string, entry: KeptServerKeys) => {
      (real.has(apiKey) ? real : strange).set(apiKey, entry);
      const settle = (into: typeof real | null) => {
        if ((find(apiKey) ?? entry) !== entry) return;
        for (const one of [real, strange]) one.delete(apiKey);
        into?.set(apiKey, entry);
      };
      // What could not be read is read again by the next.
      entry.keys.then(
        (keys) => settle(keys.length > 0 ? real : strange),
        () => settle(null),
      );
    },
  };
}

/** The first name is read at once, what comes meanwhile by the next statement. */
function readTogether(findByKeys: ServerKeysOptions['findByKeys']) {
  const waiting = new Map<string, PromiseWithResolvers<readonly ServerKey[]>>();
  let isReading = false;
  const readSome = async () => {
    const some = [...waiting].slice(0, maxTogether);
    for (const [apiKey] of some) waiting.delete(apiKey);
    try {
      const found = await findByKeys(some.map(([apiKey]) => apiKey));
      for (const [apiKey, { resolve }] of some) resolve(found.get(apiKey) ?? []);
    } catch (error) {
      for (const [, { reject }] of some) reject(error);
    }
  };
  const readAll = async () => {
    isReading = true;
    while (waiting.size > 0) await Promise.all([readSome(), new Promise((go) => setTimeout(go, pauseMs))]);
    isReading = false;
  };
  return (apiKey: string): Promise<readonly ServerKey[]> => {
    const asked = waiting.get(apiKey) ?? Promise.withResolvers<readonly ServerKey[]>();
    if (waiting.size >= maxWaiting && !waiting.has(apiKey)) return Promise.reject(new KeysBusy());
    waiting.set(apiKey, asked);
    if (!isReading) void readAll();
    return asked.promise;
  };
}
