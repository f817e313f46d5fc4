import type { IncomingMessage } from 'node:http';
import type { Log } from './ports.ts';

/** The pages that may call the API from a browser: exact origins, never a pattern, and never an origin that is only echoed. */
export interface Origins {
  /** May this request open a WebSocket? A client that is not a browser sends no Origin: its token decides. */
  mayConnect(request: IncomingMessage): boolean;
  /** The headers that a browser needs to see to show the answer to its page. Nothing here depends on cookies. */
  corsHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
  preflightHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
}

export interface OriginRules {
  /** In development: pages of this machine, at whatever port a tool serves them. */
  readonly acceptsLocalPages?: boolean;
  /** Told of each request that a page of another origin makes: the browser tells the page nothing. */
  readonly onRefused?: (origin: string) => void;
}

export function createOrigins(allowed: Iterable<string>, rules: OriginRules = {}): Origins {
  const { acceptsLocalPages = false, onRefused } = rules;
  const known = new Set(allowed);
  const isAllowed = (origin: string | undefined): origin is string => {
    if (origin === undefined) return false;
    if (known.has(origin) || (acceptsLocalPages && localPage.test(origin))) return true;
    onRefused?.(origin);
    return false;
  };
  const varies = { vary: 'Origin' };
  const corsHeaders = ({ headers: { origin } }: IncomingMessage) =>
    isAllowed(origin)
      ? { ...varies, 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After' }
      : varies;
  return {
    mayConnect: ({ headers: { origin } }) => origin === undefined || isAllowed(origin),
    corsHeaders,
    preflightHeaders: (request) =>
      isAllowed(request.headers.origin)
        ? {
            ...corsHeaders(request),
            'access-control-allow-methods': 'GET, POST',
            'access-control-allow-headers': 'Authorization, Content-Type',
            'access-control-max-age': '600',
          }
        : varies,
  };
}

const localPage = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/;

/** As many origins as a log is told of: whoever asks writes them. */
const maxToldOrigins = 20;

/** Tells the log of each origin that was refused, once. What does not look like one is not told. */
export function tellRefusedOrigins(log: Pick<Log, 'warn'>): (origin: string) => void {
  const told = new Set<string>();
  return (origin) => {
    if (told.size >= maxToldOrigins || told.has(origin) || !/^https?:\/\/[\w.:[\]-]{1,200}$/.test(origin)) return;
    told.add(origin);
    log.warn({ origin }, `A page of ${origin} was refused. If it is yours, list ${origin} in ALLOWED_ORIGINS.`);
  };
}

/** The origins of the service's own pages. Without PUBLIC_URL that is this machine, by each of its names. */
export function ownOrigins(publicUrl: string | null, port: number): readonly string[] {
  if (publicUrl !== null) return [new URL(publicUrl).origin];
  return ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
}

/** For every answer: browsers must not guess its type, show it in a frame, cache it, or send its address along when a link is followed. */
const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export type SecurityHeaders = {
  /** For answers that no browser should show. */
  readonly api: Readonly<Record<string, string>>;
  /** For the service's own pages: their own scripts, styles and API, and nothing from elsewhere. */
  readonly page: Readonly<Record<string, string>>;
  /** For GraphiQL, a tool of development: its editor makes styles of its own. */
  readonly graphiql: Readonly<Record<string, string>>;
};

/** @param origins the service's own, as browsers write them */
export function createSecurityHeaders(origins: readonly string[]): SecurityHeaders {
  const isSecure = origins.every((origin) => origin.startsWith('https:'));
  const common = { ...always, ...(isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {}) };
  // A policy cannot name IPv6 addresses: browsers complain about them and ignore them.
  const named = origins.filter((origin) => !origin.includes('['));
  const sockets = named.map((origin) => origin.replace(/^http/, 'ws')).join(' ');
  const page = `${nothing}; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self' ${sockets}`;
  const graphiql = [
    `${nothing}; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'`,
    `font-src 'self' data:; img-src 'self' data:; connect-src 'self' ${sockets}`,
  ].join('; ');
  return {
    api: { ...common, 'content-security-policy': nothing },
    page: { ...common, 'content-security-policy': page },
    graphiql: { ...common, 'content-security-policy': graphiql },
  };
}
