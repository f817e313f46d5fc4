import { LRUCache } from 'lru-cache';
import type { Caller, Client } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import { type DoorPage, layDoorPage } from '../rules/door-page.ts';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { MediaServerKind } from '../rules/media-server.ts';
import { type PageAccess, type PageLook, plainLook } from '../rules/page-data.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { DomainDirectory } from './domain-directory.ts';
import type { AccessView, EntryService } from './entry/access.ts';

export type FrontService = ReturnType<typeof createFrontService>;

interface FrontMedia {
  readonly kind: MediaServerKind;
  readonly url: string;
}

export interface FrontDeps {
  readonly directory: Pick<DomainDirectory, 'byName' | 'atHand'>;
  readonly mediaServers: { readonly find: (domainId: DomainId, id: MediaServerId) => Promise<FrontMedia | null> };
  readonly entry: Pick<EntryService, 'access'>;
  readonly clock: { readonly now: () => Date };
}

/** What a domain's pages show to whoever opens them, before anybody has said who they are. */
export interface Front {
  readonly look: PageLook;
  /** Where people who come in connect to. */
  readonly media: FrontMedia | null;
}

export interface FrontPlace {
  readonly domain: string;
  readonly roomName: string;
}

const anybody: Caller = { kind: 'ANYBODY' };

/** As many as the directory keeps domains. */
const maxServers = 1_000;

/** What the room page is made of, for somebody without a credential: what they could ask for themselves, and nothing more. */
export function createFrontService({ directory, mediaServers, entry, clock }: FrontDeps) {
  // A domain that connects another has another id: what stands here never changes.
  const servers = new LRUCache<MediaServerId, FrontMedia>({ max: maxServers });
  const findMedia = async ({ id: domainId, mediaServer }: Domain): Promise<FrontMedia | null> => {
    if (mediaServer === null) return null;
    const known = servers.get(mediaServer.id);
    if (known !== undefined) return known;
    const server = await mediaServers.find(domainId, mediaServer.id);
    if (server === null) return null;
    const media = { kind: server.kind, url: server.url };
    servers.set(mediaServer.id, media);
    return media;
  };
  return {
    /** A domain that does not exist looks as the service comes. */
    look: async (domainName: string): Promise<Front> => {
      const domain = await directory.byName(domainName);
      if (domain === null) return { look: plainLook, media: null };
      return { look: lookOf(layDoorPage(domain.doorPage)), media: await findMedia(domain) };
    },
    /** The same, where the database need not be asked. Null: it must be. */
    lookAtHand: (domainName: string): Front | null => {
      const domain = directory.atHand(domainName);
      if (domain === null) return null;
      const media = domain.mediaServer && servers.get(domain.mediaServer.id);
      return media === undefined ? null : { look: lookOf(layDoorPage(domain.doorPage)), media };
    },
    /** As the query `access`, from the same budgets. Null: it was refused. */
    access: async (client: Client, { domain, roomName }: FrontPlace): Promise<PageAccess | null> => {
      const answer = await entry.access(anybody, client, { domain, roomName });
      return isRefusal(answer) ? null : written(answer, clock.now());
    },
  };
}

/** Everything but where the meeting is. */
function lookOf({ brandName, logoUrl, accentColor, frameOrigins, exitUrl, links }: DoorPage): PageLook {
  return { brandName, logoUrl, accentColor, frameOrigins, exitUrl, links };
}

function written({ refusal, knockAgainAt, ...others }: AccessView, now: Date): PageAccess {
  return {
    ...others,
    refusal: refusal && {
      code: refusal.code,
      message: refusal.message,
      opensAt: refusal.opensAt?.toISOString() ?? null,
    },
    knockAgainAt: knockAgainAt?.toISOString() ?? null,
    now: now.toISOString(),
  };
}
