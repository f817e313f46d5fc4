import { LRUCache } from 'lru-cache';
import type { Poster } from '../egress/poster.ts';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { LivekitServer } from '../rules/media-server.ts';
import type { MediaServerStorage, StoredMediaServer } from '../storage/media-server.ts';
import { createLiveKit } from './livekit.ts';
import type { LiveKitKey } from './livekit-calls.ts';
import type { MediaServer } from './port.ts';

/** Opens what the service sealed. */
export interface MediaSecretOpener {
  readonly open: (
    sealed: Uint8Array,
    place: { readonly purpose: 'media-server' | 'live-stream'; readonly domainId: string; readonly keyId: string },
  ) => Uint8Array;
}

/** A media server that can be asked. */
export interface AskedServer {
  readonly record: LivekitServer;
  readonly media: MediaServer;
  readonly key: LiveKitKey;
}

/** @throws DatabaseError, and SecretBoxError where a secret was sealed with a master key that is not at hand */
export interface MediaServers {
  /** Null: there is none by this id, or one that is never asked. */
  readonly find: (domainId: DomainId, id: MediaServerId) => Promise<AskedServer | null>;
  /** All that are asked, in all domains, but those that do not open. */
  readonly list: () => Promise<readonly AskedServer[]>;
}

export interface MediaServersOptions {
  readonly storage: Pick<MediaServerStorage, 'find' | 'listCarrying'>;
  readonly box: MediaSecretOpener;
  readonly poster: Poster;
  /** Is told of what does not open where all are listed. */
  readonly onError: (error: unknown) => void;
}

const maxKept = 1000;
/** As many as a domain can have, with those that it has left. */
const maxOfDomain = 50;

/** Of a media server on record all but its state is the same for ever, so that its secret is opened once. */
export function createMediaServers({ storage, box, poster, onError }: MediaServersOptions): MediaServers {
  const kept = new LRUCache<MediaServerId, Pick<AskedServer, 'media' | 'key'>>({ max: maxKept });
  const asked = (stored: StoredMediaServer | null): AskedServer | null => {
    if (stored?.kind !== 'LIVEKIT') return null;
    const known = kept.get(stored.id);
    if (known !== undefined) return { record: stored, ...known };
    const key = { apiKey: stored.apiKey, apiSecret: openSecret(stored, box) };
    const media = createLiveKit({ ...key, url: stored.apiUrl ?? stored.url, poster });
    kept.set(stored.id, { media, key });
    return { record: stored, media, key };
  };
  const askedIfItOpens = (stored: StoredMediaServer): readonly AskedServer[] => {
    try {
      return [asked(stored) ?? []].flat();
    } catch (error) {
      onError(error);
      return [];
    }
  };
  return {
    find: async (domainId, id) => asked(await storage.find(domainId, id)),
    list: async () => (await storage.listCarrying(maxOfDomain)).flatMap(askedIfItOpens),
  };
}

function openSecret({ id, domainId, secretSealed }: StoredMediaServer, box: MediaSecretOpener): string {
  return Buffer.from(box.open(secretSealed, { purpose: 'media-server', domainId, keyId: id })).toString();
}
