import { LRUCache } from 'lru-cache';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { JitsiServer, LivekitServer } from '../rules/media-server.ts';
import type { MediaServerStorage, StoredMediaServer } from '../storage/media-server.ts';

/** What changes while a record lasts: for this it has to be read anew. */
type News = 'state' | 'lastError' | 'checkedAt' | 'endedAt' | 'gateHolds';

type Opened<Server> = Omit<Server, News> & {
  /** A shared secret, or with Jitsi and RS256 a private key in PEM. */
  readonly secret: string;
};
export type OpenLivekitServer = Opened<LivekitServer>;
export type OpenJitsiServer = Opened<JitsiServer>;
/** A media server with its secret at hand. */
export type OpenMediaServer = OpenLivekitServer | OpenJitsiServer;

/** Opens secrets of media servers. */
export interface MediaServerOpener {
  /** @throws where it was sealed for another place, or with a key that is not at hand */
  readonly open: (
    sealed: Uint8Array,
    place: { readonly purpose: 'media-server'; readonly domainId: string; readonly keyId: string },
  ) => Buffer;
}

export interface OpenServers {
  /** Null: there is no such media server. @throws DatabaseError */
  readonly find: (domainId: DomainId, id: MediaServerId) => Promise<OpenMediaServer | null>;
}

const maxServers = 1_000;

/** Media servers as they were opened: what of a record can be kept never changes, so it is read once in each process. */
export function createOpenServers(storage: Pick<MediaServerStorage, 'find'>, opener: MediaServerOpener): OpenServers {
  const known = new LRUCache<MediaServerId, OpenMediaServer>({ max: maxServers });
  return {
    find: async (domainId, id) => {
      const kept = known.get(id);
      if (kept !== undefined) return kept;
      const stored = await storage.find(domainId, id);
      if (stored === null) return null;
      const opened = openMediaServer(stored, opener);
      known.set(id, opened);
      return opened;
    },
  };
}

const maxOpened = 10_000;

/**
 * Opens media servers of any domain, each once. What does not open is left out and reported: it must keep no other domain's people out.
 */
export function createServerOpener(opener: MediaServerOpener, onError: (error: unknown) => void) {
  const opened = new LRUCache<MediaServerId, OpenMediaServer>({ max: maxOpened });
  return (stored: StoredMediaServer): readonly OpenMediaServer[] => {
    const kept = opened.get(stored.id);
    if (kept !== undefined) return [kept];
    try {
      const server = openMediaServer(stored, opener);
      opened.set(stored.id, server);
      return [server];
    } catch (error) {
      onError(error);
      return [];
    }
  };
}

export function openMediaServer(
  { secretSealed, ...record }: StoredMediaServer,
  opener: MediaServerOpener,
): OpenMediaServer {
  const place = { purpose: 'media-server', domainId: record.domainId, keyId: record.id } as const;
  return { ...record, secret: opener.open(secretSealed, place).toString() };
}
