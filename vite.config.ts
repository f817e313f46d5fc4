import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { emitEmbed } from './web/embed/emit-embed.ts';
import { wholeEnglish } from './web/texts/en-whole.ts';

const ofThePage = ({ name }: { readonly name: string }) => name === 'client';

/** Lays a file packed beside each one that is smaller so, for src/http/static-file.ts to send: packed well, and once. */
const packFiles: Plugin = {
  name: 'pack files',
  apply: 'build',
  applyToEnvironment: ofThePage,
  writeBundle({ dir = '' }, bundle) {
    const sent = Object.keys(bundle).filter((name) => name.startsWith('assets/') || name === 'embed.js');
    for (const path of sent.map((name) => join(dir, name))) {
      const plain = readFileSync(path);
      for (const [ending, packed] of [
        ['.br', brotliCompressSync(plain)],
        ['.gz', gzipSync(plain, { level: 9 })],
      ] as const) {
        if (packed.length < plain.length * 0.95) writeFileSync(`${path}${ending}`, packed);
      }
    }
  },
};

/** Lays the texts of each language into the folder texts, for src/http/page-site.ts to offer, and to draw the first screen by. */
const emitTexts: Plugin = {
  name: 'emit texts',
  apply: 'build',
  applyToEnvironment: ofThePage,
  generateBundle() {
    const packs = new URL('web/texts/packs/', import.meta.url);
    this.emitFile({ type: 'asset', fileName: 'texts/en.json', source: JSON.stringify(wholeEnglish) });
    for (const name of readdirSync(packs))
      this.emitFile({ type: 'asset', fileName: `texts/${name}`, source: readFileSync(new URL(name, packs)) });
  },
};

/** The room page. `npm run web:build` makes dist/web, which src/http/pages.ts serves; `npm run web:dev` shows edits at once. */
export default defineConfig({
  root: 'web',
  plugins: [packFiles, emitTexts, emitEmbed],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // What every browser of the last years can; nothing is changed for older ones.
    target: ['chrome120', 'firefox121', 'safari17.4'],
    // The page's policy allows neither data: fonts nor images.
    assetsInlineLimit: 0,
    modulePreload: false,
    // LiveKit's client, which is a part of its own. Nobody loads it who has not been let in.
    chunkSizeWarningLimit: 600,
  },
  // First the page, and then what draws its first screen for the service.
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'ssr'] as const) {
        const environment = builder.environments[name];
        if (environment !== undefined) await builder.build(environment);
      }
    },
  },
  environments: {
    ssr: {
      resolve: { noExternal: true },
      build: {
        ssr: 'first-paint.tsx',
        emptyOutDir: false,
        target: 'node22',
        rolldownOptions: {
          input: 'web/first-paint.tsx',
          output: { entryFileNames: 'first-paint.js', codeSplitting: false },
        },
      },
    },
  },
  server: {
    proxy: { '/graphql': { target: process.env.API_URL ?? 'http://localhost:4000', ws: true } },
  },
});
