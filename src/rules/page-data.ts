import type { PageLink } from './door-page.ts';
import type { MediaServerKind } from './media-server.ts';
import type { EntryCode } from './refusal.ts';

// What the room page is handed with its HTML: nothing in it is more than anybody may ask for. `web/page-data.ts` reads it.

export interface PageData {
  /** The language in which the page was made for this visitor. */
  readonly language: string;
  readonly languages: readonly LanguageOffer[];
  /** Null: it was not known in time. */
  readonly look: PageLook | null;
  /** The kind of media server that people who come in connect to. Null: none. */
  readonly media: MediaServerKind | null;
  /** The name in the address, where no room can have it. Null: a name. */
  readonly misnamed: string | null;
  /** What `access` answers to somebody without any credential. Null: it was not asked, or the answer did not come in time. */
  readonly access: PageAccess | null;
}

/** A language in which the page can be read. */
export interface LanguageOffer {
  readonly tag: string;
  /** As its speakers call it. */
  readonly name: string;
  readonly dir: 'ltr' | 'rtl';
  /** Where its texts are. Null: they came with the page. */
  readonly url: string | null;
}

/** How the pages of a domain look, as everybody may know it: see `DoorPage`. */
export interface PageLook {
  readonly brandName: string | null;
  readonly logoUrl: string | null;
  readonly accentColor: string | null;
  readonly frameOrigins: readonly string[];
  readonly exitUrl: string | null;
  readonly links: readonly PageLink[];
}

/** As the query `access` answers: instants are written out. */
export interface PageAccess {
  readonly level: 'NONE' | 'LOBBY' | 'FULL';
  readonly refusal: { readonly code: EntryCode; readonly message: string; readonly opensAt: string | null } | null;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  readonly roomTitle: string | null;
  readonly lang: string | null;
  readonly startAudioOff: boolean;
  readonly startVideoOff: boolean;
  readonly knockAgainAt: string | null;
  readonly now: string;
}

/** `?name=` fills in the name, as far as a name may be long. */
export function linkNameOf(search: string): string {
  const name = new URLSearchParams(search).get('name')?.trim() ?? '';
  return [...name].slice(0, 128).join('');
}

/** The look of a domain that has set nothing, or that does not exist. */
export const plainLook: PageLook = {
  brandName: null,
  logoUrl: null,
  accentColor: null,
  frameOrigins: [],
  exitUrl: null,
  links: [],
};
