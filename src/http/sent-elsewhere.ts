import type { IncomingMessage } from 'node:http';
import { type Elsewhere, formOf } from '../rules/caller.ts';

// Where people put a credential who do not know its place. Nobody is known by it there: that it came is said to who is refused.

const headerNames = ['x-api-key', 'api-key', 'apikey', 'x-auth-token', 'x-access-token', 'x-vestibule-key'];

const parameterNames: ReadonlySet<string> = new Set(
  ['apikey', 'key', 'token', 'access_token', 'auth', 'authtoken', 'authorization', 'bearer', 'jwt'].concat(headerNames),
);

/** Null: nothing that looks like one came with this request, outside its Authorization header. */
export function findSentElsewhere({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): Elsewhere | null {
  if (headerNames.some((name) => headers[name] !== undefined)) return 'HEADER';
  const query = url.indexOf('?');
  if (query !== -1 && holdsCredential([...new URLSearchParams(url.slice(query + 1))])) return 'URL';
  return headers.cookie !== undefined && /=["']?v[kqs]_/.test(headers.cookie) ? 'COOKIE' : null;
}

/** The same of what a socket is opened with. Its `authorization` has been read already. */
export function findInParams(params: Readonly<Record<string, unknown>> | undefined): Elsewhere | null {
  const entries = Object.entries(params ?? {});
  const nested = entries.flatMap(([, value]) =>
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  );
  return holdsCredential([...entries, ...nested]) ? 'CONNECTION_PARAMS' : null;
}

function holdsCredential(entries: readonly (readonly [string, unknown])[]): boolean {
  return entries.some(([name, value]) => {
    if (typeof value !== 'string' || value === '') return false;
    const form = formOf(value.replace(/^Bearer /i, ''));
    return form !== 'OTHER' && form !== 'OTHER_SCHEME' ? true : parameterNames.has(name.toLowerCase());
  });
}
