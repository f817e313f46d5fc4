import { LRUCache } from 'lru-cache';
import type { DomainId, MediaServerId } from '../rules/ids.ts';

/** The key of a LiveKit server that a domain has. All of it is the same for ever: a change is another media server. */
export interface ServerKey {
  readonly id: MediaServerId;
  readonly domainId: DomainId;
  readonly secret: string;
}

export interface ServerKeysOptions {
  /** Servers of any domain that have this API key. */
  readonly findByKey: (apiKey: string) => Promise<readonly ServerKey[]>;
}

/** Keys of LiveKit servers by their names, read when they are first asked for. */
export interface ServerKeys {
  readonly known: (apiKey: string) => Promise<readonly ServerKey[]>;
  /** For what the known ones do not open: somebody may have set a media server since. Null: no more is known than before. */
  readonly newer: (apiKey: string) => Promise<readonly ServerKey[] | null>;
}

const maxKept = 10_000;
/** How soon the same name is read again: whoever shows bad tokens has no more statements than this sent. Milliseconds. */
const againMs = 1000;

interface KeptServerKeys {
  readonly keys: Promise<readonly ServerKey[]>;
  readonly readAt: number;
}

export function createServerKeys({ findByKey }: ServerKeysOptions): ServerKeys {
  const kept = new LRUCache<string, KeptServerKeys>({ max: maxKept });
  const read = (apiKey: string) => {
    const entry = { keys: findByKey(apiKey), readAt: performance.now() };
    kept.set(apiKey, entry);
    // What could not be read is read again by the next.
    entry.keys.catch(() => kept.get(apiKey) === entry && kept.delete(apiKey));
    return entry.keys;
  };
  return {
    known: (apiKey) => kept.get(apiKey)?.keys ?? read(apiKey),
    newer: async (apiKey) => {
      const entry = kept.get(apiKey);
      if (entry !== undefined && performance.now() - entry.readAt < againMs) return null;
      const before = new Set((await entry?.keys)?.map(({ id }) => id));
      const after = await read(apiKey);
      return after.some(({ id }) => !before.has(id)) ? after : null;
    },
  };
}
