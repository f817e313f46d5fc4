import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { ownPaths, ownSegments } from '../rules/own-paths.ts';
import type { WholeAnswer } from './answer.ts';
import { ownOrigins } from './browser-rules.ts';
import { type AskedFor, answerWithFile, packings, readStaticFile, type StaticFile } from './static-file.ts';

/** Finds the service's own pages by path. Null: there is no such page. */
export type Pages = (pathname: string, request: AskedFor) => Promise<PageAnswer | null>;

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
  /** The sites that may show a domain's pages in a frame; none for a domain that does not exist. */
  readonly frameOrigins: (domain: string) => Promise<readonly string[]>;
}

interface Site {
  readonly page: StaticFile;
  readonly assets: ReadonlyMap<string, StaticFile>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** /{domain}/{room}. No domain has the name of a path of the service's own. */
const roomPath = /^\/[A-Za-z0-9_-]{1,128}\/[A-Za-z0-9_-]{1,128}$/;

function isRoom(pathname: string): boolean {
  return roomPath.test(pathname) && !ownSegments.has(pathname.split('/')[1] ?? '');
}

const packed: readonly string[] = Object.values(packings);

/**
 * Serves the built room page at every room's address, and its files under /assets. Every name gets the same answer: the page asks the API
 * whether there is such a room. Files are read at the first request, and kept. Null: no such page.
 */
export function createPages(options: PagesOptions): Pages {
  let site: Promise<Site | null> | undefined;
  // The page may be built while the service runs, so missing or unfinished files are looked for again at the next request.
  const forget = (error: unknown): never => {
    site = undefined;
    throw error;
  };
  return async (pathname, request) => {
    const isAsset = pathname.startsWith(ownPaths.assets) && pathname.includes('.');
    if (!isAsset && !isRoom(pathname)) return null;
    site ??= readSite(options);
    const found = await site.catch(forget);
    if (found === null) {
      site = undefined;
      return isAsset ? null : notBuilt;
    }
    if (!isAsset) {
      const [, domain = ''] = pathname.split('/');
      const origins = await findFraming(options, domain);
      return { ...answerWithFile(frameBy(found.page, origins), request), mayBeFramed: origins.length > 0 };
    }
    const file = found.assets.get(pathname);
    return file === undefined ? null : answerWithFile(file, request);
  };
}

/** The page comes all the same where nobody can say who may frame it, and is framed by nobody then. */
const framingMs = 1_000;

async function findFraming({ frameOrigins }: PagesOptions, domain: string): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => late.resolve([]), framingMs);
  try {
    return await Promise.race([frameOrigins(domain), late.promise]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** The page as these sites may frame it; with none it is framed by nobody. */
function frameBy(page: StaticFile, origins: readonly string[]): StaticFile {
  if (origins.length === 0) return page;
  const { headers } = page;
  const policy = headers['content-security-policy']?.replace(framedByNobody, `frame-ancestors ${origins.join(' ')}`);
  return { ...page, headers: { ...headers, ...(policy === undefined ? {} : { 'content-security-policy': policy }) } };
}

const framedByNobody = "frame-ancestors 'none'";

const notBuilt: WholeAnswer = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'The room page is not built. Run npm run web:build, and restart the service. The API works without it.\n',
};

async function readSite({ publicUrl, port, folder = findFolder() ?? '' }: PagesOptions): Promise<Site | null> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (html === null) return null;
  const names = (await readdir(join(folder, 'assets'))).filter((name) => !packed.includes(extname(name)));
  const assets = names.map(async (name) => {
    const headers = {
      'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
      // The name contains a hash of the content, so the content never changes.
      'cache-control': 'public, max-age=31536000, immutable',
    };
    return [`/assets/${name}`, await readStaticFile(join(folder, 'assets', name), headers)] as const;
  });
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policyFor(html, ownOrigins(publicUrl, port)),
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
  return {
    page: await readStaticFile(join(folder, 'index.html'), headers),
    assets: new Map(await Promise.all(assets)),
  };
}

/** Allows only the page's own files, its one inline script (which clears the address bar), and the API. */
function policyFor(html: string, origins: readonly string[]): string {
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source = '']) => {
    return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  });
  // A policy cannot name IPv6 addresses. In all newer browsers, 'self' allows the page's own socket.
  const sockets = origins.filter((origin) => !origin.includes('[')).map((origin) => origin.replace(/^http/, 'ws'));
  return [
    "default-src 'none'",
    `script-src ${["'self'", ...inline].join(' ')}`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src ${["'self'", ...sockets].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    framedByNobody,
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** The same in the sources, in the compiled package, and from any working directory. */
function findFolder(): string | null {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'dist', 'web');
    if (existsSync(join(candidate, 'index.html'))) return candidate;
  }
  return null;
}
