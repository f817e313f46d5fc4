import type { IncomingMessage } from 'node:http';

/** Whom a browser may call for: exact origins, never a pattern, never one that is merely sent back. */
export interface Origins {
  /** May this request open a WebSocket? Who is no browser sends no Origin, and passes by its token. */
  mayConnect(request: IncomingMessage): boolean;
  /** The headers that a browser needs to see to show the answer to its page. Nothing here depends on cookies. */
  corsHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
  preflightHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
}

export function createOrigins(allowed: Iterable<string>): Origins {
  const known = new Set(allowed);
  const isAllowed = (origin: string | undefined): origin is string => origin !== undefined && known.has(origin);
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

/** The origins of the service's own pages. Without PUBLIC_URL that is this machine, by each of its names. */
export function ownOrigins(publicUrl: string | null, port: number): readonly string[] {
  if (publicUrl !== null) return [new URL(publicUrl).origin];
  return ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
}
