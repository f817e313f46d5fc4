import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownPaths } from '../rules/own-paths.ts';
import type { LanguageOffer } from '../rules/page-data.ts';
import { directionOf, layPack, nameOf, type TextPack } from '../rules/page-texts.ts';
import { checkTemplate, type Paint } from './first-paint.ts';
import { hashesOf, type WrittenIn } from './page-policy.ts';
import { makeStaticFile, packings, readStaticFile, type StaticFile } from './static-file.ts';

// What `npm run web:build` has made: the page with its files, what draws it, and what it says in each language.

/** The page as it was built, with what the operator lets it say. */
export interface Site {
  readonly template: string;
  /** The scripts and styles in the template. */
  readonly written: WrittenIn;
  readonly paint: Paint;
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly languages: readonly LanguageOffer[];
  readonly packs: ReadonlyMap<string, TextPack>;
}

/** Texts by language: those of an operator, which replace the page's own one by one. */
export type Packs = ReadonlyMap<string, TextPack>;

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const packed: readonly string[] = Object.values(packings);

/** Null: the page is not built. @throws while it is being built */
export async function readSite(folder: string, replacing: Packs): Promise<Site | null> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (html === null) return null;
  const reads = [readAssets(folder), readPacks(folder), importPaint(folder), readEmbed(folder)] as const;
  const [assets, own, paint, embed] = await Promise.all(reads);
  const packs = layPacks(own, replacing);
  const texts = [...packs].map(([tag, pack]) => offerTexts(tag, pack, tag === 'en' && !replacing.has(tag)));
  const offers = await Promise.all(texts);
  return {
    template: checkTemplate(html),
    written: { scripts: hashesOf(html, 'script'), styles: hashesOf(html, 'style') },
    paint,
    files: new Map([...assets, embed, ...offers.flatMap(({ file }) => (file === null ? [] : [file]))]),
    languages: offers.map(({ offer }) => offer),
    packs,
  };
}

/** The page's own texts. @throws where they were not built */
export async function readPacks(folder: string): Promise<Packs> {
  const names = (await readdir(join(folder, 'texts'))).filter((name) => name.endsWith('.json'));
  const read = names.map(async (name) => {
    const pack: TextPack = JSON.parse(await readFile(join(folder, 'texts', name), 'utf8'));
    return [name.slice(0, -'.json'.length), pack] as const;
  });
  return new Map(await Promise.all(read));
}

function layPacks(own: Packs, replacing: Packs): Packs {
  const english = own.get('en') ?? {};
  const tags = [...own.keys(), ...[...replacing.keys()].filter((tag) => !own.has(tag))];
  return new Map(tags.map((tag) => [tag, layPack(own.get(tag) ?? english, replacing.get(tag) ?? {})]));
}

async function offerTexts(tag: string, pack: TextPack, cameWithPage: boolean) {
  const offer = { tag, name: nameOf(tag), dir: directionOf(tag) } as const;
  if (cameWithPage) return { offer: { ...offer, url: null }, file: null };
  const text = JSON.stringify(pack);
  const url = `/assets/texts-${tag}-${createHash('sha256').update(text).digest('base64url').slice(0, 8)}.json`;
  return { offer: { ...offer, url }, file: [url, await makeStaticFile(text, assetHeaders('.json'))] as const };
}

async function readAssets(folder: string) {
  const names = (await readdir(join(folder, 'assets'))).filter((name) => !packed.includes(extname(name)));
  const assets = names.map(async (name) => {
    const headers = assetHeaders(extname(name));
    return [`/assets/${name}`, await readStaticFile(join(folder, 'assets', name), headers)] as const;
  });
  return Promise.all(assets);
}

/** The script that pages of every site may load. Its name stays the same, so that browsers ask whether it is still so. */
async function readEmbed(folder: string) {
  const headers = {
    'content-type': contentTypes['.js'] ?? '',
    'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
  };
  return [ownPaths.embed, await readStaticFile(join(folder, 'embed.js'), headers)] as const;
}

function assetHeaders(extension: string) {
  return {
    'content-type': contentTypes[extension] ?? 'application/octet-stream',
    // The name contains a hash of the content, so the content never changes.
    'cache-control': 'public, max-age=31536000, immutable',
  };
}

async function importPaint(folder: string): Promise<Paint> {
  const built: { readonly paint: Paint } = await import(pathToFileURL(join(folder, 'first-paint.js')).href);
  return built.paint;
}

/** The same in the sources, in the compiled package, and from any working directory. */
export function findBuiltPage(): string | null {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'dist', 'web');
    if (existsSync(join(candidate, 'index.html'))) return candidate;
  }
  return null;
}
