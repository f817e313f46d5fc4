import type { Caller, Client } from '../rules/caller.ts';
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
  readonly directory: Pick<DomainDirectory, 'byName'>;
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

/** What the room page is made of, for somebody without a credential: what they could ask for themselves, and nothing more. */
export function createFrontService({ directory, mediaServers, entry, clock }: FrontDeps) {
  return {
    /** A domain that does not exist looks as the service comes. */
    look: async (domainName: string): Promise<Front> => {
      const domain = await directory.byName(domainName);
      if (domain === null) return { look: plainLook, media: null };
      const { mediaServer } = domain;
      const server = mediaServer === null ? null : await mediaServers.find(domain.id, mediaServer.id);
      return { look: lookOf(layDoorPage(domain.doorPage)), media: server && { kind: server.kind, url: server.url } };
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
