import { defineConfig } from 'vite';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  server: {
    port: Number(process.env.PORT ?? 5173),
    strictPort: true,
    // For pages that ask their own origin: `createClient({ url: location.origin })`.
    proxy: { '/graphql': { target: 'http://localhost:4000', ws: true } },
  },
});
