import { ownPaths } from '../rules/own-paths.ts';
import { linkNameOf, type PageAccess, type PageData, plainLook } from '../rules/page-data.ts';
import { nearestLanguage, readAcceptLanguage } from '../rules/page-texts.ts';
import type { Front, FrontPlace } from '../services/front.ts';
import type { WholeAnswer } from './answer.ts';
import { ownOrigins } from './browser-rules.ts';
import { WorkSlots } from './capacity.ts';
import { brandStyle, writePage } from './first-paint.ts';
import { hashesOf, roomPageHeaders } from './page-policy.ts';
import { findBuiltPage, type Packs, readSite, type Site } from './page-site.ts';
import { type PlacedAddress, type RoomAddress, readRoomAddress } from './room-address.ts';
import { type AskedFor, answerWithFile, makeStaticFile } from './static-file.ts';

/** Finds the service's own pages by path. Null: there is no such page. */
export type Pages = (pathname: string, request: PageAsked) => Promise<PageAnswer | null>;

export interface PageAsked extends AskedFor {
  /** What stands behind the path, with its question mark; empty: nothing. */
  readonly search: string;
  /** The client's address, as budgets count it. */
  readonly clientAddress: string;
}

export interface PageAnswer extends WholeAnswer {
  /** Some sites may show it in a frame: which, its policy says. */
  readonly mayBeFramed?: boolean;
}

export interface PagesOptions {
  readonly publicUrl: string | null;
  /** The port of the service: without PUBLIC_URL, the page connects to this machine by each of its names. */
  readonly port: number;
  /** Where `npm run web:build` has put the page. Left out: `dist/web`, found upwards from here. */
  readonly folder?: string;
  /** Texts in place of the page's own, by language. */
  readonly texts?: Packs;
  /** False: no address has a limit of its own. Left out: each has. */
  readonly rateLimits?: boolean;
  /** How a domain's pages look; as the service comes, where there is no such domain. */
  readonly look: (domain: string) => Promise<Front>;
  /** The same, where nobody need be asked. Null, or left out: `look` must be. */
  readonly lookAtHand?: (domain: string) => Front | null;
  /** What somebody at this address may know of a room without a credential. Null: nobody says. */
  readonly access: (clientAddress: string, place: FrontPlace) => Promise<PageAccess | null>;
}

/**
 * Serves the room page at every room's address, and its files under /assets. Every name gets the same page, with what anybody may know:
 * how the domain looks, and what `access` answers. Files are read at the first request, and kept. Null: no such page.
 */
export function createPages(options: PagesOptions): Pages {
  let site: Promise<Site | null> | undefined;
  // The page may be built while the service runs, so missing or unfinished files are looked for again at the next request.
  const forget = (error: unknown): never => {
    site = undefined;
    throw error;
  };
  const ask = createPatience(options);
  const origins = ownOrigins(options.publicUrl, options.port);
  return async (pathname, request) => {
    const isAsset = pathname === ownPaths.embed || (pathname.startsWith(ownPaths.assets) && pathname.includes('.'));
    const read = isAsset ? null : readRoomAddress(pathname);
    if (!isAsset && read === null) return null;
    if (read?.kind === 'MOVED') return moved(read.to, request);
    site ??= readSite(options.folder ?? findBuiltPage() ?? '', options.texts ?? new Map());
    const found = await site.catch(forget);
    if (found === null) {
      site = undefined;
      return isAsset ? null : notBuilt;
    }
    if (read !== null) return roomPage(found, await ask(read, request), request, origins);
    const file = found.files.get(pathname);
    return file === undefined ? null : answerWithFile(file, request);
  };
}

/** The page in the visitor's language, with what is known of the place. */
async function roomPage(
  { template, written, paint, packs, languages }: Site,
  { place, misnamed, front, access }: KnownPlace,
  request: PageAsked,
  origins: readonly string[],
): Promise<PageAnswer> {
  const language = languageFor(request, access, [...packs.keys()]);
  const { look, media } = front ?? unknownFront;
  const data: PageData = { language, languages, look, media: media?.kind ?? null, misnamed, access };
  const linkName = linkNameOf(request.search);
  const html = writePage(template, data, paint(data, packs.get(language) ?? {}, place, linkName));
  const styles = [...written.styles, ...hashesOf(brandStyle(look?.accentColor ?? null), 'style')];
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'Accept-Encoding, Accept-Language',
    ...roomPageHeaders({ ...written, styles }, { look: look ?? plainLook, media }, origins),
  };
  const file = await makeStaticFile(html, headers, request.headers['accept-encoding'] ?? '');
  const answer = answerWithFile(file, request);
  return {
    ...answer,
    status: misnamed !== null && answer.status === 200 ? 404 : answer.status,
    mayBeFramed: (look?.frameOrigins ?? []).length > 0,
  };
}

/** What the link asks for, else what the room speaks, else what the browser does. English says nothing: rooms that name none have it. */
function languageFor({ search, headers }: PageAsked, access: PageAccess | null, spoken: readonly string[]): string {
  const ofRoom = access?.lang ?? 'en';
  const asked = [
    new URLSearchParams(search).get('lang') ?? '',
    nearestLanguage(ofRoom, ['en']) === null ? ofRoom : '',
    ...readAcceptLanguage(headers['accept-language'] ?? ''),
  ];
  return asked.map((tag) => nearestLanguage(tag, spoken)).find((tag) => tag !== null) ?? 'en';
}

interface KnownPlace {
  readonly place: RoomAddress;
  /** What stands there in place of a room's name. */
  readonly misnamed: string | null;
  /** Null: nobody said it in time. */
  readonly front: Front | null;
  readonly access: PageAccess | null;
}

const unknownFront = { look: null, media: null };

/** The page waits no longer for what it shows first. Milliseconds. */
const patienceMs = 1_000;
/** So many things are asked for at once, in all and for one address. A page beyond that comes without what it would have asked for. */
const maxAsking = 200;
const maxAskingPerAddress = 40;

/** The page comes all the same where nobody can say what it shows first: it is framed by nobody then, and its script asks. */
function createPatience(options: PagesOptions) {
  const places = new WorkSlots(
    maxAsking,
    options.rateLimits === false ? Number.POSITIVE_INFINITY : maxAskingPerAddress,
  );
  /** Null: the address has no place left. */
  const askFor = <Value>(address: string, ask: () => Promise<Value>): Promise<Value> | null => {
    if (places.enter(address) !== null) return null;
    const answer = ask();
    void answer.catch(() => undefined).finally(() => places.leave(address));
    return answer;
  };
  const askFront = createFrontQuestions(options, askFor);
  return async (read: PlacedAddress, { clientAddress, search }: PageAsked): Promise<KnownPlace> => {
    const { address: place } = read;
    const misnamed = read.kind === 'NO_NAME' ? place.roomName : null;
    // Somebody who brings a token may find another door: their page asks with it.
    const isInvited = new URLSearchParams(search).has('t');
    const [front, access] = await Promise.all([
      options.lookAtHand?.(place.domain) ?? inTime(askFront(place.domain, clientAddress)),
      isInvited || misnamed !== null ? null : inTime(askFor(clientAddress, () => options.access(clientAddress, place))),
    ]);
    return { place, misnamed, front, access };
  };
}

/** Null: it was not asked for, could not be said, or comes too late. */
async function inTime<Value>(answer: Promise<Value> | null): Promise<Value | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), patienceMs);
  try {
    return await Promise.race([answer, late.promise]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks how the pages of a domain look, once for all who want to know it meanwhile: a crowd of one address takes one place, and
 * whoever asks for ever new names leaves no page bare that others visit.
 */
function createFrontQuestions(
  { look }: PagesOptions,
  askFor: (address: string, ask: () => Promise<Front>) => Promise<Front> | null,
) {
  const asked = new Map<string, Promise<Front>>();
  return (domain: string, address: string): Promise<Front> | null => {
    const known = asked.get(domain);
    if (known !== undefined) return known;
    const asking = askFor(address, () => look(domain));
    if (asking === null) return null;
    asked.set(domain, asking);
    // Where it takes too long, the next page asks anew.
    void inTime(asking).finally(() => asked.delete(domain));
    return asking;
  };
}

/** The rest of the address is kept: a token may be in it. */
function moved(to: string, { search }: PageAsked): WholeAnswer {
  return { status: 308, headers: { location: `${to}${search}`, 'cache-control': 'no-store' }, body: '' };
}

const notBuilt: WholeAnswer = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'The room page is not built. Run npm run web:build, and restart the service. The API works without it.\n',
};
