import { affinityOf } from './affinity.ts';
import { createClock, type LearningClock } from './clock.ts';
import { type ConnectionBoard, createConnectionBoard } from './connection.ts';
import { withinTime } from './patience.ts';
import { VestibuleError } from './refusal.ts';
import { Ways } from './ways.ts';

/** Where the service is, and how a page asks it. */
export interface ClientOptions {
  /** Where the service is, for example https://meet.example.com. */
  readonly url: string;
  /** The domain of the rooms, for whatever does not name another; needed only on a service with several domains. */
  readonly domain?: string;
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** In place of the platform's own: a class with its interface. */
  readonly webSocket?: unknown;
  /** How often at most something is asked that failed in passing; left out: five times, over some seconds. */
  readonly attempts?: number;
  /** How long a pause between two attempts may become, in milliseconds; left out: half a minute. */
  readonly longestPauseMs?: number;
  /** What time the service has just said it is, as in `Access.now`; left out: the device's clock counts until an answer tells. */
  readonly serviceTime?: string | undefined;
  /** How long the service may be silent, in milliseconds, before a connection counts as lost; left out: 15 s. */
  readonly patienceMs?: number;
}

export interface ServiceOptions extends ClientOptions {
  /** It is known beforehand why nothing can be asked: every question fails with this. */
  readonly fault?: VestibuleError;
}

/** Which room something is about: a load balancer may keep a room on one process. */
export interface RoomPlace {
  readonly roomName: string;
  readonly domain?: string | null | undefined;
}

/** The service as one client sees it: where it is, which way news comes, what its clock says, how the connection stands. */
export interface ServiceLink {
  /** As it was given, without what may be left out at its end. */
  readonly url: string;
  readonly ways: Ways;
  readonly board: ConnectionBoard;
  readonly clock: LearningClock;
  readonly fetch: typeof globalThis.fetch;
  readonly webSocket: unknown;
  readonly attempts: number;
  readonly longestPauseMs: number;
  readonly patienceMs: number;
  /** The domain that callers without a credential name, where one was given. */
  readonly inDomain: { readonly domain?: string };
  /** @throws {VestibuleError} INVALID_URL */
  readonly urlFor: (place: RoomPlace | null) => string;
  /** A lost connection; what is behind it where that can be found out. */
  readonly explainLoss: () => Promise<VestibuleError>;
  /** What is to be made of an answer that is not the service's. */
  readonly explainStranger: (status: number, type: string | null) => VestibuleError;
  readonly onAnswer: () => void;
}

/** The domain of a service that has one. */
const defaultDomain = 'default';

/** Nothing is asked or opened, and nothing thrown: a page makes it while it renders. */
export function createServiceLink(options: ServiceOptions): ServiceLink {
  const { attempts = 5, longestPauseMs = 30_000, patienceMs = 15_000 } = options;
  const { webSocket } = options;
  // The platform's own is looked up when it is needed: it may be another one by then.
  const ways = new Ways(typeof (webSocket === undefined ? globalThis.WebSocket : webSocket) === 'function');
  const board = createConnectionBoard(() => ways.way);
  const fetch: typeof globalThis.fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
  const base = readBase(options.url);
  const clock = createClock();
  if (options.serviceTime !== undefined) clock.learn(options.serviceTime);
  /** Whoever has answered once is the service, and takes requests from here. */
  let hasAnswered = false;
  return {
    url: trimEnd(options.url),
    ways,
    board,
    clock,
    fetch,
    webSocket,
    attempts,
    longestPauseMs,
    patienceMs,
    inDomain: options.domain === undefined ? {} : { domain: options.domain },
    urlFor: (place) => {
      if (options.fault) throw options.fault;
      if (base === null) throw new VestibuleError('INVALID_URL', tellUrl(options.url));
      if (place === null) return `${base}/graphql`;
      return `${base}/graphql?a=${affinityOf(place.domain ?? options.domain ?? defaultDomain, place.roomName)}`;
    },
    explainLoss: async () => {
      const isRefused = !hasAnswered && base !== null && (await refusesOrigin(base, fetch, patienceMs));
      return isRefused
        ? new VestibuleError('ORIGIN_REFUSED', tellOrigin(base))
        : new VestibuleError('NETWORK', `Nothing answered at ${base}: is the service running there, at this port?`);
    },
    explainStranger: (status, type) => {
      const what = `HTTP ${status}${type === null ? '' : `, ${type.split(';', 1)[0]}`}`;
      if (status >= 500) return new VestibuleError('UNAVAILABLE', `The service cannot answer now (${what}).`);
      // In the middle of everything it is something between that answered.
      if (hasAnswered) return new VestibuleError('NETWORK', `The answer is not the service's (${what}).`);
      return new VestibuleError('NOT_THE_SERVICE', tellStranger(base, what));
    },
    onAnswer: () => {
      hasAnswered = true;
      board.onAnswer();
    },
  };
}

/** Without slash, and without /graphql, at its end. */
function trimEnd(url: string): string {
  return url.trim().replace(/(?:\/graphql)?\/*$/, '');
}

/** Null: no address of a service. */
function readBase(url: string): string | null {
  const trimmed = trimEnd(url);
  // Read by hand first: the URL of React Native knows no `protocol`, and takes anything.
  if (!/^https?:\/\/[^\s/?#]/i.test(trimmed)) return null;
  try {
    return new URL(trimmed) && trimmed;
  } catch {
    return null;
  }
}

/**
 * Browsers do not tell a page whether it was refused or the network failed. But the service lets every page read /health:
 * where that can be read and /graphql cannot, twice in a row, it is the origin.
 */
async function refusesOrigin(base: string, fetch: typeof globalThis.fetch, withinMs: number): Promise<boolean> {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  if (location === undefined || base.startsWith(`${location.origin}/`) || base === location.origin) return false;
  const reads = (path: string, init: RequestInit) =>
    withinTime(withinMs, (signal) => fetch(`${base}${path}`, { ...init, credentials: 'omit', signal })).then(
      ({ ok }) => ok,
      () => null,
    );
  if ((await reads('/health', {})) !== true) return false;
  const headers = { 'content-type': 'application/json' };
  const again = await reads('/graphql', { method: 'POST', headers, body: '{"query":"{__typename}"}' });
  return again === null && (await reads('/health', {})) === true;
}

function tellUrl(url: string): string {
  return `${JSON.stringify(url)} is not the address of a service. Give one such as https://meet.example.com, with http:// or https://.`;
}

function tellOrigin(base: string): string {
  const { origin } = globalThis.location;
  return `The service at ${base} takes no requests from pages of ${origin}. List ${origin} in its setting ALLOWED_ORIGINS.`;
}

function tellStranger(base: string | null, what: string): string {
  return `What answers at ${base}/graphql is not Vestibule (${what}). Give the address at which the service itself can be reached.`;
}
