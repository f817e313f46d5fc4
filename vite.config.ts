import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Lays a file packed beside each one that is smaller so, for src/http/static-file.ts to send: packed well, and once. */
const packFiles: Plugin = {
  name: 'pack files',
  apply: 'build',
  writeBundle({ dir = '' }, bundle) {
    for (const path of Object.keys(bundle).map((name) => join(dir, name))) {
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

/** The room page. `npm run web:build` makes dist/web, which src/http/pages.ts serves; `npm run web:dev` shows edits at once. */
export default defineConfig({
  root: 'web',
  plugins: [packFiles],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // What every browser of the last years can; nothing is changed for older ones.
    target: ['chrome120', 'firefox121', 'safari17.4'],
    // The page's policy allows neither data: fonts nor images.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: {
    proxy: { '/graphql': { target: process.env.API_URL ?? 'http://localhost:4000', ws: true } },
  },
});
