import { defineConfig } from 'vite';

/** The room page. `npm run web:build` makes dist/web, which src/http/pages.ts serves; `npm run web:dev` shows edits at once. */
export default defineConfig({
  root: 'web',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // What every browser of the last years can; nothing is changed for older ones.
    target: ['chrome120', 'firefox121', 'safari17.4'],
    // The page's policy allows neither data: fonts nor images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/graphql': { target: process.env.API_URL ?? 'http://localhost:4000', ws: true } },
  },
});
