import type { Domain } from '../rules/domain.ts';
import { type DomainId, decodeId, type MediaServerId } from '../rules/ids.ts';
import { carriedOutOn } from '../rules/media-server.ts';
import type { MediaWebhookStorage } from '../storage/media-webhook.ts';
import type { DomainDirectory } from './domain-directory.ts';

/** What a media server tells. */
export interface MediaHint {
  /** The same however often it is told. */
  readonly id: string;
  /** The room's name there. */
  readonly room: string;
}

export interface MediaWebhookDeps {
  readonly domains: Pick<DomainDirectory, 'byName'>;
  readonly storage: MediaWebhookStorage;
  /** Null: it was not this media server that signed these very bytes, a moment ago. @throws DatabaseError */
  readonly verify: (
    domain: Domain,
    mediaServerId: MediaServerId,
    body: string,
    authorization: string,
  ) => Promise<MediaHint | null>;
  /** A room of this domain has to be looked at. */
  readonly poke: (domainId: DomainId) => void;
}

/** No event of LiveKit's has a longer one. */
const maxIdCharacters = 128;

/** Hints of media servers: a room is looked at, and that look says what is true. */
export function createMediaWebhookService({ domains, storage, verify, poke }: MediaWebhookDeps) {
  return {
    /**
     * FORGED is the answer to everything that is not the word of this domain's media server, and to a domain that is not there.
     * @throws DatabaseError where it could not be stored
     */
    hear: async (domainName: string, body: string, authorization: string | undefined): Promise<'HEARD' | 'FORGED'> => {
      const domain = await domains.byName(domainName);
      const server = domain === null ? null : carriedOutOn(domain);
      if (domain === null || server === null || authorization === undefined) return 'FORGED';
      const hint = await verify(domain, server, body, authorization);
      if (hint === null) return 'FORGED';
      const roomId = decodeId('Room', hint.room);
      // Others may use the same server: what it tells of their rooms is heard and means nothing.
      if (roomId === null || hint.id === '' || hint.id.length > maxIdCharacters) return 'HEARD';
      if (await storage.tell(domain.id, server, { id: hint.id, roomId })) poke(domain.id);
      return 'HEARD';
    },
  };
}
