import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { defineConfig } from 'vitepress';
import { writeLlms } from './llms.ts';
import { readSections, root } from './pages.ts';

// `npm run docs` serves the documentation, with a search; `npm run docs:build` writes it to dist/docs. A link that leads nowhere ends either.

const sections = readSections();
const files = new Set(sections.flatMap(({ pages }) => pages.map(({ file }) => file)));
/** Where a page of the site is: a README stands for its folder. */
const placeOf = (file: string) => file.replace(/(^|\/)README\.md$/, '$1index.md');

/** Where a link of a page leads on the site. Null: to something of the project that is no page, which is shown as what it leads to. */
function leadsTo(from: string, href: string): string | null {
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const target = normalize(join(dirname(from), path)).replace(/\/$/, '');
  if (!existsSync(join(root, target))) throw new Error(`${from} leads to ${href}, which is not there`);
  const page = [target, `${target}/README.md`].find((file) => files.has(file));
  if (page === undefined) return null;
  return `/${placeOf(page).replace(/index\.md$/, '')}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** What is needed here of what markdown-it makes of a page. */
interface Token {
  readonly type: string;
  readonly children: readonly Token[] | null;
  readonly attrGet: (name: string) => string | null;
  readonly attrSet: (name: string, value: string) => void;
}

/** Sets each link of a page to its place on the site. */
function placeLinks({
  tokens,
  env,
}: {
  readonly tokens: readonly Token[];
  readonly env: { readonly relativePath?: string };
}): void {
  const from = (env.relativePath ?? '').replace(/(^|\/)index\.md$/, '$1README.md');
  for (const { children } of tokens) {
    let isOutside = false;
    for (const token of children ?? []) {
      if (token.type === 'link_open') {
        const href = leadsTo(from, String(token.attrGet('href')));
        isOutside = href === null;
        if (href !== null) token.attrSet('href', href);
      }
      if (isOutside && /^link_/.test(token.type)) {
        const [, side = ''] = token.type.split('_');
        Object.assign(token, { type: `em_${side}`, tag: 'em', attrs: null });
      }
    }
  }
}

export default defineConfig({
  title: 'Vestibule',
  description: sections[0]?.pages[0]?.about ?? '',
  srcDir: '..',
  srcExclude: [
    'node_modules/**',
    '**/node_modules/**',
    'dist/**',
    '.data/**',
    'test/**',
    'packages/*/REFERENCE.md',
    'docs/reference.md',
  ],
  outDir: '../dist/docs',
  cacheDir: '../node_modules/.cache/vitepress',
  // The project's own settings are for the room page.
  vite: { configFile: false },
  additionalConfig: {},
  rewrites: (file) => placeOf(file),
  // What a service on this machine shows is no page of the site.
  ignoreDeadLinks: [/^https?:\/\/localhost/],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: sections.map(({ name, pages }) => ({
      text: name,
      collapsed: name === 'Decisions',
      items: pages.map(({ file, title }) => ({
        text: title,
        link: `/${placeOf(file).replace(/(?:index)?\.md$/, '')}`,
      })),
    })),
  },
  markdown: {
    // What stands between angles is text.
    html: false,
    // The same anchors as where the files are read without the site.
    anchor: {
      slugify: (text) =>
        text
          .trim()
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
          .replaceAll(/\s/g, '-'),
    },
    config: (markdown) => void markdown.core.ruler.push('project-links', placeLinks),
  },
  buildEnd: ({ outDir }) => writeFileSync(join(outDir, 'llms.txt'), writeLlms()),
});
