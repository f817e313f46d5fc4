import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';

/** For how long a page may take to show something, as Playwright takes it. */
export const shown = { timeout: 20_000 };

/** The page of these sources, a service with a database of its own that serves it, and a browser to visit it with. */
export async function openPageHouse(options: { readonly rateLimits?: boolean } = {}) {
  await buildPage();
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, ...options });
  return { database, server, backend: seed(server), browser: await shareBrowser() };
}
