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

/** HOLDER: whoever shows a token that a known key has signed. ANYBODY can show one that none has. */
export type KeyDoubt = 'HOLDER' | 'ANYBODY';

/** Keys of LiveKit servers by their names, read when they are first asked for. */
export interface ServerKeys {
  readonly known: (apiKey: string) => Promise<readonly ServerKey[]>;
  /**
   * For what the known ones do not open: somebody may have set a media server since they were read.
   * Null: no more is known than before.
   * @param since when the question came, by performance.now(): what was read after that is new enough
   */
  readonly newer: (apiKey: string, who: KeyDoubt, since: number) => Promise<readonly ServerKey[] | null>;
}

const maxKept = 10_000;
/** How often anybody can have the same name read again. Milliseconds. */
const againMs = 1000;

interface KeptServerKeys {
  readonly keys: Promise<readonly ServerKey[]>;
  readonly readAt: number;
  /** When anybody last had them read again. */
  readonly doubtedAt: number;
}

export function createServerKeys({ findByKey }: ServerKeysOptions): ServerKeys {
  const kept = new LRUCache<string, KeptServerKeys>({ max: maxKept });
  const read = (apiKey: string, doubtedAt: number) => {
    const entry = { keys: findByKey(apiKey), readAt: performance.now(), doubtedAt };
    kept.set(apiKey, entry);
    // What could not be read is read again by the next.
    entry.keys.catch(() => kept.get(apiKey) === entry && kept.delete(apiKey));
    return entry.keys;
  };
  return {
    known: (apiKey) => kept.get(apiKey)?.keys ?? read(apiKey, Number.NEGATIVE_INFINITY),
    newer: async (apiKey, who, since) => {
      const now = performance.now();
      const entry = kept.get(apiKey);
      const doubtedAt = entry?.doubtedAt ?? Number.NEGATIVE_INFINITY;
      if (entry !== undefined && entry.readAt >= since) return null;
      if (who === 'ANYBODY' && now - doubtedAt < againMs) return null;
      const before = new Set((await entry?.keys)?.map(({ id }) => id));
      const after = await read(apiKey, who === 'ANYBODY' ? now : doubtedAt);
      return after.some(({ id }) => !before.has(id)) ? after : null;
    },
  };
}
