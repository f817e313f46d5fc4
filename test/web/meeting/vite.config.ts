import { defineConfig } from 'vite';

/** The meeting by itself, for tests that show it in every state. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { emptyOutDir: true, assetsInlineLimit: 0, modulePreload: false },
});
