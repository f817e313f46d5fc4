import { shadesOf } from '../rules/brand-color.ts';
import type { PageData } from '../rules/page-data.ts';
import type { TextPack } from '../rules/page-texts.ts';

/** Draws the screen that the page begins with, by the page's own components: see `web/first-paint.tsx`. */
export type Paint = (data: PageData, pack: TextPack, place: PaintedPlace, linkName: string) => Painted;

export interface PaintedPlace {
  readonly domain: string;
  readonly roomName: string;
}

export interface Painted {
  /** HTML, escaped by what drew it. */
  readonly screen: string;
  readonly title: string;
  /** For whoever has switched scripts off. */
  readonly withoutScripts: string;
}

type Place = 'language' | 'title' | 'head' | 'data' | 'screen' | 'withoutScripts';

/** What `web/index.html` has where something is written for each visitor. */
const marks: Readonly<Record<Place, string>> = {
  language: '<html lang="en" dir="ltr">',
  title: '<title>Vestibule</title>',
  head: '<!--head-->',
  data: '<script type="application/json" id="page-data">{}</script>',
  screen: '<!--screen-->',
  withoutScripts: '<!--without scripts-->',
};
const places: readonly Place[] = ['language', 'title', 'head', 'data', 'screen', 'withoutScripts'];

/** @throws where the page was built by another version, and has not each mark once */
export function checkTemplate(template: string): string {
  for (const place of places) {
    if (template.split(marks[place]).length !== 2) throw new Error(`the built page has not one place for its ${place}`);
  }
  return template;
}

/** Writes the page for one visitor. Nothing that somebody has typed can become markup, or a mark, on its way into it. */
export function writePage(template: string, data: PageData, painted: Painted): string {
  const offer = data.languages.find(({ tag }) => tag === data.language);
  const written: Readonly<Record<Place, string>> = {
    language: `<html lang="${escapeHtml(data.language)}" dir="${offer?.dir ?? 'ltr'}">`,
    title: `<title>${escapeHtml(painted.title)}</title>`,
    head: `${brandStyle(data.look?.accentColor ?? null)}${preload(offer?.url ?? null)}`,
    data: `<script type="application/json" id="page-data">${escapeJson(data)}</script>`,
    screen: painted.screen,
    withoutScripts: escapeHtml(painted.withoutScripts),
  };
  return places.reduce((page, place) => page.replace(marks[place], () => written[place]), template);
}

/** `--brand` is all that a domain sets. The other two are for browsers that cannot derive a colour from another. */
export function brandStyle(accentColor: string | null): string {
  if (accentColor === null) return '';
  const { light, dark } = shadesOf(accentColor);
  return `<style>:root{--brand:${accentColor};--brand-light:${light};--brand-dark:${dark}}</style>`;
}

function preload(url: string | null): string {
  return url === null ? '' : `<link rel="preload" as="fetch" crossorigin href="${escapeHtml(url)}">`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Within a script element, `<` could end it, or begin a comment. */
function escapeJson(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}
